"""What the words about products say of them, prints, materials, cuts, colours, and which of it they share."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_noop

from catalog.models import Product, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARE = 1 / 3  # of the nearest products from which on they have a thing in common
LEAST = 2  # of them

# What is looked for, by its kind: the word that is shown, and how texts spell it (whole words, of any case).
WORDS = {
    "print": {
        gettext_noop("striped"): "striped|stripes?|pinstripes?|sọc",
        gettext_noop("checked"): "checked|checks?|plaid|tartan|gingham|caro",
        gettext_noop("dotted"): "dotted|dots?|polka|chấm bi",
        gettext_noop("floral"): "floral|flowers?|flowered|hoa",
        gettext_noop("plain"): "plain|solid|trơn",
        gettext_noop("colour block"): "colou?r[ -]block(?:ed)?|blocks of colou?r",
        gettext_noop("graphic"): "graphic|logo",
        gettext_noop("gradient"): "gradient|ombr[ée]|dip-dyed",
    },
    "material": {
        gettext_noop("cotton"): "cotton|jersey|poplin|twill|canvas|bông",
        gettext_noop("linen"): "linen|lanh|đũi",
        gettext_noop("wool"): "wool|merino|cashmere|felt|flannel|len",
        gettext_noop("denim"): "denim|jeans?|bò",
        gettext_noop("leather"): "leather|da thật|da bò",
        gettext_noop("suede"): "suede|da lộn",
        gettext_noop("silk"): "silk|satin|lụa",
        gettext_noop("viscose"): "viscose|crêpe|rayon",
        gettext_noop("synthetic"): "nylon|polyester|microfib(?:re|er)",
        gettext_noop("fleece"): "fleece|nỉ",
        gettext_noop("knit"): "knit|knitted|waffle|dệt kim",
    },
    "cut": {
        gettext_noop("short sleeves"): "short sleeves?|short-sleeved?|tay ngắn",
        gettext_noop("long sleeves"): "long sleeves?|long-sleeved?|tay dài",
        gettext_noop("sleeveless"): "sleeveless|no sleeves|sát nách",
        gettext_noop("hooded"): "hood|hooded|hoodie|có mũ",
        gettext_noop("cropped"): "cropped|crop",
        gettext_noop("slim"): "slim(?: fit)?|skinny",
        gettext_noop("relaxed"): "relaxed(?: fit)?|loose|oversized?|rộng",
        gettext_noop("pleated"): "pleated|pleats|xếp ly",
    },
}
KINDS = (gettext_noop("category"), gettext_noop("colour"), *WORDS)
KIND_NAMES = (gettext_noop("print"), gettext_noop("material"), gettext_noop("cut"))
SPELLED = {
    kind: {name: re.compile(rf"(?<!\w)(?:{spelled})(?!\w)", re.IGNORECASE) for name, spelled in some.items()}
    for kind, some in WORDS.items()
}


class Shared(NamedTuple):
    """Something that is said of a product and of some of those that are as near."""

    kind: str  # one of KINDS
    word: str  # to be translated, unless it is the catalogue's own: a category's name, a colour
    others: int  # of the nearest of which it is said too
    among: int


def said_of(product_ids: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    """Kind and word of all that the texts of these products say. Two queries."""
    rows = Product.objects.filter(pk__in=list(product_ids)).select_related("category")
    found = {row.pk: {("category", row.category.name)} | told_by(_text(row)) for row in rows}
    colours = Variant.objects.filter(product__in=found).exclude(colour="").values_list("product", "colour").distinct()
    for pk, colour in colours:
        found[pk].add(("colour", colour))
    return found


def told_by(text: str) -> set[tuple[str, str]]:
    """Kind and word of all that a text says."""
    return {(kind, name) for kind, some in SPELLED.items() for name, pattern in some.items() if pattern.search(text)}


def shared(product_id: int, others: Iterable[int]) -> list[Shared]:
    """What is said of a product and of a third or more of the others, the most common first of each kind."""
    ids = [pk for pk in others if pk != product_id]
    said = said_of([product_id, *ids])
    counts = Counter(one for pk in ids for one in said.get(pk, ()))
    least = max(LEAST, SHARE * len(ids))
    common = [Shared(*one, counts[one], len(ids)) for one in said.get(product_id, ()) if counts[one] >= least]
    return sorted(common, key=lambda one: (KINDS.index(one.kind), -one.others, one.word))


def _text(product: Product) -> str:
    return " . ".join([product.name, product.description, *product.tags])
