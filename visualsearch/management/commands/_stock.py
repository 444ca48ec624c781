"""What a trial shop is filled with: the gallery of a protocol, and none of the pictures that ask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.management.base import CommandError
from rich.progress import track

from catalog import pictures
from catalog.categories import shelf
from catalog.importer import import_catalog
from catalog.importer.files import Files
from catalog.models import Product, ProductImage, Variant
from visualsearch import indexing, versions

if TYPE_CHECKING:
    from typing import Any

    from catalog.importer.listings import Listing
    from visualsearch.ml.datasets.retrieval import Shot


@dataclass(frozen=True, slots=True)
class Stock:
    """What the questions' names for things are in the shop."""

    styles: dict[str, str]  # the style of each product, by slug; where the data know no styles, the product
    products: dict[str, set[str]]  # what a picture shows, by the path of its address; the same bytes may show several

    def style(self, result: dict[str, Any]) -> str:
        """Of a result of the API."""
        return self.styles.get(result["product"]["slug"], "")

    def shows(self, result: dict[str, Any], product: str) -> bool:
        """Whether the picture that matched shows this product, of a result of the API."""
        return product in self.products.get(urlsplit(result["image"]).path, ())


def fill(protocol: str, data: Path, shots: list[Shot]) -> Stock:
    """Put the gallery into the shop, by the importer where the data are a shop's export. Raises `CommandError`."""
    styles = _import(data, shots) if protocol == "luma" else _add([s for s in shots if s.part == "gallery"])
    if stale := indexing.stale_images(versions.target()).count():
        raise CommandError(f"{stale} pictures of the shop could not be indexed.")
    asked = {digest(shot) for shot in shots if shot.part == "query"}
    if there := ProductImage.objects.filter(source_sha256__in=asked).count() if not _has_boxes(shots) else 0:
        raise CommandError(f"{there} pictures that ask are in the shop as well: every figure would be too good.")
    names: dict[str, set[str]] = {}
    for shot in shots:
        if shot.part == "gallery":
            names.setdefault(digest(shot), set()).add(shot.product)
    every = ProductImage.objects.filter(source_sha256__in=names)
    return Stock(styles, {image.file.url: names[image.source_sha256] for image in every})


def digest(shot: Shot) -> str:
    """sha256 of the picture's file, by which the shop knows it again."""
    return hashlib.sha256(shot.content()).hexdigest()


def _import(data: Path, shots: list[Shot]) -> dict[str, str]:
    """The whole export through the importer, without the pictures that ask; the style of each product is its SKU."""
    asking = {Path(shot.member).stem for shot in shots if shot.part == "query"}

    def without(listings: list[Listing]) -> Iterator[Listing]:
        for listing in track(listings, "Importing", transient=True):
            listing.shots = [shot for shot in listing.shots if Path(shot.name).stem not in asking]
            yield listing

    with Files(data) as files:
        import_catalog(data, format="magento", images=files, watch=without)
    pairs = Variant.objects.values_list("product__slug", "sku")
    return {slug: sku.partition("-")[0].lower() for slug, sku in pairs}


def _add(gallery: Iterable[Shot]) -> dict[str, str]:
    """A product for each that the gallery shows, with its pictures, each once."""
    styles, rows = dict[str, str](), dict[str, Product]()
    once = {(shot.product, shot.member): shot for shot in gallery}
    for shot in track(list(once.values()), "Filling the shop", transient=True):
        if shot.product not in rows:
            slug = f"product-{len(rows)}"
            rows[shot.product] = Product.objects.create(
                slug=slug, name=shot.product[:200], category=shelf([shot.label.title() or "Trial"]), status="published"
            )
            styles[slug] = shot.product
        pictures.add_picture(rows[shot.product], shot.content())
    return styles


def _has_boxes(shots: list[Shot]) -> bool:
    """Whether items of photos ask, not pictures of products."""
    return any(shot.box for shot in shots)
