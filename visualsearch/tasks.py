"""What the workers do. Ids only: a task finds everything else in the tables, and finds out there what is left to do."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from visualsearch.models import State

SOON = 2  # seconds until a picture is tried again


@shared_task
def index_image(image_id: int) -> None:
    """Index a picture of the catalogue."""
    from visualsearch import indexing

    if indexing.index(image_id) == State.WAITING:
        index_image.apply_async([image_id], countdown=SOON)


@shared_task
def describe_photo(search_id: str) -> None:
    """Find the garments in a shopper's photo."""
    from visualsearch import searches

    if searches.answer(UUID(search_id)) == State.WAITING:
        describe_photo.delay(search_id)


@shared_task
def describe_crop(crop_id: str) -> None:
    """Embed a part of a shopper's photo."""
    from visualsearch import crops

    if crops.answer(UUID(crop_id)) == State.WAITING:
        describe_crop.delay(crop_id)


@shared_task
def explain_hit(photo_region_id: int, region_id: int) -> None:
    """Find what makes a region of a photo and one of a product's picture alike."""
    from visualsearch import explanations

    explanations.make(photo_region_id, region_id)


@shared_task
def sweep() -> None:
    """Send whatever was lost to the workers again, note what was searched for, and look at some of the catalogue."""
    from visualsearch import crops, doctor, indexing, insight, searches

    indexing.sweep()
    insight.sweep()  # before what is a day old goes
    for search_id in searches.sweep():
        describe_photo.delay(str(search_id))
    for crop_id in crops.sweep():
        describe_crop.delay(str(crop_id))
    doctor.sweep()
