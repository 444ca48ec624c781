"""Writes of what is measured of pictures: once a file, in a worker, after it was indexed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from catalog import images
from catalog.models import ProductImage
from visualsearch import photos, shelves
from visualsearch.ml.types import FULL_FRAME, Box
from visualsearch.models import Indexing, Region, Stage, State
from visualsearch.modelsdoctor import Measure

if TYPE_CHECKING:
    from collections.abc import Iterable

logger = logging.getLogger(__name__)

MIDDLE = Box(0.2, 0.2, 0.8, 0.8)  # where the garment is, if no box says so


def unmeasured() -> QuerySet[ProductImage]:
    """Pictures that were indexed as they are, so that it is known where the garment is, and not measured since."""
    of_the_file = {"image": OuterRef("pk"), "sha256": OuterRef("sha256"), "state": State.DONE}
    indexed = Indexing.objects.filter(version__state=Stage.ACTIVE, **of_the_file)
    fresh = Q(measure__isnull=True) | ~Q(measure__sha256=F("sha256"))
    return ProductImage.objects.filter(fresh, Exists(indexed)).order_by("pk")


def measure(image: ProductImage) -> Measure | None:
    """Read the picture's file and keep what it is like; None if it cannot be read, which indexing tells the keeper."""
    from visualsearch import measures  # here, as the web imports this module and needs no NumPy

    try:
        with image.file.open("rb") as file:
            picture = images.accept(file.read(), side=photos.LONGEST).image
    except (images.PictureRefused, OSError):
        logger.warning("Picture %s could not be measured", image.pk)
        return None
    columns = {
        "sha256": image.sha256,
        "sharpness": measures.sharpness(picture),
        "fingerprint": measures.fingerprint(picture),
        "colours": measures.colours(picture, _garment(image)),
        "examined": None,
    }
    return Measure.objects.update_or_create(image=image, defaults=columns)[0]


def measure_all(pictures: Iterable[ProductImage]) -> int:
    """Measure each. Returns how many could be."""
    return sum(measure(picture) is not None for picture in pictures)


def _garment(image: ProductImage) -> Box:
    """The largest item that the active version found, if it can be one that is worn as the category tells."""
    regions = Region.objects.filter(image=image, version__state=Stage.ACTIVE, ordinal__gt=0).defer("embedding")
    worn = shelves.position_of(image.product.category)
    items = [region for region in regions if region.box != FULL_FRAME]
    fitting = [item for item in items if item.position == worn] or items
    return max((item.box for item in fitting), key=lambda box: box.area, default=MIDDLE)
