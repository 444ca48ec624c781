"""Catalogues of other shops become rows: sheets are read, understood as listings, and taken in one by one.

    sheets -> shopify | magento -> listings -> intake -> report

The same file twice makes the same rows, and every row that cannot be taken is named with its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from catalog.importer import magento, shopify
from catalog.importer.intake import Intake
from catalog.importer.report import Report
from catalog.importer.sheets import Unreadable, sheets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Any

    from catalog.importer.deeds import Deed
    from catalog.importer.files import Files
    from catalog.importer.listings import Listing
    from catalog.importer.sheets import Sheet

FORMATS = {"shopify": shopify, "magento": magento}


def import_catalog(
    file: Path,
    *,
    format: str | None = None,
    images: Files | None = None,
    dry_run: bool = False,
    watch: Callable[[list[Listing]], Iterable[Listing]] = iter,
    note: Callable[[list[Deed]], None] | None = None,
    reference: str = "",
    by: Any = None,
) -> Report:
    """Take in a CSV, or all CSVs of a zip. `format` is told from the columns if it is not given.

    `images` is where picture files are; without it pictures are passed over. `watch` walks over the listings, and may
    show how far it is. Each listing is a transaction of its own: what went in stays when the import is stopped. A dry
    run takes each back at once, so that it keeps nobody waiting. `note` is told within each transaction what was done,
    `reference` and `by` stand in the ledger of the stock. Raises Unreadable, with a sentence, if no row can be read.
    """
    report = Report()
    sheets = sheets_of(file)
    reader = FORMATS[format] if format else _format_of(sheets)
    mine = [sheet for sheet in sheets if reader.reads(sheet)]
    if not mine:
        raise Unreadable(
            _("{file} has no sheet with the columns {columns}.").format(
                file=file.name, columns=", ".join(sorted(reader.NEEDED))
            )
        )
    report.sheets = [sheet.name for sheet in mine]
    listings = reader.listings(mine, sheets, report)
    report.read = mine, listings
    intake = Intake(report, images, dry_run=dry_run, note=note, reference=reference, by=by)
    for listing in watch(listings):
        intake.take(listing)
    return report


def _format_of(sheets: list[Sheet]) -> Any:
    for reader in FORMATS.values():
        if any(reader.reads(sheet) for sheet in sheets):
            return reader
    wanted = "; ".join(f"{name}: {', '.join(sorted(reader.NEEDED))}" for name, reader in FORMATS.items())
    raise Unreadable(
        _("This is not a catalogue that can be read here. The columns needed are, for {wanted}.").format(wanted=wanted)
    )
