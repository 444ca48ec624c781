"""What a list can be narrowed to: the fields and their values, each with the number of products it would leave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from catalog.counts import ALL
from catalog.filters import Band, Filters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.counts import Count

TITLES = {
    "category": _("Category"),
    "price": _("Price"),
    "size": _("Size"),
    "colour": _("Colour"),
    "brand": _("Brand"),
    "in_stock": _("In stock"),
    "on_sale": _("On sale"),
}
SHOWN = 12  # values of a field
LETTERS = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value, as an address spells it, and how many products of the list have it."""

    value: str
    label: str
    products: int
    chosen: bool

    @property
    def depth(self) -> int:
        """How deep a category lies below the top."""
        return self.value.count("/")

    @property
    def above(self) -> str:
        """The path of the category above."""
        return self.value.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Facet:
    """A field with its values: categories in the order of the tree, prices and sizes rising, others by number."""

    field: str
    choices: list[Choice]

    @property
    def shown(self) -> list[Choice]:
        """Those that a page has room for: the first, and what is chosen; of categories two levels, and those below."""
        if self.field != "category":
            return [one for number, one in enumerate(self.choices) if number < SHOWN or one.chosen]
        chosen = next((one.value for one in self.choices if one.chosen), "")
        return [one for one in self.choices if one.depth < 2 or f"{chosen}/".startswith(f"{one.above}/")]

    @property
    def title(self) -> str:
        """What the field is called."""
        return str(TITLES[self.field])

    @property
    def flag(self) -> bool:
        """Whether it is a matter of yes or no."""
        return self.field in ("in_stock", "on_sale")


@dataclass(frozen=True, slots=True)
class Facets:
    """The number of products above the list's floor, as narrowed, and what it can be narrowed to."""

    products: int
    fields: list[Facet]
    near: bool  # whether there is a floor: otherwise all products worn at the position are counted

    @property
    def labels(self) -> dict[tuple[str, str], str]:
        """What chosen values are called, by field and value."""
        return {(facet.field, one.value): one.label for facet in self.fields for one in facet.choices if one.chosen}


def laid_out(rows: Sequence[Count], filters: Filters, *, near: bool = False) -> Facets:
    """The counts of a list as a page shows them. What is chosen stays among the choices, even where nothing is left."""
    by_field: dict[str, list[Count]] = {}
    for row in rows:
        by_field.setdefault(row.field, []).append(row)
    [every] = by_field[ALL]
    fields = [Facet(field, _choices(field, by_field.get(field, []), filters)) for field in TITLES]
    told = [facet for facet in fields if any(c.products or c.chosen for c in facet.choices)]
    return Facets(every.products, told, near)


def _choices(field: str, rows: Sequence[Count], filters: Filters) -> list[Choice]:
    chosen = {value.casefold(): value for name, value in filters.pairs if name == field}
    choices = list[Choice]()
    for row in sorted(rows, key=lambda row: _order(field, row)):
        value = str(Band.numbered(row.place)) if field == "price" else row.value
        choices.append(Choice(value, row.label or value, row.products, chosen.pop(value.casefold(), None) is not None))
    return choices + [Choice(value, value, 0, True) for value in chosen.values()]


def _order(field: str, row: Count) -> tuple[Any, ...]:
    if field == "category":
        return (row.value.split("/"),)
    if field == "size":
        return _size(row.value)
    return (row.place,) if field == "price" else (-row.products, row.value.casefold())


def _size(value: str) -> tuple[int, float, str]:
    """S before M before 38 before 40 before words."""
    if value.upper() in LETTERS:
        return 0, LETTERS.index(value.upper()), ""
    number = re.match(r"\d{1,9}([.,]\d{1,9})?", value, re.ASCII)
    return (1, float(number[0].replace(",", ".")), value) if number else (2, 0, value.casefold())
