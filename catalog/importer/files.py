"""Picture files in a folder or a zip, found as exports name them: by path, by name, or under another extension."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Self

from django.utils.translation import gettext as _

from catalog.images import MAX_BYTES
from catalog.importer import archives

if TYPE_CHECKING:
    from collections.abc import Iterator


class NoFiles(Exception):
    """A sentence about a place where no pictures can be looked for."""


class Files:
    """The files of a folder or zip. Nothing is ever unpacked to disk, and no name leads out of the place."""

    def __init__(self, place: Path) -> None:
        self._archive: zipfile.ZipFile | None = None
        if place.is_dir():
            self._root = place.resolve()
        elif place.is_file() and zipfile.is_zipfile(place):
            self._archive = _opened(place)
        else:
            raise NoFiles(_("{place} is neither a folder nor a zip file.").format(place=place))
        self.place = place
        self._index = self._build_index()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._archive:
            self._archive.close()

    def read(self, name: str) -> bytes | None:
        """The bytes of the file that is meant, None if there is none.

        At most a byte more than the shop takes of a picture. Raises OSError, with a sentence, if it cannot be read.
        """
        found = self._find(name)
        if found is None:
            return None
        try:
            with self._open(found) as file:
                return file.read(MAX_BYTES + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            raise OSError(_("it cannot be unpacked ({error})").format(error=error)) from error

    def _find(self, name: str) -> str | None:
        path = PurePosixPath(name.lstrip("/").lower())
        for ends in (_ends(path), _ends(path.with_suffix("") if path.name else path)):
            for end in ends:
                if end in self._index:
                    return self._index[end]
        return None

    def _build_index(self) -> dict[str, str]:
        """Every end of every path, with its extension and without. Full names win over names without extension."""
        names = sorted(self._names())
        index: dict[str, str] = {}
        for strip in (False, True):
            for name in names:
                path = PurePosixPath(name.lower())
                for end in _ends(path.with_suffix("") if strip else path):
                    index.setdefault(end, name)
        return index

    def _names(self) -> Iterator[str]:
        if self._archive:
            yield from (entry.filename for entry in self._archive.infolist() if not entry.is_dir())
        else:
            yield from (path.relative_to(self._root).as_posix() for path in self._root.rglob("*") if self._inside(path))

    def _inside(self, path: Path) -> bool:
        return path.is_file() and path.resolve().is_relative_to(self._root)

    def _open(self, name: str) -> IO[bytes]:
        return self._archive.open(name) if self._archive else (self._root / name).open("rb")


def _opened(place: Path) -> zipfile.ZipFile:
    """Raises NoFiles."""
    try:
        archive = zipfile.ZipFile(place)
        archives.check(archive, place.name, place.stat().st_size)
    except (archives.Bomb, zipfile.BadZipFile, NotImplementedError) as error:
        raise NoFiles(str(error)) from error
    return archive


def _ends(path: PurePosixPath) -> list[str]:
    """`a/b/c` as a/b/c, b/c, c: an export's path rarely begins where ours does."""
    return ["/".join(path.parts[at:]) for at in range(len(path.parts))]
