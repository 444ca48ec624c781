"""Zip files are looked at before anything is unpacked: what would fill the memory or the disk is refused."""

from __future__ import annotations

import zipfile

from django.utils.translation import gettext as _

MOST_FILES = 500_000
MOST_BYTES = 64 * 1024**3  # unpacked, all files together
MOST_TIMES = 200  # as large as packed: text packs to a tenth, pictures hardly at all
HARMLESS = 16 * 1024**2  # bytes unpacked that may be packed however tightly


class Bomb(Exception):
    """A sentence about a zip that nobody would make by packing a catalogue."""


def check(archive: zipfile.ZipFile, name: str, size: int) -> None:
    """Raises Bomb for a zip of that name and size in bytes.

    Goes by what the zip says of itself; readers stop at their own limits if it lies.
    """
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise Bomb(_("{name} has more than {most} files. Split it into several.").format(name=name, most=MOST_FILES))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_BYTES:
        raise Bomb(
            _("{name} would be larger than {most} GB when unpacked. Split it into several.").format(
                name=name, most=MOST_BYTES // 1024**3
            )
        )
    if unpacked > HARMLESS and unpacked > MOST_TIMES * max(1, size):
        raise Bomb(
            _("{name} would be more than {times} times as large when unpacked. It is not opened.").format(
                name=name, times=MOST_TIMES
            )
        )
