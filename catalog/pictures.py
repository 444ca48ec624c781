"""Writes of product pictures. A file is there before its row is, and goes after the last row that names it has gone."""

from __future__ import annotations

import hashlib
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext
from PIL import Image

from catalog import images, renditions
from catalog.models import ProductImage

if TYPE_CHECKING:
    from catalog.models import Product

MOST_PIXELS = 6_000_000  # of what is kept: more than any screen shows of one garment
QUALITY = 90


@transaction.atomic
def add_picture(
    product: Product, data: bytes, *, position: int | None = None, colour: str = "", alt: str = ""
) -> ProductImage:
    """Add a picture to a product, last unless `position` says otherwise. Raises images.PictureRefused.

    The same bytes added twice are one picture: the second call gives the first's row, unchanged.
    """
    known = find_picture(product, data)
    if known:
        return known
    image = ProductImage(product=product, colour=colour, alt=alt)
    _fill(image, data)
    twin = product.images.filter(sha256=image.sha256).first()  # other bytes, same picture once cleaned
    if twin:
        return twin
    image.position = _last_position(product) + 1 if position is None else position
    image.save()
    return image


def find_picture(product: Product, data: bytes) -> ProductImage | None:
    """The product's picture that was made from these bytes, without decoding them."""
    return product.images.filter(source_sha256=hashlib.sha256(data).hexdigest()).first()


@transaction.atomic
def replace_picture(image: ProductImage, data: bytes) -> ProductImage:
    """Put another picture in the place of this one: the row keeps its position, colour and words.

    Raises images.PictureRefused; and PictureRefused with code `twice` if the product has that picture already.
    """
    before = image.sha256, str(image.file)
    replacement = ProductImage(product=image.product)
    _fill(replacement, data)
    if image.product.images.filter(sha256=replacement.sha256).exclude(pk=image.pk).exists():
        raise images.PictureRefused("twice", gettext("The product already has this picture. Choose another one."))
    for column in ("sha256", "source_sha256", "width", "height"):
        setattr(image, column, getattr(replacement, column))
    image.file.name = replacement.file.name
    image.save()
    if before[0] != image.sha256:
        release_file(*before)
    return image


@transaction.atomic
def arrange(product: Product, image_ids: list[int]) -> None:
    """Give the product's pictures the order of these ids; those not named keep their order behind them."""
    place = {pk: index for index, pk in enumerate(image_ids)}
    ordered = sorted(product.images.all(), key=lambda image: place.get(image.pk, len(place)))
    for position, image in enumerate(ordered):
        image.position = position
    ProductImage.objects.bulk_update(ordered, ["position"])


def release_file(sha256: str, name: str) -> None:
    """After commit, delete a picture's file and renditions if no row names them any more."""
    transaction.on_commit(partial(_delete_unless_used, sha256, name))


@transaction.atomic
def _delete_unless_used(sha256: str, name: str) -> None:
    _hold(sha256)
    if not ProductImage.objects.filter(sha256=sha256).exists():
        default_storage.delete(name)
        renditions.forget(sha256)


def _hold(sha256: str) -> None:
    """Until the transaction ends, no one else adds or deletes the file of this content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])


def _fill(image: ProductImage, data: bytes) -> None:
    """Set all columns that follow from the bytes, and have the file written."""
    accepted = images.accept(data)
    stored, extension, (image.width, image.height) = _as_stored(accepted, data)
    image.source_sha256 = accepted.sha256
    image.sha256 = hashlib.sha256(stored).hexdigest()
    image.file.name = _write(image.sha256, extension, stored)


def _as_stored(accepted: images.Accepted, data: bytes) -> tuple[bytes, str, tuple[int, int]]:
    """What is kept: the bytes themselves if they are clean already, else the picture without all that came with it."""
    size = accepted.width, accepted.height
    scale = (MOST_PIXELS / (size[0] * size[1])) ** 0.5
    if accepted.pure and scale >= 1:
        return data, "jpg" if accepted.format == "JPEG" else "webp", size
    picture = accepted.image
    if scale < 1:
        size = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
    clean = BytesIO()
    picture.save(clean, "JPEG", quality=QUALITY)
    return clean.getvalue(), "jpg", size


def _write(sha256: str, extension: str, data: bytes) -> str:
    """Store the file unless it is there, whole. The name says what is in it, so that products may share it."""
    _hold(sha256)
    name = renditions.original(sha256, extension)
    if default_storage.exists(name):
        if default_storage.size(name) == len(data):
            return name
        default_storage.delete(name)  # a write that was interrupted
    return default_storage.save(name, ContentFile(data))


def _last_position(product: Product) -> int:
    last = product.images.aggregate(last=Max("position"))["last"]
    return -1 if last is None else last
