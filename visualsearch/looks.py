"""Shop the look: the garments on one picture of a product, each with the products that are most like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visualsearch.designs import Group, grouped
from visualsearch.outfits import FEW, Companion, Piece, companions, pieces_of, shades, shown_colour, similar
from visualsearch.searchalike import nearest_like

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.models import Product, ProductImage

LIKE_IT = 12  # products that are looked at for the few of a strip: those that are nearly the same take one place
FULL = 12  # products in the list of the piece that was chosen


@dataclass(frozen=True, slots=True)
class PieceList:
    """A piece and products like it, nearly equal ones together."""

    piece: Piece
    groups: list[Group]
    chosen: bool


def look_of(product: Product, image: ProductImage, chosen: int | None = None) -> list[PieceList]:
    """A list for each garment on the picture, by its number; the chosen one, or the first, is longer.

    No list holds the product itself: it is on the picture.
    """
    pieces = sorted(pieces_of([image])[image.pk], key=lambda piece: piece.ordinal)
    numbers = [piece.ordinal for piece in pieces]
    if chosen not in numbers:
        chosen = numbers[0] if numbers else None
    pages = [
        nearest_like([piece.region], without=[product.pk], limit=FULL if piece.ordinal == chosen else FEW)
        for piece in pieces
    ]
    groups = grouped([page.hits for page in pages])
    return [PieceList(p, some, p.ordinal == chosen) for p, some in zip(pieces, groups, strict=True)]


@dataclass(frozen=True, slots=True)
class Looks:
    """All that a product's page shows beside the product, by its pictures."""

    pieces: dict[int, list[Piece]]  # by the picture's id
    similar: list[Group]
    companions: list[Companion]

    @classmethod
    def of(cls, product: Product, colour: str = "") -> Looks:
        """A few products like it in this colour, and a few for each other place of its outfit."""
        shown = shades(product, shown_colour(product, colour))
        pieces = pieces_of(product.images.all())
        hits = similar(shown, pieces, without=[product.pk], limit=LIKE_IT).hits
        [groups] = grouped([hits])
        return cls(pieces, groups[:FEW], companions(product, pieces))

    def on(self, images: Iterable[ProductImage]) -> list[tuple[ProductImage, list[Piece]]]:
        """Each picture with its pieces if it shows several, the largest first, so that none lies under another."""
        several = {pk: some for pk, some in self.pieces.items() if len(some) > 1}
        by_size = {pk: sorted(some, key=lambda piece: -piece.box.area) for pk, some in several.items()}
        return [(image, by_size.get(image.pk, [])) for image in images]
