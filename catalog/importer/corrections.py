"""The bad rows as a sheet of the same columns: to be mended in place and sent again.

All rows of a product go along with its bad one, as a product is read as a whole.
"""

from __future__ import annotations

import csv
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.importer.listings import Listing
    from catalog.importer.report import Report
    from catalog.importer.sheets import Sheet

LINE, PROBLEM = "Line in the file", "What is wrong"  # columns that no reader knows, and so passes over


def write(file: IO[str], sheets: Iterable[Sheet], listings: Iterable[Listing], report: Report) -> None:
    """Nothing but the head if no row is bad."""
    reasons: dict[tuple[str, int], list[str]] = {}
    for bad in report.bad:
        reasons.setdefault((bad.sheet, bad.line), []).append(bad.reason)
    wanted = set(reasons) | _kin(listings, set(reasons))
    columns = list(dict.fromkeys(name for sheet in sheets for name in sheet.columns if name not in (LINE, PROBLEM)))
    writer = csv.writer(file)
    writer.writerow([*columns, LINE, PROBLEM])
    for sheet in sheets:
        for line, cells in sorted(_lines(sheet).items()):
            if (sheet.name, line) in wanted:
                said = "; ".join(reasons.get((sheet.name, line), []))
                writer.writerow([*(cells.get(name, "") for name in columns), line, said])


def _kin(listings: Iterable[Listing], bad: set[tuple[str, int]]) -> set[tuple[str, int]]:
    places = ({(row.sheet, row.line) for row in listing.rows} for listing in listings)
    return set().union(*(rows for rows in places if rows & bad))


def _lines(sheet: Sheet) -> dict[int, dict[str, str]]:
    rows = {row.line: row.cells for row in sheet.rows}
    return rows | {broken.line: dict(zip(sheet.columns, broken.cells, strict=False)) for broken in sheet.broken}
