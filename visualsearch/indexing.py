"""Writes of the index: one picture's regions are replaced in one short transaction. The table is the truth.

`request_indexing` is the one place that sends a picture to the workers; `index` is what a worker does with it.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from catalog import images
from catalog.models import ProductImage
from visualsearch import photos, versions
from visualsearch.models import MAX_ATTEMPTS, Indexing, ModelVersion, Region, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PIL import Image

    from visualsearch.ml import types

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=30)  # a picture asked for or begun longer ago was lost with its worker or its message
# From this score on an item is kept of a catalogue picture in which the detector is sure of nothing: a bag that is not
# kept as a bag is never found. Beside a sure item no doubtful one is, or a shirt would be listed among shorts.
DOUBTFUL = 0.05
OWN = 0.5  # of the largest item's area: what is smaller on a product's picture is worn with it, not sold with it
AT_ONCE = 1000  # pictures a sweep sends at most, so that a late queue is not filled with doubles


def stale_images(version: ModelVersion) -> QuerySet[ProductImage]:
    """Pictures that should be indexed with this version and are not; those given up stay given up."""
    is_current = Q(indexing__isnull=False, indexing__version=version, indexing__sha256=F("sha256"))
    return ProductImage.objects.exclude(is_current & ~Q(indexing__state=State.WAITING)).order_by("pk")


def lost_images(version: ModelVersion) -> QuerySet[ProductImage]:
    """Stale pictures that no worker seems to have and no message seems to name."""
    lately = timezone.now() - PATIENCE
    recent = Q(indexing__state=State.WAITING) & (Q(indexing__changed__gt=lately) | Q(indexing__started__gt=lately))
    return stale_images(version).exclude(recent)


@transaction.atomic
def request_indexing(image_ids: Iterable[int]) -> int:
    """Have pictures indexed (again), with all their attempts; messages go out on commit. Returns how many there are."""
    ids = reset(image_ids)
    _send(ids)
    return len(ids)


@transaction.atomic
def reset(image_ids: Iterable[int]) -> list[int]:
    """Let pictures wait, with no attempt counted. Returns the ids of those that exist."""
    ids = list(ProductImage.objects.filter(pk__in=list(image_ids)).order_by("pk").values_list("pk", flat=True))
    fresh = {"state": State.WAITING, "attempts": 0, "reason": "", "started": None, "changed": timezone.now()}
    Indexing.objects.bulk_create(
        [Indexing(image_id=pk, **fresh) for pk in ids],
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=list(fresh),
    )
    return ids


@transaction.atomic
def receive(image: ProductImage) -> None:
    """A picture was saved: a new or replaced file waits for the workers, and regions of the old file go at once."""
    row = Indexing.objects.select_for_update().filter(image=image).first()
    if row and row.sha256 == image.sha256 and row.state != State.WAITING:
        return
    if row and row.sha256 and row.sha256 != image.sha256:
        Region.objects.filter(image=image).delete()
    request_indexing([image.pk])


def index(image_id: int) -> State | None:
    """Describe one picture and replace its regions; None if there was nothing to do, WAITING if it may be tried again.

    Idempotent: a picture that is already indexed as it is costs one query. Raises `WeightsError` before it touches the
    row when the networks cannot be loaded: that is not the picture's fault.
    """
    from visualsearch import pipeline  # here, as the web imports this module and needs no networks

    version = versions.target()
    models = pipeline.models_in_process(version)
    image = _claim(image_id, version)
    if image is None:
        return None
    try:
        regions = own_regions(pipeline.describe(_read(image), *models, DOUBTFUL))
    except images.PictureRefused as error:
        return _fail(image, version, str(error.message), for_good=True)
    except Exception as error:  # whatever it is, the row tells the shop's keeper
        logger.exception("Picture %s could not be described", image_id)
        return _fail(image, version, f"{type(error).__name__}: {error}")
    return _replace(image, version, regions)


def sweep() -> int:
    """Send every lost picture to the workers again, and settle a change of models once it is complete."""
    version = versions.target()
    lost = lost_images(version).values_list("pk", flat=True)[:AT_ONCE]
    sent = _resend(list(lost), version)
    if not stale_images(version).exists():
        if not version.active:
            versions.activate(version)
        Region.objects.exclude(version=version).delete()
    return sent


@transaction.atomic
def _resend(image_ids: list[int], version: ModelVersion) -> int:
    """As `request_indexing`, but the attempts at this file with this version still count."""
    tried = Indexing.objects.filter(image__in=image_ids, state=State.WAITING, attempts__gt=0)
    tried = tried.filter(version=version, sha256=F("image__sha256"))
    attempts = dict(tried.values_list("image_id", "attempts"))
    request_indexing(set(image_ids) - set(attempts))
    Indexing.objects.filter(image__in=attempts).update(changed=timezone.now(), started=None)
    _send(attempts)
    return len(image_ids)


@transaction.atomic
def _claim(image_id: int, version: ModelVersion) -> ProductImage | None:
    """Count an attempt and give the picture to read; None if it needs none or a worker is at it."""
    image = ProductImage.objects.filter(pk=image_id).first()
    if image is None:
        return None
    Indexing.objects.bulk_create([Indexing(image=image)], ignore_conflicts=True)
    row, now = Indexing.objects.select_for_update().get(image=image), timezone.now()
    same = row.version_id == version.pk and row.sha256 == image.sha256
    if same and row.state != State.WAITING:
        return None
    if row.started and row.started > now - PATIENCE:
        return None
    attempts = row.attempts if same else 0
    row.version, row.sha256, row.state, row.attempts = version, image.sha256, State.WAITING, attempts + 1
    row.started = row.changed = now
    if attempts >= MAX_ATTEMPTS:  # nothing was reported: the worker died each time
        row.state, row.attempts, row.started = State.FAILED, attempts, None
        row.reason = row.reason or gettext("The worker was stopped each time it read this picture.")
    row.save()
    return image if row.state == State.WAITING else None


def _read(image: ProductImage) -> Image.Image:
    """The upright picture in the file; raises `PictureRefused`, or whatever the storage raises."""
    with image.file.open("rb") as file:
        return images.accept(file.read(), side=photos.LONGEST).image


def own_regions(regions: Sequence[types.Region]) -> list[types.Region]:
    """The whole picture and the product on it: of a jacket's picture not the trousers that the model wears."""
    whole, *items = regions
    largest = max((item.box.area for item in items), default=0.0)
    return [whole, *(item for item in items if item.box.area >= OWN * largest)]


