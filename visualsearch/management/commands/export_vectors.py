"""Write the index of one model version to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import track

from visualsearch import exchange, steps, vectors
from visualsearch.models import ModelVersion, Stage


class Command(BaseCommand):
    """The counterpart of `import_vectors`."""

    help = "Write every picture's vectors to a file (.npz), for a shop that has the same pictures and models."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--model", metavar="NAME_OR_ID", help="another model version than the active one")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            taken = exchange.take_out(wanted(options["model"]), lambda rows, n: track(rows, "Reading", n))
            vectors.write(file, taken)
        except (steps.StepRefused, OSError) as error:
            raise CommandError(str(error)) from error
        pictures, regions = len(taken.picture_sha256), len(taken.picture)
        self.stdout.write(f"{regions} vectors of {pictures} pictures are in {file}.")


def wanted(text: str | None) -> ModelVersion:
    """The version that was named, or the active one; raises `StepRefused`."""
    version = steps.named(text) if text else ModelVersion.objects.filter(state=Stage.ACTIVE).first()
    if version is None:
        raise steps.StepRefused("No model version is active yet, so there are no vectors. Run index_catalog first.")
    return version
