"""Where the products of a category are worn, by its name: "Outerwear / Jackets" lie on the shelf of uppers.

The keeper who puts a bag among the bags knows better what it is than a detector that sees its picture. English and
Vietnamese names are understood; of any other the detector alone decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from visualsearch.marks import without_marks

if TYPE_CHECKING:
    from catalog.models import Category

ENGLISH = {
    "upper": "top tee shirt tshirt blouse polo sweater jumper pullover cardigan hoodie sweatshirt jacket coat blazer "
    "vest waistcoat gilet parka anorak outerwear knitwear tank bra camisole tunic kimono longsleeve",
    "lower": "trouser pant jean shorts skirt legging chino jogger bottom culotte sweatpant",
    "full": "dress jumpsuit romper playsuit dungaree gown",
    "feet": "shoe boot sneaker trainer sandal loafer heel pump slipper footwear",
    "bag": "bag backpack rucksack tote purse clutch handbag satchel",
    "head": "hat cap beanie beret bonnet headwear sunglass glass eyewear",
}
VIETNAMESE = {
    "upper": "ao",
    "lower": "quan",
    "full": "dam",
    "feet": "giay dep",
    "bag": "tui balo",
    "head": "mu non kinh",
}
LISTED = re.compile(r"[&,/+]|\band\b|\bvà\b", re.IGNORECASE)  # between the parts of "Hats & bags"


def _by_word(words: dict[str, str]) -> dict[str, str]:
    return {word: position for position, some in words.items() for word in some.split()}


IN_ENGLISH, IN_VIETNAMESE = _by_word(ENGLISH), _by_word(VIETNAMESE)


def position_of(category: Category | None) -> str:
    """The position told by a category's name or else by that of the nearest one above it; empty if none tells."""
    while category:
        if position := position_of_name(category.name):
            return position
        category = category.parent
    return ""


def position_of_name(name: str) -> str:
    """The position that a name tells; empty if it tells none, or of a list ("Hats & bags") several."""
    told = {_of_part(part) for part in LISTED.split(name)} - {""}
    return told.pop() if len(told) == 1 else ""


def _of_part(part: str) -> str:
    """English names end in what they are about, "dress shirts"; Vietnamese ones have it anywhere, and only once."""
    words = re.findall(r"[a-z]+", without_marks(part))
    english = [IN_ENGLISH[stem] for word in words if (stem := _stem(word)) in IN_ENGLISH]
    vietnamese = {IN_VIETNAMESE[word] for word in words if word in IN_VIETNAMESE}
    return english[-1] if english else vietnamese.pop() if len(vietnamese) == 1 else ""


def _stem(word: str) -> str:
    """The word without the ending of its plural: dresses, blouses, tees."""
    for ending in ("es", "s"):
        if word.endswith(ending) and word.removesuffix(ending) in IN_ENGLISH:
            return word.removesuffix(ending)
    return word
