"""Writes of a shopper's search: begun by the web, answered by a worker, forgotten on request or after a day."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy
from PIL import Image

from catalog import images
from visualsearch import explanations, photos, versions
from visualsearch.indexing import as_columns
from visualsearch.models import MAX_ATTEMPTS, PhotoSearch, Stage, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    import numpy as np
    from numpy.typing import NDArray

    from visualsearch.ml import types
    from visualsearch.models import ModelVersion

logger = logging.getLogger(__name__)

EXPIRED, GAVE_UP, REPLACED = "expired", "gave up", versions.REPLACED
REASONS = {
    EXPIRED: gettext_lazy("The photo's time was over before it could be looked at. Send it again."),
    GAVE_UP: gettext_lazy("Looking at the photo took too long or went wrong. Send it again in a minute."),
    REPLACED: gettext_lazy("The shop looks at photos with other models now. Send the photo again."),
}
LOST = timedelta(seconds=15)  # a search that waits longer was lost with its worker
GIVE_UP = timedelta(seconds=60)  # no shopper waits longer
GLANCE = 200  # px of a JPEG that are decoded to see that it is whole: a quarter of the work
KEPT = timedelta(days=1)  # what was found in a photo is kept that long, and goes with it when it is forgotten

# All of an answer in one turn, as somebody waits for it: if the version still has its vectors, and the search waits.
KEEP = """
    WITH quick AS (SELECT set_config('synchronous_commit', 'off', TRUE)),
    held AS (SELECT id FROM visualsearch_modelversion WHERE id = %s AND state <> 'retired' FOR SHARE),
    answered AS (
        UPDATE visualsearch_photosearch AS search
        SET state = 'done', version_id = held.id, reason = '', described = now()
        FROM held, quick WHERE search.id = %s AND search.state = 'waiting' RETURNING search.id
    ),
    region AS (VALUES {regions})
    INSERT INTO visualsearch_photoregion (search_id, {names}) SELECT answered.id, region.* FROM answered, region
"""


@contextmanager
def quick_transaction() -> Iterator[None]:
    """A transaction that does not wait for the disk: a power cut may cost the searches of the last second, no more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield


def begin(photo: bytes, send: Callable[[str], object] | None = None) -> PhotoSearch:
    """Keep the photo, make the row that waits for a worker, and `send` the task with its id.

    Raises `PictureRefused`, and then nothing is kept. A photo that is kept as it came is looked through last, while the
    worker has begun: one that is cut off is known by its end, so that hardly any is refused so late.
    """
    taken = images.accept(photo, max_bytes=_most(), side=photos.LONGEST, pure_unread=True)
    as_it_is = photos.as_it_is(taken)
    if taken.pure and not as_it_is:
        taken = images.accept(photo, max_bytes=_most(), side=photos.LONGEST)
    search = PhotoSearch(width=taken.width, height=taken.height)
    photos.put(search.pk, taken, photo)
    with quick_transaction():
        search.save(force_insert=True)
    if send:
        send(str(search.pk))
    if as_it_is:
        _look_through(search, photo)
    return search


def _look_through(search: PhotoSearch, photo: bytes) -> None:
    try:
        images.accept(photo, max_bytes=_most(), side=GLANCE)
    except images.PictureRefused:
        forget(search)
        raise


def _most() -> int:
    return int(settings.VISUALSEARCH["PHOTO_MAX_BYTES"])


def answer(search_id: UUID) -> State | None:
    """The worker's side: describe the photo and ring. WAITING if it may be tried again, None if nothing was to do.

    Idempotent where it writes, so that it need not ask first: a photo is rarely sent twice, and somebody waits.
    """
    try:
        state = _describe(search_id)
    except Exception:
        logger.exception("A photo could not be described")
        state = _count_failure(search_id)
    if state != State.WAITING:
        photos.ring(search_id)
    return state


def awaited(search: PhotoSearch, seconds: float) -> PhotoSearch:
    """The search as it is now, or once the worker is done with it, or after so many seconds. Late is failed."""
    if search.state == State.WAITING and timezone.now() - search.created > GIVE_UP:
        _fail(search.pk, GAVE_UP)
        search.refresh_from_db()
    elif search.state == State.WAITING:
        photos.wait(search.pk, seconds)
        return found(search.pk)
    return search


