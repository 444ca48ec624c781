"""Zip files are looked at before anything is unpacked: what would fill the memory or the disk is refused."""

from __future__ import annotations

import zipfile

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
        raise Bomb(f"{name} has more than {MOST_FILES} files. Split it into several.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_BYTES:
        raise Bomb(f"{name} would be larger than {MOST_BYTES // 1024**3} GB when unpacked. Split it into several.")
    if unpacked > HARMLESS and unpacked > MOST_TIMES * max(1, size):
        raise Bomb(f"{name} would be more than {MOST_TIMES} times as large when unpacked. It is not opened.")
