"""Index the catalogue: what is missing or stale, or everything anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import track

from catalog.models import ProductImage
from visualsearch import filling, indexing, versions
from visualsearch.ml.weights import WeightsError
from visualsearch.models import ModelVersion, State


class Command(BaseCommand):
    """The same as a sweep without its patience; with --here it needs no worker."""

    help = "Send every picture that is not indexed as it is now to the workers, or index it here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="every picture, indexed or not")
        parser.add_argument("--here", action="store_true", help="in this process, with a progress bar")

    def handle(self, *, again: bool, here: bool, **options: Any) -> None:
        try:
            versions.announce()
        except WeightsError as error:
            raise CommandError(str(error)) from error
        wanted = {version: wanted_ids(version, again=again) for version in versions.workable()}
        ids = sorted({pk for some in wanted.values() for pk in some})
        for version, some in wanted.items():
            (indexing.reset if here else indexing.request_indexing)(some, [version])
        if not here:
            self.stdout.write(f"{len(ids)} pictures are on their way to the workers.")
            return
        states = [indexing.index(pk) for pk in track(ids, "Indexing")]
        filling.settle()
        self.stdout.write(f"{states.count(State.DONE)} pictures indexed, {len(ids) - states.count(State.DONE)} not.")


def wanted_ids(version: ModelVersion, *, again: bool) -> list[int]:
    """All pictures, or those that this version lacks."""
    images = ProductImage.objects.order_by("pk") if again else filling.stale_images(version)
    return list(images.values_list("pk", flat=True))
