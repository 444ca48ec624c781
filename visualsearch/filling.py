"""How far each model version is, when it is complete, and what becomes of its vectors once it is retired."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from catalog.models import ProductImage
from visualsearch import versions
from visualsearch.models import Indexing, ModelVersion, Region, Stage, State, WornRegion

READING = timedelta(seconds=30)  # nobody reads vectors longer than that after their version was retired
AT_ONCE = 2000  # rows deleted in one transaction, as switching waits for it


class Progress(NamedTuple):
    """Pictures that are done with a version and given up with it, of all that the shop has."""

    done: int
    failed: int
    total: int

    def __str__(self) -> str:
        return gettext("{done} of {total} pictures").format(done=self.done, total=self.total)


def progress(version: ModelVersion) -> Progress:
    """Counted in the tables."""
    rows = Indexing.objects.filter(version=version, sha256=F("image__sha256"))
    done, failed = (Count("pk", filter=Q(state=state)) for state in (State.DONE, State.FAILED))
    counts = rows.aggregate(done=done, failed=failed)
    return Progress(counts["done"], counts["failed"], ProductImage.objects.count())


def stale_images(version: ModelVersion) -> QuerySet[ProductImage]:
    """Pictures that should be indexed with this version and are not; those given up stay given up."""
    settled = _of_the_picture(version=version).exclude(state=State.WAITING)
    return ProductImage.objects.filter(~Exists(settled)).order_by("pk")


def missed_images(version: ModelVersion) -> QuerySet[ProductImage]:
    """Pictures that the active version finds and this one gave up: a switch would lose them."""
    given_up = _of_the_picture(version=version, state=State.FAILED)
    found = _of_the_picture(version__state=Stage.ACTIVE, state=State.DONE)
    return ProductImage.objects.filter(Exists(given_up), Exists(found))


def is_complete(version: ModelVersion) -> bool:
    """Whether a switch to this version would lose no picture."""
    return not stale_images(version).exists() and not missed_images(version).exists()


def settle() -> None:
    """A version that is being filled is ready once it is complete."""
    for version in versions.kept():
        if version.state == Stage.FILLING and is_complete(version):
            versions.finish(version)


def purge() -> None:
    """Delete the vectors of versions that were retired a moment ago."""
    while _purge_some():
        pass


@transaction.atomic
def _purge_some() -> int:
    """Marks first, so that a version that is filled again meanwhile makes anew what is gone. Returns how many rows."""
    retired = ModelVersion.objects.select_for_update(no_key=True).filter(state=Stage.RETIRED)
    gone = list(retired.filter(changed__lt=timezone.now() - READING).order_by("pk"))
    for model in (Indexing, Region, WornRegion):
        rows = model._default_manager.filter(version__in=gone).order_by("pk").values_list("pk", flat=True)
        if some := list(rows[:AT_ONCE]):
            return model._default_manager.filter(pk__in=some).delete()[0]
    return 0


def _of_the_picture(**wanted: object) -> QuerySet[Indexing]:
    """Rows of a query's picture with the file that it has now."""
    return Indexing.objects.filter(image=OuterRef("pk"), sha256=OuterRef("sha256"), **wanted)
