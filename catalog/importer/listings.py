"""A product as any shop's export describes it, and how to read what its cells say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from catalog.importer.sheets import Row
    from catalog.models import Product, Variant

SIZES = {"size", "sizes", "größe", "groesse", "taille", "talla", "taglia", "maat", "shoe size", "kích thước"}
COLOURS = {"color", "colour", "colors", "farbe", "couleur", "colore", "kleur", "cor", "màu", "màu sắc"}
HIGHEST = Decimal(10) ** 8
HEAVIEST = 1_000_000  # grams
MOST_TAGS = 30


class BadCell(ValueError):
    """The reason why a row cannot be taken."""


@dataclass(slots=True)
class Offer:
    """What becomes a variant."""

    row: Row
    sku: str
    size: str
    colour: str
    price: Decimal
    price_before: Decimal | None
    stock: int
    weight: int = 0  # grams; 0: not said


@dataclass(slots=True)
class Shot:
    """What becomes a picture: the name or path of a file."""

    row: Row
    name: str
    alt: str = ""
    colour: str = ""


@dataclass(slots=True)
class Listing:
    """What becomes a product. `rows` are all rows of the file that speak of it."""

    row: Row
    slug: str
    name: str
    description: str
    brand: str
    category: tuple[str, ...]
    status: str
    tags: list[str] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def amount(row: Row, column: str) -> Decimal | None:
    """Money, or None for an empty cell. Raises BadCell."""
    cell = row[column]
    if not cell:
        return None
    plain = re.sub(r"(?<=\d),(?=\d{1,2}$)", ".", cell)  # 12,50 as much of Europe writes it
    try:
        value = Decimal(re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)).normalize()
    except InvalidOperation:
        raise BadCell(_("{column} '{cell}' is not an amount").format(column=column, cell=cell)) from None
    if not value.is_finite() or not 0 <= value < HIGHEST:
        raise BadCell(
            _("{column} '{cell}' is not an amount between 0 and {highest}").format(
                column=column, cell=cell, highest=HIGHEST
            )
        )
    if value != round(value, 2):
        raise BadCell(_("{column} '{cell}' has more than two decimals").format(column=column, cell=cell))
    return round(value, 2)


def grams(row: Row, column: str, *, per: int = 1) -> int:
    """A weight in grams, `per` of them to the sheet's unit; 0 for an empty cell. Raises BadCell."""
    cell = row[column]
    try:
        weight = round(Decimal(cell.replace(",", ".") or 0) * per)
    except (InvalidOperation, ValueError, OverflowError):
        weight = -1
    if not 0 <= weight <= HEAVIEST:
        raise BadCell(_("{column} '{cell}' is not a weight").format(column=column, cell=cell))
    return weight


def price(row: Row, column: str) -> Decimal:
    """An amount that has to be there. Raises BadCell."""
    value = amount(row, column)
    if value is None:
        raise BadCell(_("{column} is missing").format(column=column))
    return value


def quantity(row: Row, column: str, *, default: int = 0) -> int:
    """Pieces in stock; what was sold beyond the last one (-3) is none. Raises BadCell."""
    cell = row[column]
    try:
        value = Decimal(cell) if cell else Decimal(default)
        whole = int(value)
    except (ArithmeticError, ValueError):
        raise BadCell(_("{column} '{cell}' is not a number of pieces").format(column=column, cell=cell)) from None
    if whole != value or whole >= 2**31:
        raise BadCell(_("{column} '{cell}' is not a number of pieces").format(column=column, cell=cell))
    return max(0, whole)


def sale(price: Decimal, before: Decimal | None) -> Decimal | None:
    """The price before, where it makes the price a sale: shops also export equal and lower ones."""
    return before if before is not None and before > price else None


def size_and_colour(options: dict[str, str]) -> tuple[str, str]:
    """The two things a variant is chosen by. What is neither a size nor a colour is told along with the size."""
    colours = [value for name, value in options.items() if name.casefold() in COLOURS]
    sizes = [value for name, value in options.items() if name.casefold() in SIZES]
    others = [value for name, value in options.items() if name.casefold() not in SIZES | COLOURS]
    return " / ".join(filter(None, sizes + others)), " / ".join(filter(None, colours))


def tags(values: list[str]) -> list[str]:
    """Tags, each once, as many and as long as there is room for."""
    cleaned = (value.strip()[:50].strip() for value in values)
    return list(dict.fromkeys(filter(None, cleaned)))[:MOST_TAGS]


def file_name(source: str) -> str:
    """The path that a cell names; of a URL the last part of its path."""
    if "://" in source or source.startswith("//"):
        return unquote(urlsplit(source).path).rsplit("/", 1)[-1]
    return source.replace("\\", "/")


def check_lengths(row: Row, model: type[Product | Variant], **values: str) -> None:
    """Raises BadCell for a text that is longer than its column."""
    for name, value in values.items():
        room = getattr(model._meta.get_field(name), "max_length", None)
        if room and len(value) > room:
            raise BadCell(
                _("the {name} has {length} characters and there is room for {room}: '{value}…'").format(
                    name=name, length=len(value), room=room, value=value[:40]
                )
            )


class _Text(HTMLParser):
    """Collects the words of a piece of HTML."""

    LINES = {
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "blockquote",
    }
    SILENT = {"script", "style", "head", "template", "iframe", "noscript"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silence = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silence += tag in self.SILENT
        if tag in self.LINES:
            self.words.append("\n• " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.silence = max(0, self.silence - (tag in self.SILENT))
        if tag in self.LINES:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silence:
            self.words.append(re.sub(r"\s+", " ", data))


def plain_text(html: str) -> str:
    """The words of HTML, a line to a paragraph; text without tags stays as it is."""
    if not re.search(r"<\w|&\w+;|&#", html):
        return html.strip()
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(parser.words).split("\n"))
    return "\n".join(line for line in lines if line not in ("", "•"))


def one_line(html: str) -> str:
    """The words of a name that is kept as HTML: entities become letters, a run of spaces one."""
    return " ".join(plain_text(html).split())
