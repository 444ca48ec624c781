"""Takes in the catalogue of another shop."""

from __future__ import annotations

import sys
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from catalog.importer import FORMATS, import_catalog
from catalog.importer.files import Files, NoFiles
from catalog.importer.report import DEEDS, KINDS, Report
from catalog.importer.sheets import Unreadable

if TYPE_CHECKING:
    from catalog.importer.listings import Listing

SHOWN = 40  # bad rows at the terminal; --report has them all


class Command(BaseCommand):
    help = "Takes in products from a CSV of Shopify or Magento. The same file twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, or a zip with CSV files in it")
        parser.add_argument(
            "--images", type=Path, help="a folder or zip with the pictures, if FILE is no zip that has them"
        )
        parser.add_argument("--format", choices=list(FORMATS), help="told from the columns if not given")
        parser.add_argument(
            "--dry-run", action="store_true", help="read everything, look at every picture, write nothing"
        )
        parser.add_argument("--report", type=Path, help="a CSV file to write the bad rows to")

    def handle(self, *, file: Path, images: Path | None, report: Path | None, **options: Any) -> None:
        console = Console(file=self.stdout, highlight=False)  # type: ignore[arg-type]
        try:
            done = _import(file, images, console, format=options["format"], dry_run=options["dry_run"])
        except (Unreadable, NoFiles) as error:
            raise CommandError(str(error)) from error
        _print(done, console, dry_run=options["dry_run"])
        if report:
            with report.open("w", newline="", encoding="utf-8") as out:
                done.write_bad(out)
            console.print(f"The bad rows are in {report}.", soft_wrap=True)
        if done.bad:
            sys.exit(1)


def _import(file: Path, images: Path | None, console: Console, **options: Any) -> Report:
    place = images or (file if zipfile.is_zipfile(file) else None)
    if place is None:
        return import_catalog(file, watch=_bar(console), **options)
    with Files(place) as files:
        return import_catalog(file, images=files, watch=_bar(console), **options)


def _bar(console: Console) -> Any:
    def watch(listings: list[Listing]) -> Iterator[Listing]:
        columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as progress:
            yield from progress.track(listings)

    return watch


def _print(report: Report, console: Console, *, dry_run: bool) -> None:
    for bad in sorted(report.bad)[:SHOWN]:
        where = f"{bad.sheet}, line {bad.line}" if len(report.sheets) > 1 else f"line {bad.line}"
        console.print(f"[red]{where}:[/red] {escape(bad.reason)}", soft_wrap=True)
    if len(report.bad) > SHOWN:
        console.print(f"... and {len(report.bad) - SHOWN} more; --report FILE writes them all.")
    table = Table("", *DEEDS, title="A dry run: nothing was written" if dry_run else None)
    for kind in KINDS:
        table.add_row(kind, *(str(report.counts[kind, deed]) for deed in DEEDS))
    console.print(table)
    console.print(f"{report.changes} changes, {len(report.bad)} bad rows.")
    if report.pictures_passed_over:
        console.print(
            f"{report.pictures_passed_over} pictures were passed over: name their folder or zip with --images."
        )
