"""Writes of the index: one picture's regions are replaced in one short transaction. The table is the truth.

A picture has a row of `Indexing` for each version that is kept: a new version is filled beside the active one.

`request_indexing` is the one place that sends a picture to the workers; `index` is what a worker does with it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from catalog import images
from catalog.models import ProductImage
from visualsearch import filling, photos, shelves, versions
from visualsearch.filling import stale_images
from visualsearch.ml.weights import WeightsError
from visualsearch.models import MAX_ATTEMPTS, Indexing, ModelVersion, Region, Stage, State, WornRegion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PIL import Image

    from catalog.models import Category, Product
    from visualsearch.ml import types

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=30)  # a picture asked for or begun longer ago was lost with its worker or its message
# From this score on an item is kept of a catalogue picture in which the detector is sure of nothing: a bag that is not
# kept as a bag is never found. Beside a sure item no doubtful one is, or a shirt would be listed among shorts.
DOUBTFUL = 0.05
OWN = 0.5  # of the largest item's area: what is smaller on a product's picture is worn with it, not sold with it
WORN = 0.3  # score from which something is worn with the product; a guess is not
NOT_BESIDE = {"lower": "full", "full": "lower"}  # where one of them is found beside the other, one of both is wrong
SAME = 0.5  # overlap from which two boxes are of one thing
AT_ONCE = 1000  # pictures a sweep sends at most, so that a late queue is not filled with doubles


def lost_images(version: ModelVersion) -> QuerySet[ProductImage]:
    """Stale pictures that no worker seems to have and no message seems to name."""
    lately = timezone.now() - PATIENCE
    waiting = Indexing.objects.filter(image=OuterRef("pk"), version=version, state=State.WAITING)
    recent = waiting.filter(Q(changed__gt=lately) | Q(started__gt=lately))
    return stale_images(version).filter(~Exists(recent))


@transaction.atomic
def request_indexing(image_ids: Iterable[int], due: Sequence[ModelVersion] | None = None) -> int:
    """Have pictures indexed (again), with all their attempts; messages go out on commit. Returns how many there are.

    With every version that is kept, unless some are named.
    """
    ids = reset(image_ids, due)
    _send(ids)
    return len(ids)


@transaction.atomic
def reset(image_ids: Iterable[int], due: Sequence[ModelVersion] | None = None) -> list[int]:
    """Let pictures wait, with no attempt counted. Returns the ids of those that exist."""
    due = versions.kept() if due is None else due
    ids = list(ProductImage.objects.filter(pk__in=list(image_ids)).order_by("pk").values_list("pk", flat=True))
    fresh = {"state": State.WAITING, "attempts": 0, "reason": "", "started": None, "changed": timezone.now()}
    Indexing.objects.bulk_create(
        [Indexing(image_id=pk, version=version, **fresh) for pk in ids for version in due],
        update_conflicts=True,
        unique_fields=["image", "version"],
        update_fields=list(fresh),
    )
    return ids


@transaction.atomic
def receive(image: ProductImage) -> None:
    """A picture was saved: a new or replaced file waits for the workers, and regions of the old file go at once.

    Before the first worker ever started there is no version to wait for: the message is all there is, and a sweep.
    """
    rows = {row.version_id: row for row in Indexing.objects.select_for_update().filter(image=image).order_by("pk")}
    if any(row.sha256 not in ("", image.sha256) for row in rows.values()):
        for table in (Region, WornRegion):
            table._default_manager.filter(image=image).delete()
    settled = {pk for pk, row in rows.items() if row.sha256 == image.sha256 and row.state != State.WAITING}
    some = versions.kept()
    due = [version for version in some if version.pk not in settled]
    if due or not some:
        request_indexing([image.pk], due)


def reshelve(category: Category, product: Product | None = None) -> int:
    """A category, or one product's, changed: pictures whose items are not worn as it tells are indexed again."""
    worn = shelves.position_of(category)
    if not worn:
        return 0
    items = Region.objects.filter(image__product__category=category, ordinal__gt=0).exclude(position=worn)
    wrong = items.filter(image__product=product) if product else items
    return request_indexing(set(wrong.values_list("image_id", flat=True)))


def index(image_id: int) -> State | None:
    """Describe one picture with each version that wants it, the active one first, and replace its regions.

    None if there was nothing to do, WAITING if it may be tried again. Idempotent: a picture that is already indexed as
    it is costs one query a version. Raises `WeightsError` before it touches a row when no networks can be loaded: that
    is not the picture's fault.
    """
    outcomes, missing = list[State | None](), None
    for version in versions.workable() or [versions.target()]:
        try:
            outcomes.append(_index(image_id, version))
        except WeightsError as error:
            versions.note_trouble(version, str(error))
            missing = error
    if missing and not outcomes:
        raise missing
    return next((state for state in (State.WAITING, State.DONE, State.FAILED) if state in outcomes), None)


def sweep() -> int:
    """Send every lost picture to the workers again, settle a change of models once it is complete, and tidy up."""
    lost = dict[int, None]()
    for version in versions.workable() or [versions.target()]:
        ids = list(lost_images(version).values_list("pk", flat=True)[:AT_ONCE])
        _wait_again(ids, version)
        lost |= dict.fromkeys(ids)
    _send(lost)
    filling.settle()
    filling.purge()
    return len(lost)


