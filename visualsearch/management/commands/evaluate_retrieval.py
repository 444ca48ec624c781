"""Prints how often an embedder finds the product that a picture shows."""

import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from visualsearch.management.commands._studio import save_catalogue
from visualsearch.ml.datasets.retrieval import READERS, DatasetError
from visualsearch.ml.evaluate import retrieval
from visualsearch.ml.session import Embedder
from visualsearch.ml.weights import WeightsError, named, write_entry

PAPER_KS = (1, 10, 20, 30, 40, 50)  # as In-shop is reported
DRAWN = Path("var/studio-1")


class Command(BaseCommand):
    help = "Prints Recall@K in per cent, by full and by binary vectors, on pictures by product."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", type=Path, nargs="?", default=DRAWN, help="folder or zip; the studio draws its own")
        parser.add_argument("--protocol", choices=sorted(READERS), required=True)
        parser.add_argument("--weights", default=settings.VISUALSEARCH["EMBEDDER"], help="name in the registry")
        parser.add_argument("--photos", type=int, default=50, help="street photos that the studio draws")
        parser.add_argument("--record", action="store_true", help="keep the figures in the registry's entry")
        parser.add_argument("--json", action="store_true", help="figures for programs")

    def handle(self, *, data: Path, protocol: str, weights: str, photos: int, **options: Any) -> None:
        try:
            embedder = Embedder(named(weights))
            shots = READERS[protocol](save_catalogue(data, 1, photos=photos) if protocol == "studio" else data)
            if protocol == "studio":
                figures = retrieval.street(embedder, shots)
            else:
                figures = retrieval.two_parts(embedder, shots, PAPER_KS if protocol == "inshop" else retrieval.KS)
        except (WeightsError, DatasetError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["record"]:
            recorded = {f"{protocol} {name}": value for name, value in figures.items()}
            write_entry(replace(embedder.weights, figures=embedder.weights.figures | recorded))
        asked = sum(shot.part == "query" for shot in shots)
        self.stdout.write(json.dumps(figures, indent=1) if options["json"] else as_table(figures, asked, len(shots)))


def as_table(figures: dict[str, float], asked: int, pictures: int) -> str:
    """A line a figure, after what they were measured on."""
    lines = [f"{asked} questions against {pictures - asked} pictures, per cent"]
    return "\n".join(lines + [f"{name:16}{value:8.2f}" for name, value in figures.items()])
