"""What of a look goes into the cart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import template

from catalog.models import Variant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.models import Product, ProductImage
    from visualsearch.looks import PieceList

register = template.Library()


@dataclass(frozen=True, slots=True)
class Suit:
    """For a piece of a look a product in stock, with the variants to choose from; `usual` is what one tap takes."""

    piece: Any
    product: Product
    image: ProductImage
    variants: list[Variant]

    @property
    def usual(self) -> Variant:
        """Of the shown colour, or of any, the variant of which there is most."""
        return max(self.variants, key=lambda variant: (variant.colour == self.image.colour, variant.stock))


@register.inclusion_tag("components/outfit.html", takes_context=True)
def outfit(context: dict[str, Any], lists: Sequence[PieceList]) -> dict[str, Any]:
    """A form that puts one variant for each piece of a look into the cart. One query."""
    return {"suits": suits(lists), "csrf_token": context.get("csrf_token")}


def suits(lists: Sequence[PieceList]) -> list[Suit]:
    """For each piece the nearest of its products that is in stock; a piece without one is left out."""
    hits = [[group.hit for group in one.groups] for one in lists]
    ids = {hit.product.pk for some in hits for hit in some}
    stocked = dict[int, list[Variant]]()
    for variant in Variant.objects.filter(product__in=ids, stock__gt=0):
        stocked.setdefault(variant.product_id, []).append(variant)
    found = []
    for one, some in zip(lists, hits, strict=True):
        hit = next((hit for hit in some if hit.product.pk in stocked), None)
        if hit:
            found.append(Suit(one.piece, hit.product, hit.image, stocked[hit.product.pk]))
    return found
