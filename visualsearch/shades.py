"""Words for colours as shoppers type them, and what a catalogue may call the same: "red" is cherry and "đỏ đô" too.

The names are those of `colours`; which shade belongs to which colour is said here as people use the words, not
measured. English and Vietnamese, with or without marks; a shade that is named itself means that shade alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from visualsearch.colours import NARROW, SAME, VIETNAMESE, WIDE

FAMILIES = {
    "black": "jet onyx",
    "white": "ivory chalk",
    "grey": "gray charcoal graphite anthracite ash fog slate silver",
    "silver": "",
    "red": "cherry paprika burgundy wine maroon scarlet crimson",
    "pink": "rose blush fuchsia magenta salmon",
    "orange": "tangerine apricot rust terracotta coral peach",
    "yellow": "butter lemon mustard saffron",
    "gold": "golden",
    "green": "olive moss sage mint fern forest emerald jade bottle lime khaki",
    "blue": "navy midnight ink cobalt royal cornflower sky powder denim indigo petrol",
    "purple": "violet lavender lilac mauve plum aubergine",
    "violet": "purple lavender lilac mauve plum aubergine",
    "brown": "camel tan cognac tobacco chestnut chocolate cocoa clay",
    "beige": "ecru oat sand stone cream taupe khaki ivory",
    "turquoise": "aqua teal petrol jade",
}
ALIKE = (
    ("navy", "midnight", "ink"),
    ("burgundy", "wine", "maroon"),
    ("charcoal", "anthracite"),
    ("fuchsia", "magenta"),
    ("cobalt", "royal"),
    ("chocolate", "cocoa"),
)
GREENS, BLUES = ("green", "blue"), "xanh"  # the one word stands for both colours
SHORT = frozenset({"do", "be"})  # without their marks these are English words too; they need "mau" before them


def plain(text: str) -> str:
    """Lower case without marks, letter for letter: as long as the text in its composed form."""
    return "".join(unicodedata.normalize("NFD", letter.lower())[0] for letter in text).replace("đ", "d")


@cache
def names(colour: str) -> tuple[str, ...]:
    """What else a catalogue may call a colour, without marks; itself among them."""
    known = SAME.get(colour, colour)
    same = {colour, known, *FAMILIES.get(known, "").split()}
    for some in ALIKE:
        same |= set(some) if known in some else set()
    same |= {
        plain(name) for name, meant in VIETNAMESE.items() if meant in same and (meant in FAMILIES or meant == known)
    }
    return tuple(sorted(same))


@cache
def spoken() -> dict[str, tuple[str, ...]]:
    """Every word or phrase for a colour, without marks, with all the names that it means; longer phrases first."""
    english = {*WIDE, *NARROW, *SAME, *(name for some in FAMILIES.values() for name in some.split())}
    found = {name: names(name) for name in english}
    found |= {plain(name): names(meant) for name, meant in VIETNAMESE.items()}
    found[BLUES] = (BLUES, *(name for colour in GREENS for name in names(colour)))
    return dict(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def pattern(*some: str) -> str:
    """A regular expression for any of these names as whole words, for PostgreSQL and Python alike."""
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, some))})(?!\w)"
