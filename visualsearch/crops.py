"""Writes of the parts that a shopper chooses from a photo: begun by the web, embedded by a worker as one more region.

The same box is the same part, however often it is asked for. A part needs the photo, so it must be begun while that
lives; once it is a region it stays as long as its search.
"""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext
from PIL import Image

from visualsearch import photos
from visualsearch.indexing import as_columns
from visualsearch.ml.types import WHOLE, Box, Detection
from visualsearch.models import MAX_ATTEMPTS, PhotoCrop, PhotoRegion, PhotoSearch, State
from visualsearch.searches import EXPIRED, GAVE_UP, GIVE_UP, LOST, REPLACED, holds, quick_transaction

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from visualsearch.ml import types

logger = logging.getLogger(__name__)

MOST = 12  # parts of one photo
SMALLEST = 16  # px of the photo, each way; less is a smear
DECIMALS = 3  # of a box: a thousandth of a photo is no other part


class CropRefused(Exception):
    """A part that is not searched, with a sentence for the shopper: code too_small, too_many, gone or no_results."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Part(NamedTuple):
    """A part of a photo: its place among what was found there, and the row of one that a worker makes or made."""

    ordinal: int
    crop: PhotoCrop | None = None
    new: bool = False  # the caller sends the task


@transaction.atomic
def begin(search: PhotoSearch, *, box: Box) -> Part:
    """The part of the photo in this box; a new one, or one that failed, waits for a worker. Raises `CropRefused`."""
    box = rounded(box, search)
    locked = PhotoSearch.objects.select_for_update().filter(pk=search.pk, state=State.DONE)  # one after the other
    if not locked.exists():
        raise CropRefused("no_results", gettext("This search has no results (any more). Send the photo again."))
    for ordinal, *corners in search.regions.values_list("ordinal", "x1", "y1", "x2", "y2"):
        if [round(side, DECIMALS) for side in corners] == box.as_list():
            return Part(ordinal)
    known = search.crops.filter(x1=box.x1, y1=box.y1, x2=box.x2, y2=box.y2).first()
    if known and known.state != State.FAILED:
        return Part(known.ordinal, known)
    if not photos.lives(search.pk):
        minutes = settings.VISUALSEARCH["PHOTO_TTL"] // 60
        sentence = gettext("The photo was deleted after its {minutes} minutes. Send it again to search another part.")
        raise CropRefused("gone", sentence.format(minutes=minutes))
    return Part(*(_again(known) if known else _new(search, box)), new=True)


def rounded(box: Box, photo: PhotoSearch) -> Box:
    """The box as it is kept, inside the photo. Raises `CropRefused` for one that holds next to nothing of it."""
    x1, y1, x2, y2 = (round(min(1.0, max(0.0, side)), DECIMALS) for side in box.as_list())
    if (x2 - x1) * photo.width < SMALLEST or (y2 - y1) * photo.height < SMALLEST:
        sentence = gettext("This part is too small to be searched. Choose at least {least} pixels each way.")
        raise CropRefused("too_small", sentence.format(least=SMALLEST))
    return Box(x1, y1, x2, y2)


def pending(search: PhotoSearch, ordinal: int) -> PhotoCrop | None:
    """The part of this place that is not among what was found: still waiting, or failed."""
    return search.crops.exclude(state=State.DONE).filter(ordinal=ordinal).first()


def awaited(crop: PhotoCrop, seconds: float) -> PhotoCrop:
    """The part as it is now, or once the worker is done with it, or after so many seconds. Late is failed."""
    if crop.state == State.WAITING and timezone.now() - crop.created > GIVE_UP:
        _fail(_waiting(crop.pk), GAVE_UP)
    elif crop.state == State.WAITING:
        photos.wait(crop.pk, seconds)
    crop.refresh_from_db(fields=["state", "reason"])
    return crop


def answer(crop_id: UUID) -> State | None:
    """The worker's side: embed the part and ring. WAITING if it may be tried again, None if nothing was to do."""
    try:
        state = _describe(crop_id)
    except Exception:
        logger.exception("A part of a photo could not be described")
        state = _count_failure(_waiting(crop_id))
    if state != State.WAITING:
        photos.ring(crop_id)
    return state


def sweep() -> list[UUID]:
    """Give up what waits too long; the ids of parts to send again, lost on the way."""
    now, waiting = timezone.now(), PhotoCrop.objects.filter(state=State.WAITING)
    _fail(waiting.filter(created__lt=now - GIVE_UP), GAVE_UP)
    return list(waiting.filter(created__lt=now - LOST).values_list("pk", flat=True))


def _new(search: PhotoSearch, box: Box) -> tuple[int, PhotoCrop]:
    if search.crops.count() >= MOST:
        sentence = gettext("{most} parts of this photo were searched, which is as many as we keep. Send it again.")
        raise CropRefused("too_many", sentence.format(most=MOST))
    last = [rows.aggregate(last=Max("ordinal"))["last"] or 0 for rows in (search.regions, search.crops)]
    crop = search.crops.create(ordinal=max(last) + 1, x1=box.x1, y1=box.y1, x2=box.x2, y2=box.y2)
    return crop.ordinal, crop


def _again(crop: PhotoCrop) -> tuple[int, PhotoCrop]:
    photos.quieten(crop.pk)
    crop.state, crop.reason, crop.attempts, crop.created = State.WAITING, "", 0, timezone.now()
    crop.save()
    return crop.ordinal, crop


def _describe(crop_id: UUID) -> State | None:
    from visualsearch import pipeline  # here, as the web imports this module and needs no networks

    crop = _waiting(crop_id).select_related("search__version").first()
    if crop is None:
        return None
    photo, version = photos.get(crop.search_id), crop.search.version
    if photo is None:
        return _fail(_waiting(crop_id), EXPIRED)
    if version is None:
        return _fail(_waiting(crop_id), REPLACED)
    picture = Image.open(io.BytesIO(photo))  # a JPEG that we kept: RGB and upright
    found = crop.search.regions.exclude(position=WHOLE).filter(crop=None).defer("embedding")
    known = [Detection(one.label, one.position, one.score, one.box) for one in found]
    region = pipeline.describe_part(picture, crop.box, *pipeline.models_in_process(version), known)
    return _keep(crop, region)


@quick_transaction()
def _keep(crop: PhotoCrop, region: types.Region) -> State | None:
    """Write the region; None if the search was forgotten or the part answered meanwhile."""
    if crop.search.version is None or not holds(crop.search.version):
        return _fail(_waiting(crop.pk), REPLACED)
    if not _waiting(crop.pk).update(state=State.DONE, reason=""):
        return None
    [columns] = as_columns([region])
    PhotoRegion.objects.create(**columns | {"search_id": crop.search_id, "crop": crop, "ordinal": crop.ordinal})
    return State.DONE


def _waiting(crop_id: UUID) -> QuerySet[PhotoCrop]:
    return PhotoCrop.objects.filter(pk=crop_id, state=State.WAITING)


def _fail(waiting: QuerySet[PhotoCrop], reason: str) -> State | None:
    return State.FAILED if waiting.update(state=State.FAILED, reason=reason) else None


def _count_failure(waiting: QuerySet[PhotoCrop]) -> State | None:
    waiting.update(attempts=F("attempts") + 1)
    return State.WAITING if waiting.filter(attempts__lt=MAX_ATTEMPTS).exists() else _fail(waiting, GAVE_UP)
