"""What is on a product's pictures: the product itself, and what is worn with it. From there to products like either."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from visualsearch.ml.types import POSITIONS, WHOLE
from visualsearch.models import Region, Stage, WornRegion
from visualsearch.searchalike import nearest_like

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalog.models import Product, ProductImage
    from visualsearch.ml.types import Box
    from visualsearch.search import Page

VIEWS = 3  # pictures of a product that ask together: front, back, worn
FEW = 4  # products of a strip, and of each place of an outfit


@dataclass(frozen=True, slots=True)
class Piece:
    """A garment on a picture of a product: the product itself if it is `own`, else worn with it."""

    image: ProductImage
    ordinal: int  # 1 for the first
    label: str
    position: str
    box: Box
    own: bool
    region: Region | WornRegion

    @property
    def url(self) -> str:
        """The address of the products like it: the picture's look, with this piece chosen."""
        product = self.image.product
        return f"{reverse('product-look', args=[product.slug, self.image.pk])}?item={self.ordinal}"


@dataclass(frozen=True, slots=True)
class Companion:
    """A place of the outfit besides the product's own, and products for it."""

    piece: Piece
    hits: Page


def pieces_of(images: Iterable[ProductImage]) -> dict[int, list[Piece]]:
    """The garments on each picture by the active version, the product's own first; by the picture's id. Two queries."""
    by_id = {image.pk: image for image in images}
    found = dict[int, list[Piece]]((pk, []) for pk in by_id)
    for table in (Region, WornRegion):
        rows = table._default_manager.filter(image__in=by_id, version__state=Stage.ACTIVE).exclude(position=WHOLE)
        for row in rows.defer("embedding").order_by("image_id", "ordinal"):
            image, own = by_id[row.image_id], table is Region
            found[row.image_id].append(Piece(image, row.ordinal, row.label, row.position, row.box, own, row))
    return found


def position_of(pieces: dict[int, list[Piece]]) -> str:
    """Where the product is worn: where most of its pictures show it; empty if none shows a garment."""
    counts = Counter(piece.position for some in pieces.values() for piece in some if piece.own)
    return max(counts, key=lambda position: (counts[position], -POSITIONS.index(position)), default="")


def asking(images: Sequence[ProductImage], pieces: dict[int, list[Piece]]) -> list[Region]:
    """The product's own regions that ask for products like it, of one position, from its first pictures.

    Where no garment was found on any, the whole first picture asks.
    """
    worn = position_of(pieces)
    if worn:
        firsts = (next((p for p in pieces[image.pk] if p.own and p.position == worn), None) for image in images)
        return [piece.region for piece in firsts if piece and isinstance(piece.region, Region)][:VIEWS]
    whole = Region.objects.filter(image__in=[image.pk for image in images], position=WHOLE)
    return list(
        whole.filter(version__state=Stage.ACTIVE).defer("embedding").order_by("image__position", "image_id")[:1]
    )


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour that the product itself comes in, by its first picture."""

    colour: str
    image: ProductImage
    url: str

    @classmethod
    def others(cls, product: Product, colour: str) -> list[Shade]:
        """The product's colours that have a picture, but for one. No query for a product read `for_page`."""
        firsts = {image.colour: image for image in reversed(product.images.all()) if image.colour not in ("", colour)}
        address = product.get_absolute_url()
        return [cls(name, image, f"{address}?{urlencode({'colour': name})}") for name, image in firsts.items()]


def shown_colour(product: Product, colour: str = "") -> str:
    """The colour, if a picture of the product shows it, else the first that one does; empty if no picture has one."""
    colours = [image.colour for image in product.images.all() if image.colour]
    return colour if colour in colours else next(iter(colours), "")


def shades(product: Product, colour: str) -> list[ProductImage]:
    """The pictures that show a product in this colour, and those of no colour. No query if it was read `for_page`."""
    images = sorted(product.images.all(), key=lambda image: image.colour != colour)
    for image in images:
        image.product = product
    return [image for image in images if image.colour in (colour, "")]


def similar(
    images: Sequence[ProductImage],
    pieces: dict[int, list[Piece]],
    *,
    without: Iterable[int],
    limit: int = 24,
    after: str | None = None,
) -> Page:
    """Products like the one on these pictures, without some (by id). Raises `BadCursor`."""
    return nearest_like(asking(images, pieces), without=without, limit=limit, after=after)


def companions(product: Product, pieces: dict[int, list[Piece]]) -> list[Companion]:
    """For each other place of the outfit on the product's pictures: the products of this shop most like it.

    The garment that is seen largest and surest speaks for its place. Places for which nothing is there are left out.
    """
    places, own = defaultdict[str, list[Piece]](list), position_of(pieces)
    for piece in (piece for some in pieces.values() for piece in some if not piece.own and piece.position != own):
        places[piece.position].append(piece)
    worn = [places[position] for position in POSITIONS if position in places]
    best = [max(some, key=lambda piece: piece.box.area * piece.region.score) for some in worn]
    found = [Companion(piece, nearest_like([piece.region], without=[product.pk], limit=FEW)) for piece in best]
    return [one for one in found if one.hits.hits]
