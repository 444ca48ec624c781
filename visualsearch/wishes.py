"""Words typed beside a photo, read as wishes: a colour, a material or cut, a length, a size, a price, plain words.

English and Vietnamese, with marks or without. What a wish asks of a product is a piece of SQL that grades it from 0
(says nothing of it) to 1; `searchwords` puts the pieces together. Each word is somebody's wish: none is passed over
but for those that only join others ("in", "màu").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.filters import AMOUNT
from visualsearch import shades
from visualsearch.attributes import WORDS
from visualsearch.shades import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 200  # letters that are looked at
MOST = 8  # wishes
KINDS = ("colour", "attribute", "length", "price", "offer", "size", "word")
IN_HEAD, IN_BODY, NEARLY = 1.0, 0.6, 0.4  # said by name, brand, tags, category; by the description; by a name alike
SLIP = 0.6  # likeness of a name to a word with a slip in it: what the catalogue's own search forgives

# Further ways to ask for an attribute of `attributes.WORDS`.
ASKED = {
    "leather": "da|leathery",
    "short sleeves": "shorter sleeves?|coc tay|ngan tay",
    "long sleeves": "longer sleeves?|dai tay",
    "sleeveless": "without sleeves?|no sleeves?|khong (?:co )?tay|ba lo",
    "relaxed": "looser|wider|baggy|rong hon|thung",
    "slim": "tighter|slimmer|om",
    "striped": "stripy|ke soc|ke",
    "floral": "flowery",
    "denim": "jean",
    "hooded": "with (?:a )?hood|mu trum",
}
# Lengths: how they are asked for, and how texts say them of the whole piece, not of its sleeves or legs alone.
LENGTHS = {
    "longer": (
        "longer|long|maxi|dai hon|dai",
        r"(?<!\w)(?:maxi|midi|ankle|longline|floor|calf|long(?! sleeve)(?!-sleeve)|(?<!tay )dài(?! tay))(?!\w)",
    ),
    "shorter": (
        "shorter|short|mini|ngan hon|ngan",
        r"(?<!\w)(?:mini|cropped|crop|short(?! sleeve)(?!-sleeve)|(?<!tay )ngắn(?! tay))(?!\w)",
    ),
}
PRICES = {
    "cheaper": ("cheaper|cheap|less expensive|re hon|re", "<"),
    "dearer": ("more expensive|dearer|pricier|dat hon|mac hon", ">"),
}
OFFERS = {
    "on sale": ("on sale|sale|discounted|reduced|giam gia|khuyen mai", "price_before IS NOT NULL"),
    "in stock": ("in stock|available|con hang", "stock > 0"),
}
BOUNDS = {"<=": "under|below|less than|up to|at most|duoi|khong qua", ">=": "over|above|more than|at least|tren"}
SIZE = r"(?:size|co|sz)\s+(?P<size>[\w./-]{1,12})|(?P<bare>x{0,3}[sl]|m|\d?xl|\d\d)"
NOT = "without|no|not|non|khong(?: co)?|ko"
OR = "or|hoac|hay"
FILLER = (
    "in|with|and|an?|the|of|for|but|like|this|that|it|its|one|please|more|colou?r|coloured|colored|made|from|is|has|have|i|"
    "want|need|same|similar|to|me|my|something|you|your|any|some|are|as|at|on|by|do|be|"
    "mau|va|co|cho|bang|loai|kieu|chat lieu|nhung|hon|cai|chiec|nay|giong"
)


class Graded(NamedTuple):
    """SQL of a number from 0 to 1 about `product`, `told` and `nearest`, with its parameters."""

    sql: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that is asked for, in the shopper's own words."""

    said: str
    kind: str  # one of KINDS
    any_of: tuple[Graded, ...]
    wanted: bool = True  # False: to be without it
    colours: tuple[str, ...] = ()  # the names of a wanted colour

    @property
    def known(self) -> bool:
        """Whether we know what is meant, even where no product has it; of plain words only the texts know."""
        return self.kind != "word"

    @property
    def graded(self) -> Graded:
        """How much a product says of it."""
        sql = ", ".join(one.sql for one in self.any_of)
        return Graded(f"GREATEST({sql})::float8", tuple(param for one in self.any_of for param in one.params))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody typed, and what was read in it."""

    text: str = ""
    each: tuple[Wish, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.each)

    @property
    def colours(self) -> tuple[str, ...]:
        """Names of all wanted colours."""
        return tuple(dict.fromkeys(name for wish in self.each if wish.wanted for name in wish.colours))

    @classmethod
    def read(cls, text: str) -> Wishes:
        """The wishes in a text; none of an empty one, or of one that only has words that join others."""
        composed = unicodedata.normalize("NFC", text.replace("\0", " "))[:LONGEST]
        tidy = " ".join(composed.split())
        return cls(tidy, tuple(_merged(tidy))[:MOST])


NO_WISHES = Wishes()


def _merged(text: str) -> Iterator[Wish]:
    """The wishes one after another; those with "or" between them as one."""
    last: Wish | None = None
    joined, wanted = False, True
    for said, kind, found in _pieces(text):
        if kind == "or":
            joined = last is not None
        elif kind == "not":
            wanted = False
        elif found and joined and last:
            both = f"{last.said} / {said}"
            last = replace(last, said=both, any_of=last.any_of + found.any_of, colours=last.colours + found.colours)
            joined = False
        elif found:
            if last:
                yield last
            last, wanted = replace(found, wanted=wanted), True
    if last:
        yield last


def _pieces(text: str) -> Iterator[tuple[str, str, Wish | None]]:
    """The text cut from the left into the longest pieces that mean something; what is none of them word by word."""
    bare, at = plain(text), 0
    while at < len(bare):
        for kind, pattern in _patterns():
            found = pattern.match(bare, at)
            if found and not (kind == "colour" and _is_english(text, found)):
                said = text[at : found.end()]
                yield said, kind, _wish(kind, said, found)
                at = found.end()
                break
        else:
            at += 1


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """How pieces are known, the first that fits is it. They are matched against plain text."""
    attributes = _alternatives(_ways(*pair) for some in WORDS.values() for pair in some.items())
    money = rf"[€$£₫]?\s*(?P<amount>{AMOUNT})\s*(?P<thousand>k)?\s*(?:[€$£₫]|eur|usd|vnd|d)?"
    shapes = {
        "bound": f"(?:(?P<most>{BOUNDS['<=']})|(?P<least>{BOUNDS['>=']})) {money}",
        "attribute": attributes,
        "not": NOT,
        "or": OR,
        "offer": _alternatives(asked for asked, _ in OFFERS.values()),
        "price": _alternatives(asked for asked, _ in PRICES.values()),
        "length": _alternatives(asked for asked, _ in LENGTHS.values()),
        "size": SIZE,
        "colour": rf"(?P<mau>mau )?(?P<name>{'|'.join(map(re.escape, shades.spoken()))})",
        "filler": FILLER,
        "word": r"\w[\w'’&.-]*\w|\w",  # noqa: RUF001 - an apostrophe as phones write it
    }
    return [(kind, re.compile(rf"(?<!\w)(?:{shape})(?!\w|-\w)")) for kind, shape in shapes.items()]


def _alternatives(patterns: Iterable[str]) -> str:
    return "|".join(patterns)


def _ways(name: str, spelled: str) -> str:
    """The ways to ask for an attribute, in plain text."""
    return _alternatives([*([ASKED[name]] if name in ASKED else []), name, plain(spelled)])


def _is_english(text: str, found: re.Match[str]) -> bool:
    """Whether what reads as a colour without marks was typed without them and is an English word."""
    typed = text[found.start("name") : found.end("name")].lower()
    return typed in shades.SHORT and not found["mau"]


def _wish(kind: str, said: str, found: re.Match[str]) -> Wish | None:
    if kind in ("filler", "not", "or"):
        return None
    make = {"bound": _bound, "attribute": _attribute, "colour": _colour, "size": _size, "word": _word}.get(kind)
    if make:
        return make(said, found)
    return {"offer": _offer, "price": _price, "length": _length}[kind](said, plain(said))


def _said(pattern: str) -> Graded:
    """A pattern in the texts, as they are written."""
    return Graded(
        f"CASE WHEN told.head ~ %s THEN {IN_HEAD} WHEN told.body ~ %s THEN {IN_BODY} ELSE 0 END", (pattern, pattern)
    )


def _yes(condition: str, *params: Any) -> Graded:
    return Graded(f"CASE WHEN {condition} THEN 1 ELSE 0 END", params)


def _offers(condition: str, *params: Any) -> Graded:
    """Whether a variant is so."""
    there = f"SELECT FROM catalog_variant AS offer WHERE offer.product_id = product.id AND {condition}"
    return _yes(f"EXISTS ({there})", *params)


def _attribute(said: str, found: re.Match[str]) -> Wish:
    asked = found[0]
    for some in WORDS.values():
        for name, spelled in some.items():
            if re.fullmatch(_ways(name, spelled), asked):
                return Wish(said, "attribute", (_said(rf"(?<!\w)(?:{spelled})(?!\w)"),))
    raise AssertionError(asked)


def _colour(said: str, found: re.Match[str]) -> Wish:
    """By the colours of variants and pictures; by name and tags where the catalogue gives none."""
    meant = shades.spoken()[found["name"]]
    pattern = shades.pattern(*meant)
    coloured = (
        "EXISTS (SELECT FROM catalog_variant AS offer WHERE offer.product_id = product.id"
        " AND unaccent(lower(offer.colour)) ~ %s)"
        " OR EXISTS (SELECT FROM catalog_productimage AS picture WHERE picture.product_id = product.id"
        " AND unaccent(lower(picture.colour)) ~ %s)"
        " OR unaccent(told.head) ~ %s AND NOT EXISTS (SELECT FROM catalog_variant AS offer"
        " WHERE offer.product_id = product.id AND offer.colour <> '')"
    )
    in_text = shades.pattern(*(name for name in meant if name not in shades.SHORT))
    return Wish(said, "colour", (_yes(coloured, pattern, pattern, in_text),), colours=meant)


def _length(said: str, asked: str) -> Wish:
    text = next(text for ways, text in LENGTHS.values() if re.fullmatch(ways, asked))
    return Wish(said, "length", (_said(text),))


def _price(said: str, asked: str) -> Wish:
    """Against the product that looks most like the photo."""
    sign = next(sign for ways, sign in PRICES.values() if re.fullmatch(ways, asked))
    nearest = "SELECT id FROM nearest WHERE place = 1"
    price = "SELECT min(price) FROM catalog_variant WHERE product_id = "
    return Wish(said, "price", (_yes(f"({price}product.id) {sign} ({price}({nearest}))"),))


def _bound(said: str, found: re.Match[str]) -> Wish:
    amount = float(found["amount"]) * (1000 if found["thousand"] else 1)
    return Wish(said, "price", (_offers(f"offer.price {'<=' if found['most'] else '>='} %s", amount),))


def _offer(said: str, asked: str) -> Wish:
    condition = next(condition for ways, condition in OFFERS.values() if re.fullmatch(ways, asked))
    return Wish(said, "offer", (_offers(f"offer.{condition}"),))


def _size(said: str, found: re.Match[str]) -> Wish:
    return Wish(said, "size", (_offers("lower(offer.size) = %s", found["size"] or found["bare"]),))


def _word(said: str, found: re.Match[str]) -> Wish:
    """PostgreSQL's full text, whatever the word's ending; a slip in a word of the name is forgiven."""
    word = found[0]
    sql = f"WHEN told.heading @@ phraseto_tsquery('english', %s) THEN {IN_HEAD}"
    sql += f" WHEN told.telling @@ phraseto_tsquery('english', %s) THEN {IN_BODY}"
    sql += f" WHEN length(%s) > 3 AND word_similarity(%s, told.name) >= {SLIP} THEN {NEARLY}"
    return Wish(said, "word", (Graded(f"CASE {sql} ELSE 0 END", (word,) * 4),))
