"""Index the catalogue: what is missing or stale, or everything anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import track

from catalog.models import ProductImage
from visualsearch import indexing, versions
from visualsearch.ml.weights import WeightsError
from visualsearch.models import State


class Command(BaseCommand):
    """The same as a sweep without its patience; with --here it needs no worker."""

    help = "Send every picture that is not indexed as it is now to the workers, or index it here."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="every picture, indexed or not")
        parser.add_argument("--here", action="store_true", help="in this process, with a progress bar")

    def handle(self, *, again: bool, here: bool, **options: Any) -> None:
        try:
            images = ProductImage.objects.all() if again else indexing.stale_images(versions.announce())
        except WeightsError as error:
            raise CommandError(str(error)) from error
        ids = list(images.order_by("pk").values_list("pk", flat=True))
        if not here:
            indexing.request_indexing(ids)
            self.stdout.write(f"{len(ids)} pictures are on their way to the workers.")
            return
        indexing.reset(ids)
        states = [indexing.index(pk) for pk in track(ids, "Indexing")]
        self.stdout.write(f"{states.count(State.DONE)} pictures indexed, {len(ids) - states.count(State.DONE)} not.")
