"""Make a model version the one that searches use."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from visualsearch import steps
from visualsearch.ml.weights import WeightsError


class Command(BaseCommand):
    """At once if it is ready; otherwise the workers fill it first, and searches stay with the active version."""

    help = "Search with this model version: at once if it is ready, otherwise once every picture is indexed with it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", metavar="NAME_OR_ID", help="as `models` lists it")
        parser.add_argument("--now", action="store_true", help="do not wait for pictures that are missing")

    def handle(self, *, version: str, now: bool, **options: Any) -> None:
        try:
            self.stdout.write(steps.take("now" if now else "activate", steps.named(version)))
        except (steps.StepRefused, WeightsError) as error:
            raise CommandError(str(error)) from error