@transaction.atomic
def _replace(image: ProductImage, version: ModelVersion, regions: Iterable[types.Region]) -> State | None:
    """Put the regions in place of the picture's old ones; None if the picture went or changed meanwhile."""
    row = _still(image, version)
    if row is None:
        return None
    Region.objects.filter(image=image, version=version).delete()
    Region.objects.bulk_create(Region(image=image, version=version, **columns) for columns in as_columns(regions))
    row.state, row.attempts, row.reason, row.started, row.changed = State.DONE, 0, "", None, timezone.now()
    row.save()
    return State.DONE


@transaction.atomic
def _fail(image: ProductImage, version: ModelVersion, reason: str, *, for_good: bool = False) -> State | None:
    """Keep the reason; the picture waits for another attempt or is given up."""
    row = _still(image, version)
    if row is None:
        return None
    row.state = State.FAILED if for_good or row.attempts >= MAX_ATTEMPTS else State.WAITING
    row.reason, row.started, row.changed = reason[:1000], None, timezone.now()
    row.save()
    return row.state


def _still(image: ProductImage, version: ModelVersion) -> Indexing | None:
    """The locked row, if the picture is still there with the file that was read, and no one else has finished it."""
    row = Indexing.objects.select_for_update().filter(image=image, state=State.WAITING, version=version).first()
    return row if row and ProductImage.objects.filter(pk=image.pk, sha256=image.sha256).exists() else None


def as_columns(regions: Iterable[types.Region]) -> list[dict[str, object]]:
    """Regions as the columns that gallery and photo regions share."""
    return [
        {"ordinal": ordinal, "label": r.label, "position": r.position, "score": r.score}
        | dict(zip(("x1", "y1", "x2", "y2"), r.box.as_list(), strict=True))
        | {"embedding": r.embedding}
        for ordinal, r in enumerate(regions)
    ]


def _send(image_ids: Iterable[int]) -> None:
    """One message a picture, once the rows are committed."""
    from visualsearch.tasks import index_image

    for image_id in image_ids:
        index_image.delay_on_commit(image_id)
