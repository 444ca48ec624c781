"""Fill the index of one model version from a file, without running its models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import track

from visualsearch import exchange, filling, steps, vectors, versions
from visualsearch.ml.weights import WeightsError
from visualsearch.models import ModelVersion, Stage


class Command(BaseCommand):
    """Goes on where it was stopped: pictures that have their vectors are left alone."""

    help = "Give the shop's pictures the vectors that a file from export_vectors holds for them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            read = vectors.read(file)
            version = exchange.version_of(read)
            report = exchange.bring_in(read, version, lambda batches, n: track(batches, "Writing", n))
            version = begun(version)
        except (vectors.BadVectors, steps.StepRefused, WeightsError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{report.imported} pictures got their vectors, {report.there} had them, "
            f"{len(report.unknown)} of the file are not in this shop."
        )
        for sha256 in report.unknown if options["verbosity"] > 1 else ():
            self.stdout.write(f"not in this shop: {sha256}")
        self.stdout.write(f"{filling.progress(version)} are indexed. {steps.outcome(version)}")


def begun(version: ModelVersion) -> ModelVersion:
    """A version that was only registered is being filled from now on, by the workers where the file has nothing."""
    if version.state == Stage.REGISTERED:
        versions.fill(version)
    filling.settle()
    version.refresh_from_db()
    return version
