"""Which products are one design: the same brand, and a name that is the same but for its colours.

Shops that make a product of each colour are common, and their lists are full of one shirt. Within a page of a list such
products are shown as one where they also look nearly alike; on a product's page they are its other colours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalog.models import Product, Variant
from visualsearch.marks import without_marks
from visualsearch.search import Hit
from visualsearch.searchalike import alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


# Cosine (`bench/sameness.py`). Of pairs of Luma's pictures 43% lie above it when they show colours of one style, those
# that one sees twice, and 1% when they show different styles. The name decides, this only checks.
NEARLY = 0.6
MOST = 60  # products of one brand and category with a common word that are compared by name
COLOURS = frozenset(
    re.findall(
        r"\w+",
        "black white grey gray silver gold beige cream ivory ecru sand stone camel tan brown chocolate khaki "
        "olive green mint teal turquoise aqua blue navy indigo cobalt purple lilac lavender violet pink rose "
        "fuchsia magenta red burgundy maroon wine coral orange rust apricot peach yellow mustard multi "
        "multicolor multicolour light dark bright pale deep den trang xam bac vang nau xanh luc lam reu tim "
        "hong do cam kem",
    )
)


@dataclass(frozen=True, slots=True)
class Group:
    """A product of a list and those of the same page that are nearly the same; each stands in one group."""

    hit: Hit
    more: list[Hit] = field(default_factory=list)


def stem(product: Product) -> str:
    """The words of a name without colours, case and marks, as "Áo Thun (Red)" and "áo thun - blue" share them.

    Empty for a name that says only a colour.
    """
    return " ".join(word for word in _words(product.name) if word not in COLOURS)


def grouped(pages: Sequence[Sequence[Hit]]) -> list[list[Group]]:
    """The hits of each page, in their order, those that are nearly the same put to the first of them.

    One query for all pages; none if no two products of a page have brand and stem in common.
    """
    families = [_families(hits) for hits in pages]
    related = [family for some in families for family in some if len(family) > 1]
    pairs = alike({hit.region for family in related for hit in family}, NEARLY) if related else set()
    return [_in_order(hits, some, pairs) for hits, some in zip(pages, families, strict=True)]


def leaders(pages: Sequence[Sequence[Hit]]) -> dict[Hit, int]:
    """For each hit that is nearly the same as an earlier one of its page the rank of that one. One query at most."""
    return {hit: group.hit.rank for groups in grouped(pages) for group in groups for hit in group.more}


def other_colours(product: Product, limit: int = 12) -> list[Product]:
    """Products on sale that are the same design in another colour, ready for their cards; at most three queries."""
    own = stem(product)
    word = max(own.split(), key=len, default="")
    if not word:
        return []
    near = Product.objects.published().filter(brand=product.brand, category=product.category_id)
    near = near.filter(name__unaccent__icontains=word).exclude(pk=product.pk).for_cards()
    same = [other for other in near[:MOST] if stem(other) == own]
    if not same:
        return []
    colours = _colours([product, *same])
    return [other for other in same if not colours[other.pk] & colours[product.pk]][:limit]


def _colours(products: Sequence[Product]) -> dict[int, set[str]]:
    """What colours each comes in, by its variants and its name."""
    found = {product.pk: set(_words(product.name)) & COLOURS for product in products}
    for pk, colour in Variant.objects.filter(product__in=found).exclude(colour="").values_list("product", "colour"):
        found[pk].add(" ".join(_words(colour)))
    return found


def _families(hits: Iterable[Hit]) -> list[list[Hit]]:
    """Hits with one brand and one stem, in the order of the first of each."""
    families = dict[tuple[str, ...], list[Hit]]()
    for hit in hits:
        name = stem(hit.product)
        key = (hit.product.brand, name) if name else (hit.product.brand, "", str(hit.product.pk))
        families.setdefault(key, []).append(hit)
    return list(families.values())


def _in_order(hits: Sequence[Hit], families: Iterable[list[Hit]], pairs: set[tuple[int, int]]) -> list[Group]:
    groups = dict[int, Group]()
    for family in families:
        leaders = list[Hit]()
        for hit in family:
            leader = next((one for one in leaders if (*sorted((one.region, hit.region)),) in pairs), None)
            if leader:
                groups[leader.region].more.append(hit)
            else:
                leaders.append(hit)
                groups[hit.region] = Group(hit)
    return [groups[hit.region] for hit in hits if hit.region in groups]


def _words(text: str) -> list[str]:
    """Words in lower case without marks."""
    return re.findall(r"[a-z0-9]+", without_marks(text))
