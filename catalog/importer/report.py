"""What an import did, and which rows it could not take."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext as _

from catalog.importer import corrections

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.importer.listings import Listing
    from catalog.importer.sheets import Row, Sheet

KINDS = ("products", "variants", "pictures")
DEEDS = ("created", "updated", "unchanged")


@dataclass(frozen=True, slots=True, order=True)
class BadRow:
    """A row that was not taken, or not all of it."""

    sheet: str
    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """Counts of (kind, deed), the bad rows, and how many pictures were passed over for want of a place to look."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    bad: list[BadRow] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    pictures_passed_over: int = 0
    read: tuple[list[Sheet], list[Listing]] = field(
        default_factory=lambda: ([], [])
    )  # what the rows were understood as

    def count(self, kind: str, deed: str) -> None:
        """One more of a kind was created, updated or found unchanged."""
        self.counts[kind, deed] += 1

    def refuse(self, row: Row, reason: str) -> None:
        """Name a row."""
        self.bad.append(BadRow(row.sheet, row.line, reason))

    def refuse_all(self, rows: Iterable[Row], culprit: Row | None, reason: str) -> None:
        """Name all rows of a product; those beside the culprit are only drawn in. A row is not named twice."""
        named = {(bad.sheet, bad.line) for bad in self.bad}
        for row in rows:
            if (row.sheet, row.line) not in named:
                if culprit is None or row is culprit:
                    self.refuse(row, reason)
                else:
                    self.refuse(row, _("line {line}: {reason}").format(line=culprit.line, reason=reason))

    def refuse_broken(self, sheet: Sheet) -> None:
        """Name the lines of a sheet that are no rows."""
        self.bad += [BadRow(sheet.name, broken.line, broken.reason) for broken in sheet.broken]

    @property
    def changes(self) -> int:
        """How much is different from before."""
        return sum(count for (_, deed), count in self.counts.items() if deed != "unchanged")

    def write_bad(self, file: IO[str]) -> None:
        """The bad rows as CSV."""
        writer = csv.writer(file)
        writer.writerow(["file", "line", "reason"])
        writer.writerows((bad.sheet, bad.line, bad.reason) for bad in sorted(self.bad))

    def write_corrections(self, file: IO[str]) -> None:
        """The bad rows with all their cells, to be mended and imported."""
        corrections.write(file, *self.read, self)
