"""Prints what is in a data set."""

from __future__ import annotations

import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.progress import track

from visualsearch.ml.datasets import stats
from visualsearch.ml.datasets.retrieval import DatasetError
from visualsearch.ml.session import Detector
from visualsearch.ml.weights import WeightsError, named

if TYPE_CHECKING:
    from visualsearch.ml.datasets.detection import Photo
    from visualsearch.ml.datasets.retrieval import Shot
    from visualsearch.ml.datasets.stats import Objects

NOT_READ = (WeightsError, DatasetError, ValueError, OSError, KeyError, zipfile.BadZipFile)


class Command(BaseCommand):
    help = "Prints kinds, products, pictures and views a product of a set of products; objects of a set with boxes."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", type=Path, metavar="DIR|ZIP", help="told by its name or its layout")
        parser.add_argument("--detect", action="store_true", help="also count what the detector finds in the pictures")
        parser.add_argument("--most", type=int, default=0, help="look at so many pictures only, drawn by --seed")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--weights", default=settings.VISUALSEARCH["DETECTOR"], help="name in the registry")

    def handle(self, *, data: Path, detect: bool, most: int, seed: int, weights: str, **options: Any) -> None:
        try:
            shots, photos = stats.shots_of(data), list(track(stats.photos_of(data), "Reading", transient=True))
            if not shots and not photos:
                raise ValueError(f"{data} holds no pictures that a reader knows.")
            self.stdout.write("\n".join(view_lines(shots) + true_lines(photos)))
            if detect:
                pictures = stats.some_pictures(shots or photos, most, seed)
                self.stdout.write("\n".join(found_lines(Detector(named(weights)), pictures)))
        except NOT_READ as error:
            raise CommandError(str(error)) from error


def view_lines(shots: list[Shot]) -> list[str]:
    """The table of kinds, and of parts where there are several."""
    if not shots:
        return []
    parts = sorted({shot.part for shot in shots})
    wholes = [(part, stats.views([shot for shot in shots if shot.part == part])[-1]) for part in parts]
    return [
        f"{'kind':28}{'products':>9}{'pictures':>9}   views a product: mean, least, most",
        *(f"{r.kind:28}{r.products:9}{r.pictures:9}{r.mean:9.2f}{r.fewest:5}{r.most:5}" for r in stats.views(shots)),
        *(f"{f'of these {part}':28}{r.products:9}{r.pictures:9}" for part, r in wholes if len(parts) > 1),
        "",
    ]


def true_lines(photos: list[Photo]) -> list[str]:
    """The table of true boxes."""
    if not photos:
        return []
    heading = f"{len(photos)} photos with boxes"
    return object_lines(heading, stats.objects(map(stats.named_boxes, photos)))


def found_lines(detector: Detector, pictures: list[Shot | Photo]) -> list[str]:
    """The table of what the detector finds at the score in use."""
    watched = track(pictures, "Detecting", transient=True)
    found = list(stats.found_boxes(detector, (each.picture() for each in watched)))
    nothing = sum(not boxes for boxes in found)
    weights = detector.weights
    heading = f"Found by {weights.name} (score >= {weights.threshold:.2f}) in {len(found)} pictures, none in {nothing}"
    return object_lines(heading, stats.objects(found))


def object_lines(heading: str, rows: list[Objects]) -> list[str]:
    """A line a class and position."""
    lines = [heading, "", f"{'position':10}{'class':28}{'objects':>9}{'pictures':>9}"]
    lines += [f"{row.position:10}{row.label:28}{row.objects:9}{row.pictures:9}" for row in rows]
    return [*lines, f"{'all':38}{sum(row.objects for row in rows):9}", ""]
