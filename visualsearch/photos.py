"""A shopper's photo: bytes in Valkey under a time to live, never on disk, and the bell that tells it was described.

The small copy for lists of photos lives as long as its photo, and what a worker saw in it first a minute.
"""

from __future__ import annotations

import io
import json
from functools import cache
from typing import TYPE_CHECKING, cast

import redis
from django.conf import settings
from PIL import Image

from visualsearch.ml.types import Box, Detection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from redis.client import Pipeline

    from catalog.images import Accepted

LONGEST = 1600  # px; a bag a tenth as wide as its photo still has 160 for the embedder's 224
QUALITY = 90
SMALL = 192  # px; a list shows 64 to 96 of them
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


def small(search_id: UUID) -> bytes | None:
    """A small JPEG of the photo, or None once the photo's time is over; made when first asked for, off a search's way.

    It lives exactly as long as the photo, and not at all if that goes in the meantime.
    """
    kept, left = cast("bytes | None", valkey().get(_small(search_id))), remaining(search_id)
    if kept is not None and left:
        return kept
    photo = get(search_id)
    if photo is None or not left:
        return None
    picture = Image.open(io.BytesIO(photo))
    picture.draft("RGB", (SMALL, SMALL))  # a JPEG decodes to an eighth of itself for nearly nothing
    picture.thumbnail((SMALL, SMALL))
    jpeg = _jpeg(picture)
    valkey().set(_small(search_id), jpeg, px=left)
    return jpeg


def lives(search_id: UUID) -> bool:
    """Whether the photo is still there."""
    return bool(valkey().exists(_photo(search_id)))


def living(search_ids: Sequence[UUID]) -> list[UUID]:
    """Those whose photo is still there, in one turn."""
    if not search_ids:
        return []
    with valkey().pipeline(transaction=False) as pipe:
        for search_id in search_ids:
            pipe.exists(_photo(search_id))
        return [one for one, there in zip(search_ids, pipe.execute(), strict=True) if there]


def remaining(search_id: UUID) -> int:
    """Milliseconds that the photo has left; 0 once it is gone."""
    return max(0, valkey().pttl(_photo(search_id)))


def forget(search_id: UUID) -> None:
    """Delete the photo, and all that was made from it here, now."""
    valkey().delete(_photo(search_id), _small(search_id), _bell(search_id), _boxes(search_id), _glance(search_id))


def ring(search_id: UUID) -> None:
    """Wake every page that waits for this search. Call it after the row is committed."""
    with valkey().pipeline(transaction=False) as pipe:
        _ring(pipe, _bell(search_id), _glance(search_id))
        pipe.execute()


def quieten(search_id: UUID) -> None:
    """Let the search wait anew: bells that rang for an earlier answer are taken away."""
    valkey().delete(_bell(search_id), _boxes(search_id), _glance(search_id))


def wait(search_id: UUID, seconds: float) -> bool:
    """Wait up to that long for the bell; True if it rang. Read the row afterwards: the row is the truth."""
    return _hear(_bell(search_id), seconds)


def glance(search_id: UUID, found: Iterable[Detection]) -> None:
    """Let waiting pages draw what was found in the photo before anything is known of products like it."""
    seen = [[one.label, one.position, one.score, *one.box.as_list()] for one in found]
    with valkey().pipeline(transaction=False) as pipe:
        pipe.set(_boxes(search_id), json.dumps(seen), ex=BELL_SECONDS)
        _ring(pipe, _glance(search_id))
        pipe.execute()


def glanced(search_id: UUID, seconds: float = 0) -> list[Detection] | None:
    """What `glance` told, waited for up to so many seconds; None if it has told nothing."""
    _hear(_glance(search_id), seconds)
    told = cast("bytes | None", valkey().get(_boxes(search_id)))
    if told is None:
        return None
    return [Detection(label, position, score, Box(*box)) for label, position, score, *box in json.loads(told)]


def _ring(pipe: Pipeline, *bells: str) -> None:
    for bell in bells:
        pipe.rpush(bell, 1)
        pipe.expire(bell, BELL_SECONDS)


def _hear(bell: str, seconds: float) -> bool:
    """The bell moves onto itself instead of being popped, so that it wakes all who wait, one after the other."""
    if seconds <= 0:
        return False
    return valkey().blmove(bell, bell, seconds) is not None  # type: ignore[arg-type]


def _photo(search_id: UUID) -> str:
    return f"search:{search_id}:photo"


def _small(search_id: UUID) -> str:
    return f"search:{search_id}:small"


def _bell(search_id: UUID) -> str:
    return f"search:{search_id}:done"


def _boxes(search_id: UUID) -> str:
    return f"search:{search_id}:boxes"


def _glance(search_id: UUID) -> str:
    return f"search:{search_id}:glance"
