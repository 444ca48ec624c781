"""An album: somebody's own photos, in a folder or a zip, each of which becomes a product."""

import hashlib
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path, PurePath
from typing import IO

from django.db import transaction
from django.utils.text import slugify

from catalog import images, stock
from catalog.categories import shelf
from catalog.demo import Entry, Source
from catalog.models import Product, StockChange, Variant
from catalog.pictures import add_picture

NO_FOLDER = "Photos"  # the category of pictures that lie in no folder


class NoAlbum(SystemExit):
    """A sentence for the person at the terminal: there are no photos to read."""


class Album(Source):
    """The files of a folder or zip. Their names become the products' names, their folders the categories."""

    verb = "Reading"

    def __init__(self, place: Path) -> None:
        if not place.is_dir() and not zipfile.is_zipfile(place):
            raise NoAlbum(f"{place} is neither a folder nor a zip file.")
        self.place = place
        self._names = sorted(_files(place))
        if not self._names:
            raise NoAlbum(f"{place} has no files in it.")

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Entry]:
        for name in self._names:
            try:
                yield Entry(add(PurePath(name), self._read(name)).name)
            except (images.PictureRefused, OSError, zipfile.BadZipFile) as problem:
                yield Entry(name, str(problem))

    def _read(self, name: str) -> bytes:
        with self._open(name) as file:
            return file.read(images.MAX_BYTES + 1)  # more than a picture may have is refused as that

    def _open(self, name: str) -> IO[bytes]:
        if self.place.is_dir():
            return (self.place / name).open("rb")
        return zipfile.ZipFile(self.place).open(name)


@transaction.atomic
def add(path: PurePath, data: bytes) -> Product:
    """The product of one photo; made once, however often it is asked for. Raises `images.PictureRefused`."""
    digest = hashlib.sha256(f"{path}".encode() + data).hexdigest()
    name = path.stem.replace("_", " ").replace("-", " ").strip().capitalize() or "Photo"
    slug = f"{slugify(name)[:180]}-{digest[:8]}".lstrip("-")
    product, new = Product.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name[:200],
            "category": shelf([part[:100] for part in path.parts[:-1][-3:]] or [NO_FOLDER]),
            "status": Product.Status.PUBLISHED,
        },
    )
    if new:
        sku = f"PHOTO-{digest[:12].upper()}"
        variant = Variant.objects.create(product=product, sku=sku, price=price(digest), stock=10)
        stock.begin([variant], reason=StockChange.Reason.IMPORTED)
        add_picture(product, data, alt=name)
    return product


def price(digest: str) -> Decimal:
    """A made-up price between 10 and 99.90, always the same for the same photo."""
    return Decimal(100 + int(digest[:8], 16) % 900) / 10


def _files(place: Path) -> Iterator[str]:
    """The paths of all files in a folder or zip, without those that a desktop hides there."""
    if place.is_dir():
        found = [path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()]
    else:
        with zipfile.ZipFile(place) as archive:
            found = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    return (name for name in found if not any(part.startswith((".", "__MACOSX")) for part in PurePath(name).parts))
