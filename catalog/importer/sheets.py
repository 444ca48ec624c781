"""CSV files as rows that know on which line of the file they begin."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from catalog.importer import archives

if TYPE_CHECKING:
    import _csv
    from pathlib import Path

LARGEST = 512 * 1024 * 1024  # bytes of one sheet, unpacked
LONGEST_CELL = 1024 * 1024


class Unreadable(Exception):
    """A sentence about a file of which no row can be read."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row by their column's name, without the blanks around them. It begins on `line` of the file."""

    sheet: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell; empty where the sheet has no such column or the row ended before it."""
        return self.cells.get(column, "")


class Broken(NamedTuple):
    """A line that is no row, with the reason why and what could be read of it."""

    line: int
    reason: str
    cells: list[str]


@dataclass(slots=True)
class Sheet:
    """A file's rows, and the lines that are no rows with the reason why."""

    name: str
    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


def sheets_of(file: Path) -> list[Sheet]:
    """The sheet of a CSV file, or those of all CSV files in a zip. Raises Unreadable."""
    if not file.is_file():
        raise Unreadable(_("There is no file {file}.").format(file=file))
    if not zipfile.is_zipfile(file):
        return [read_sheet(file.name, file.read_bytes())]
    with zipfile.ZipFile(file) as archive:
        try:
            archives.check(archive, file.name, file.stat().st_size)
        except archives.Bomb as bomb:
            raise Unreadable(str(bomb)) from bomb
        entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".csv")]
        return [read_sheet(entry.filename, _unpacked(archive, entry)) for entry in entries]


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as stream:
            data = stream.read(LARGEST + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise Unreadable(_("{file} cannot be unpacked: {error}.").format(file=entry.filename, error=error)) from error
    if len(data) > LARGEST:
        raise Unreadable(_("{file} has more than {most} MB.").format(file=entry.filename, most=LARGEST // 2**20))
    return data


def read_sheet(name: str, data: bytes) -> Sheet:
    """A sheet with the column names of its first line. Raises Unreadable if there is none."""
    text = decoded(data)
    csv.field_size_limit(LONGEST_CELL)
    # newline="": lines end where they end in the file, also within quoted cells, so that they can be counted.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
    except csv.Error as error:
        raise Unreadable(
            _("The first line of {name} is no line of a CSV file: {error}.").format(name=name, error=error)
        ) from error
    if not any(columns):
        raise Unreadable(_("{name} is empty.").format(name=name))
    sheet = Sheet(name, columns)
    while _read_row(reader, sheet):
        pass
    return sheet


def _read_row(reader: _csv.Reader, sheet: Sheet) -> bool:
    """Read the next row into the sheet; False at its end."""
    line = reader.line_num + 1
    try:
        cells = next(reader)
    except StopIteration:
        return False
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            sheet.broken.append(Broken(line, _("a quoted cell begins in this row and never ends"), []))
            return False
        sheet.broken.append(Broken(line, _("this is no row of a CSV file: {error}").format(error=error), []))
        return True
    if len(cells) > len(sheet.columns) and any(cells[len(sheet.columns) :]):
        reason = _("it has {cells} cells and the first line has {columns}: is a comma or quote missing?").format(
            cells=len(cells), columns=len(sheet.columns)
        )
        sheet.broken.append(Broken(line, reason, cells))
    elif any(cell.strip() for cell in cells):
        named = {column: cell.strip().replace("\0", "") for column, cell in zip(sheet.columns, cells, strict=False)}
        sheet.rows.append(Row(sheet.name, line, named))
    return True


def decoded(data: bytes) -> str:
    """Text in UTF-8 or UTF-16, or else in the code page that Excel writes in Western Europe."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Excel writes semicolons where a comma is the decimal sign."""
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)