def retry(version: ModelVersion) -> int:
    """Send what was given up with this version to the workers again. Returns how many pictures that are."""
    failed = Indexing.objects.filter(version=version, state=State.FAILED)
    return request_indexing(failed.values_list("image_id", flat=True), [version])


@transaction.atomic
def _wait_again(image_ids: list[int], version: ModelVersion) -> None:
    """As `reset`, but the attempts at this file with this version still count."""
    rows = Indexing.objects.filter(image__in=image_ids, version=version, state=State.WAITING, attempts__gt=0)
    tried = set(rows.filter(sha256=F("image__sha256")).values_list("image_id", flat=True))
    reset(set(image_ids) - tried, [version])
    Indexing.objects.filter(image__in=tried, version=version).update(changed=timezone.now(), started=None)


def _index(image_id: int, version: ModelVersion) -> State | None:
    from visualsearch import pipeline  # here, as the web imports this module and needs no networks

    models = pipeline.models_in_process(version)
    versions.note_trouble(version)
    image = _claim(image_id, version)
    if image is None:
        return None
    try:
        found = pipeline.describe(_read(image), *models, DOUBTFUL)
        own = own_regions(found, shelves.position_of(image.product.category))
    except images.PictureRefused as error:
        return _fail(image, version, str(error.message), for_good=True)
    except Exception as error:  # whatever it is, the row tells the shop's keeper
        logger.exception("Picture %s could not be described", image_id)
        return _fail(image, version, f"{type(error).__name__}: {error}")
    return _replace(image, version, own, worn_regions(found, own))


@transaction.atomic
def _claim(image_id: int, version: ModelVersion) -> ProductImage | None:
    """Count an attempt and give the picture to read; None if it needs none or a worker is at it."""
    image = ProductImage.objects.filter(pk=image_id).first()
    if image is None:
        return None
    Indexing.objects.bulk_create([Indexing(image=image, version=version)], ignore_conflicts=True)
    row, now = Indexing.objects.select_for_update().get(image=image, version=version), timezone.now()
    same = row.sha256 == image.sha256
    if same and row.state != State.WAITING:
        return None
    if row.started and row.started > now - PATIENCE:
        return None
    attempts = row.attempts if same else 0
    row.sha256, row.state, row.attempts = image.sha256, State.WAITING, attempts + 1
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


def own_regions(regions: Sequence[types.Region], worn: str = "") -> list[types.Region]:
    """The whole picture and the product on it: of a jacket's picture not the trousers that the model wears.

    `worn`, where the product's category tells it, is a position: only items of it are the product. Is there none, the
    largest item is, whatever the detector took it for, and without any item the whole picture.
    """
    whole, *items = regions
    fitting = [item for item in items if item.position == worn] if worn else items
    if worn and not fitting:
        largest = max(items, key=lambda item: item.box.area, default=whole)
        return [whole, replace(largest, label="", position=worn)]
    area = max((item.box.area for item in fitting), default=0.0)
    return [whole, *(item for item in fitting if item.box.area >= OWN * area)]


def worn_regions(found: Sequence[types.Region], own: Sequence[types.Region]) -> list[types.Region]:
    """Of all that was found on a picture what is worn with the product: surely there, elsewhere on the body, and not
    the product itself by another name.
    """
    places = {one.position for one in own}
    places |= {NOT_BESIDE[place] for place in places if place in NOT_BESIDE}
    others = [item for item in found if item.position not in places and item.score >= WORN]
    return [item for item in others if all(item.box.overlap(one.box) < SAME for one in own[1:])]


@transaction.atomic
def _replace(
    image: ProductImage, version: ModelVersion, own: Sequence[types.Region], worn: Sequence[types.Region]
) -> State | None:
    """Put the regions in place of the picture's old ones; None if the picture went or changed meanwhile."""
    row = _still(image, version)
    if row is None:
        return None
    for table in (Region, WornRegion):
        table._default_manager.filter(image=image, version=version).delete()
    key = {"image": image, "version": version}
    Region.objects.bulk_create(Region(**key, **columns) for columns in as_columns(own))
    WornRegion.objects.bulk_create(WornRegion(**key, **columns) for columns in as_columns(worn, len(own)))
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
    """The locked row, if picture and version are still wanted, the file is the one that was read, and no one else has
    finished it.
    """
    if ModelVersion.objects.filter(pk=version.pk, state=Stage.RETIRED).exists():
        return None
    row = Indexing.objects.select_for_update().filter(image=image, state=State.WAITING, version=version).first()
    return row if row and ProductImage.objects.filter(pk=image.pk, sha256=image.sha256).exists() else None


def as_columns(regions: Iterable[types.Region], first: int = 0) -> list[dict[str, Any]]:
    """Regions as the columns that all their tables share, numbered from `first` on."""
    return [
        {"ordinal": ordinal, "label": r.label, "position": r.position, "score": r.score}
        | dict(zip(("x1", "y1", "x2", "y2"), r.box.as_list(), strict=True))
        | {"embedding": r.embedding}
        for ordinal, r in enumerate(regions, first)
    ]


def _send(image_ids: Iterable[int]) -> None:
    """One message a picture, once the rows are committed."""
    from visualsearch.tasks import index_image

    for image_id in image_ids:
        index_image.delay_on_commit(image_id)
