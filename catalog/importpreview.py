"""What an import would do, as its page tells it: the first new rows, and the first changed ones column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.models import Category, Product, ProductImage, Variant

if TYPE_CHECKING:
    from django.db.models import Model

    from catalog.importer.deeds import Deed

SHOWN = 50  # of new rows, and of changed ones
LONGEST = 80  # characters of a value


class Preview:
    """Collects deeds; `told` is fit for JSON: {"kind", "name", "new", "columns": [[name, before, after]]}."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.room = {True: SHOWN, False: SHOWN}

    def note(self, deeds: list[Deed]) -> None:
        """What was done with one listing. Variants and pictures of a new product are not told beside it."""
        fresh = any(deed.new and isinstance(deed.row, Product) for deed in deeds)
        for deed in deeds:
            if self.room[deed.new] and not (fresh and isinstance(deed.row, Variant | ProductImage)):
                self.room[deed.new] -= 1
                self.told.append(_told(deed))


def _told(deed: Deed) -> dict[str, Any]:
    columns = [] if deed.new else [
        [str(deed.row._meta.get_field(name).verbose_name), _said(name, deed.before[name]), _said(name, value)]  # type: ignore[union-attr]
        for name, value in deed.after.items()
    ]  # fmt: skip
    return {"kind": kind(deed.row), "name": name_of(deed.row), "new": deed.new, "columns": columns}


def kind(row: Model) -> str:
    """What a row is called in the tables of imports."""
    return {Category: "category", Product: "product", Variant: "variant", ProductImage: "picture"}[type(row)]


def name_of(row: Any) -> str:
    """What a keeper knows the row by."""
    if isinstance(row, Category):
        return row.path[-200:]
    return (f"{row.product.name}: {row}" if isinstance(row, Variant) else str(row))[:200]


def _said(name: str, value: Any) -> str:
    if name == "category":
        value = Category.objects.filter(pk=value).values_list("path", flat=True).first()
    said = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