def found(search_id: UUID) -> PhotoSearch:
    """The search, and of its version what lists need, in one query. Raises `PhotoSearch.DoesNotExist`."""
    searches = PhotoSearch.objects.select_related("version")
    return searches.defer(*(f"version__{name}" for name in versions.DESCRIBED)).get(pk=search_id)


def ask_again(search: PhotoSearch) -> bool:
    """Let a failed search wait once more, from the start; False if its photo is gone. The caller sends the task."""
    if search.state != State.FAILED or not photos.lives(search.pk):
        return False
    photos.quieten(search.pk)
    search.regions.all().delete()
    search.crops.all().delete()
    search.state, search.reason, search.attempts, search.created = State.WAITING, "", 0, timezone.now()
    search.save()
    return True


def forget(search: PhotoSearch) -> None:
    """Delete the photo and all that was found in it."""
    from visualsearch import insight  # here, as it reads the lists of searches

    search_id = search.pk
    photos.forget(search_id)
    explanations.forget(search_id)
    search.delete()
    insight.forget(search_id)


def sweep() -> list[UUID]:
    """Give up what waits too long, and delete what is a day old; the ids of searches to send again, lost on the way."""
    now = timezone.now()
    PhotoSearch.objects.filter(created__lt=now - KEPT).delete()
    waiting = PhotoSearch.objects.filter(state=State.WAITING)
    waiting.filter(created__lt=now - GIVE_UP).update(state=State.FAILED, reason=GAVE_UP)
    return list(waiting.filter(created__lt=now - LOST).values_list("pk", flat=True))


def _describe(search_id: UUID) -> State | None:
    from visualsearch import pipeline  # here, as the web imports this module and needs no networks

    photo = photos.get(search_id)
    if photo is None:
        return _fail(search_id, EXPIRED)
    version = versions.serving()
    picture = Image.open(io.BytesIO(photo))  # a JPEG that we kept: RGB and upright
    networks, tell = pipeline.models_in_process(version), partial(photos.glance, search_id)
    return _keep(search_id, version, pipeline.describe(picture, *networks, seen=tell))


def _keep(search_id: UUID, version: ModelVersion, regions: list[types.Region]) -> State | None:
    """Write what was found; None if the search was forgotten or answered meanwhile.

    WAITING if the version was retired meanwhile: there is nothing left that the photo could be compared with.
    """
    rows = [columns | {"embedding": _spelled(columns["embedding"])} for columns in as_columns(regions)]
    places = ", ".join("%s::halfvec" if name == "embedding" else "%s" for name in rows[0])
    statement = KEEP.format(names=", ".join(rows[0]), regions=", ".join([f"({places})"] * len(rows)))
    values: list[Any] = [value for row in rows for value in row.values()]
    with connection.cursor() as cursor:
        cursor.execute(statement, [version.pk, search_id, *values])
        if cursor.rowcount:
            return State.DONE
    return None if holds(version) else State.WAITING


def _spelled(vector: NDArray[np.float32]) -> str:
    """A vector as SQL spells it, with as many digits as tell any two numbers apart."""
    return f"[{','.join([f'{number:.9g}' for number in vector.tolist()])}]"


def holds(version: ModelVersion) -> bool:
    """Whether the version still has its vectors; if so, for the rest of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM visualsearch_modelversion WHERE id = %s FOR SHARE", [version.pk])
        row = cursor.fetchone()
    return row is not None and row[0] != Stage.RETIRED


def _fail(search_id: UUID, reason: str) -> State | None:
    waiting = PhotoSearch.objects.filter(pk=search_id, state=State.WAITING)
    return State.FAILED if waiting.update(state=State.FAILED, reason=reason) else None


def _count_failure(search_id: UUID) -> State | None:
    waiting = PhotoSearch.objects.filter(pk=search_id, state=State.WAITING)
    waiting.update(attempts=F("attempts") + 1)
    return State.WAITING if waiting.filter(attempts__lt=MAX_ATTEMPTS).exists() else _fail(search_id, GAVE_UP)
