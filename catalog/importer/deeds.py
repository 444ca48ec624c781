"""What an import does to a row, told to whoever wants to show it or to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from catalog.models import Category

if TYPE_CHECKING:
    from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Deed:
    """A row was made, or columns of it were changed: `before` and `after` by the column's name, fit for JSON."""

    row: Model
    before: dict[str, Any]
    after: dict[str, Any]
    new: bool = False


def plain(columns: dict[str, Any]) -> dict[str, Any]:
    """The values of columns as JSON has them: a category is its id, an amount its digits."""
    return {name: _plain(value) for name, value in columns.items()}


def values(row: Model, names: Any) -> dict[str, Any]:
    """What a row says now in some columns, fit for JSON."""
    return plain({name: getattr(row, name) for name in names})


def _plain(value: Any) -> Any:
    if isinstance(value, Category):
        return value.pk
    return f"{value:.2f}" if isinstance(value, Decimal) else value
