"""Tables for spreadsheets."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take a text that begins so for a formula


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def answer(name: str, rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a download, the names of the columns first. Texts are never formulas."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff"  # or a spreadsheet would guess another encoding
        for row in rows:
            yield writer.writerow([safe(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def safe(cell: Any) -> Any:
    """The cell; a text that a spreadsheet would run behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
