"""Listings become rows: each in a transaction of its own, compared with what is there, written only if it differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from catalog import categories, images, pictures
from catalog.models import Product, ProductImage, Variant

if TYPE_CHECKING:
    from catalog.importer.files import Files
    from catalog.importer.listings import Listing, Offer, Shot
    from catalog.importer.report import Report


class Intake:
    """Takes listings into the catalogue and tells the report. A dry run writes rows, to be rolled back, no files."""

    def __init__(self, report: Report, files: Files | None, *, dry_run: bool = False) -> None:
        self.report = report
        self.files = files
        self.dry_run = dry_run

    def take(self, listing: Listing) -> None:
        """Create or update the product of a listing with its variants and pictures, or name its rows in the report."""
        before = self.report.counts.copy()
        try:
            with transaction.atomic():
                product = self._take_product(listing)
                self._take_variants(product, listing.offers)
                self._take_pictures(product, listing.shots)
        except (DatabaseError, ValidationError) as error:
            self.report.counts = before
            reason = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error).split("\n")[0]
            self.report.refuse_all(listing.rows, None, f"the product was not taken: {reason}")

    def _take_product(self, listing: Listing) -> Product:
        product = Product.objects.filter(slug=listing.slug).first() or Product(slug=listing.slug)
        columns = {name: getattr(listing, name) for name in ("name", "description", "brand", "status", "tags")}
        self._write(product, category=categories.shelf(listing.category), **columns)
        return product

    def _take_variants(self, product: Product, offers: list[Offer]) -> None:
        there = list(product.variants.all())
        by_sku = {variant.sku: variant for variant in there}
        by_choice = {(variant.size, variant.colour): variant for variant in there if variant.sku not in _skus(offers)}
        elsewhere = _sold_elsewhere(product, offers)
        for position, offer in enumerate(offers):
            if offer.sku in elsewhere:
                self.report.refuse(offer.row, f"SKU '{offer.sku}' is already sold as '{elsewhere[offer.sku]}'")
                continue
            variant = by_sku.get(offer.sku) or by_choice.get((offer.size, offer.colour)) or Variant(product=product)
            columns = ("sku", "size", "colour", "price", "price_before", "stock")
            self._write(variant, position=position, **{name: getattr(offer, name) for name in columns})

    def _take_pictures(self, product: Product, shots: list[Shot]) -> None:
        if self.files is None:
            self.report.pictures_passed_over += len(shots)
            return
        taken: set[int | str] = set()
        for position, shot in enumerate(shots):
            try:
                self._take_picture(product, shot, position, taken)
            except (images.PictureRefused, OSError) as refusal:
                self.report.refuse(shot.row, f"picture '{shot.name}': {refusal}")

    def _take_picture(self, product: Product, shot: Shot, position: int, taken: set[int | str]) -> None:
        """Raises PictureRefused or OSError."""
        assert self.files is not None
        data = self.files.read(shot.name)
        if data is None:
            raise OSError(f"it is not in {self.files.place}")
        image = pictures.find_picture(product, data)
        if image is None and self.dry_run:
            images.accept(data)
            self.report.count("pictures", "created")
        elif image is None:
            image = pictures.add_picture(product, data, position=position, colour=shot.colour, alt=shot.alt)
            taken.add(image.pk)
            self.report.count("pictures", "created")
        elif image.pk not in taken:  # the same picture twice in one listing keeps its first place
            taken.add(image.pk)
            self._describe(image, position=position, colour=shot.colour, alt=shot.alt)

    def _describe(self, image: ProductImage, **columns: Any) -> None:
        """Not by saving: the file is the same, so that nothing has to be indexed."""
        changed = _differing(image, columns)
        if changed:
            ProductImage.objects.filter(pk=image.pk).update(**changed)
        self.report.count("pictures", "updated" if changed else "unchanged")

    def _write(self, row: Product | Variant, **columns: Any) -> None:
        new, changed = row.pk is None, _differing(row, columns)
        for name, value in changed.items():
            setattr(row, name, value)
        if changed or new:
            row.clean_fields()
            row.save()
        kind = "products" if isinstance(row, Product) else "variants"
        self.report.count(kind, "created" if new else "updated" if changed else "unchanged")


def _differing(row: Product | Variant | ProductImage, columns: dict[str, Any]) -> dict[str, Any]:
    if row.pk is None:
        return columns
    return {name: value for name, value in columns.items() if getattr(row, name) != value}


def _skus(offers: list[Offer]) -> set[str]:
    return {offer.sku for offer in offers}


def _sold_elsewhere(product: Product, offers: list[Offer]) -> dict[str, str]:
    """Which of the SKUs another product has, and that product's slug."""
    others = Variant.objects.filter(sku__in=_skus(offers)).exclude(product=product)
    return dict(others.values_list("sku", "product__slug"))
