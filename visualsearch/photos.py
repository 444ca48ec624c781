"""A shopper's photo: bytes in Valkey under a time to live, never on disk, and the bell that tells it was described."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, cast

import redis
from django.conf import settings
from PIL import Image

if TYPE_CHECKING:
    from uuid import UUID

    from catalog.images import Accepted

LONGEST = 1600  # px; a bag a tenth as wide as its photo still has 160 for the embedder's 224
QUALITY = 90
BELL_SECONDS = 60  # a bell is heard at once or never: whoever comes later reads the row


@cache
def valkey() -> redis.Redis:
    """This process's pool of connections."""
    return redis.Redis.from_url(settings.REDIS_URL)


def bounded(picture: Image.Image) -> Image.Image:
    """The picture, or a smaller copy whose longer side is LONGEST px. The pipeline looks at nothing larger."""
    if max(picture.size) <= LONGEST:
        return picture
    scale = LONGEST / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)


def put(search_id: UUID, photo: Accepted, data: bytes) -> None:
    """Keep an accepted photo for settings.VISUALSEARCH["PHOTO_TTL"] seconds, as a bounded JPEG without metadata."""
    jpeg = data if as_it_is(photo) else _jpeg(bounded(photo.image))
    valkey().set(_photo(search_id), jpeg, ex=settings.VISUALSEARCH["PHOTO_TTL"])


def as_it_is(photo: Accepted) -> bool:
    """Whether the photo's own bytes may be kept: a JPEG of bounded size that holds nothing but the picture."""
    return photo.format == "JPEG" and photo.pure and max(photo.width, photo.height) <= LONGEST


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def get(search_id: UUID) -> bytes | None:
    """The JPEG, or None once its time is over."""
    return cast("bytes | None", valkey().get(_photo(search_id)))


def lives(search_id: UUID) -> bool:
    """Whether the photo is still there."""
    return bool(valkey().exists(_photo(search_id)))


def seconds_left(search_id: UUID) -> int:
    """How long the photo still lives; 0 once it is gone."""
    return max(0, valkey().ttl(_photo(search_id)))


def forget(search_id: UUID) -> None:
    """Delete the photo now."""
    valkey().delete(_photo(search_id), _bell(search_id))


def ring(search_id: UUID) -> None:
    """Wake every page that waits for this search. Call it after the row is committed."""
    with valkey().pipeline(transaction=False) as pipe:
        pipe.rpush(_bell(search_id), 1)
        pipe.expire(_bell(search_id), BELL_SECONDS)
        pipe.execute()


def quieten(search_id: UUID) -> None:
    """Let the search wait anew: a bell that rang for an earlier answer is taken away."""
    valkey().delete(_bell(search_id))


def wait(search_id: UUID, seconds: float) -> bool:
    """Wait up to that long for the bell; True if it rang. Read the row afterwards: the row is the truth.

    The bell moves onto itself instead of being popped, so that it wakes all who wait, one after the other.
    """
    if seconds <= 0:
        return False
    bell = _bell(search_id)
    return valkey().blmove(bell, bell, seconds) is not None  # type: ignore[arg-type]


def _photo(search_id: UUID) -> str:
    return f"search:{search_id}:photo"


def _bell(search_id: UUID) -> str:
    return f"search:{search_id}:done"
