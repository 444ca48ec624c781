"""Finds the garments in photos and prints them."""

from __future__ import annotations

import itertools
import json
from argparse import ArgumentParser
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalog import images
from visualsearch import photos
from visualsearch.ml.evaluate.drawing import drawn
from visualsearch.ml.session import Detector
from visualsearch.ml.weights import Weights, WeightsError, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visualsearch.ml.types import Detection

LARGEST = 200 * 1024 * 1024  # bytes of a file at the keeper's own command line


class Command(BaseCommand):
    help = "Finds the garments in photos and prints them; boxes are fractions of the upright picture."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("photos", type=Path, nargs="+", metavar="PHOTO")
        parser.add_argument("--json", action="store_true", help="one JSON list instead of lines to read")
        parser.add_argument("--draw", type=Path, metavar="DIR", help="also write each photo there with its boxes")
        parser.add_argument("--threshold", type=float, help="least score, 0 to 1; the weights' own unless given")
        parser.add_argument("--weights", default=settings.VISUALSEARCH["DETECTOR"], help="name in the registry")

    def handle(self, *, photos: list[Path], json: bool, draw: Path | None, **options: Any) -> None:
        threshold = options["threshold"]
        if threshold is not None and not 0 <= threshold <= 1:
            raise CommandError(f"A threshold is a score from 0 to 1, not {threshold:g}.")
        try:
            detector = Detector(a_detector(options["weights"]))
        except WeightsError as error:
            raise CommandError(str(error)) from error
        drawings = places(draw, photos) if draw else {}
        entries = [self.look(detector, photo, threshold, drawings.get(photo)) for photo in photos]
        self.stdout.write(as_json(entries) if json else "\n".join(map(as_line, entries)))
        if bad := sum("error" in entry for entry in entries):
            raise CommandError(f"{bad} of {len(entries)} photos could not be read.")

    def look(self, detector: Detector, path: Path, threshold: float | None, drawing: Path | None) -> dict[str, Any]:
        """One photo's entry: {photo, items}, and `error` where it cannot be read, which is said at once; drawn too."""
        try:
            picture = images.accept(path.read_bytes(), max_bytes=LARGEST).image
        except (OSError, images.PictureRefused) as error:
            sentence = error.strerror if isinstance(error, OSError) else str(error)
            self.stderr.write(f"{path}: {sentence}")
            return {"photo": str(path), "items": [], "error": sentence}
        found = detector.detect(photos.bounded(picture), threshold)  # what the shop would look at
        if drawing:
            with writing(drawing.parent):
                drawn(picture, found).save(drawing, quality=88)
        return {"photo": str(path), "items": [as_item(one) for one in found]}


def a_detector(name: str) -> Weights:
    """The weights of that name; raises `WeightsError` when they find nothing, as an embedder's do."""
    weights = named(name)
    if weights.task != "detector":
        raise WeightsError(f"{name} is an {weights.task}: it finds nothing in a photo. Name a detector with --weights.")
    return weights


def places(folder: Path, paths: Iterable[Path]) -> dict[Path, Path]:
    """Where each photo is drawn: under its own name, numbered where another photo has that name."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    found: dict[Path, Path] = {}
    taken: set[str] = set()
    for path in dict.fromkeys(paths):
        numbered = (f"{path.stem}-{n}" for n in itertools.count(2))
        name = next(name for name in itertools.chain([path.stem], numbered) if name not in taken)
        taken.add(name)
        found[path] = folder / f"{name}.jpg"
    return found


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Name the folder when nothing can be written to it."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"Nothing can be written to {folder}: {error.strerror}.") from error


def as_item(one: Detection) -> dict[str, Any]:
    """A garment for programs; corners to a ten-thousandth of the picture."""
    box = [round(corner, 4) for corner in one.box.as_list()]
    return {"label": one.label, "position": one.position, "score": round(one.score, 4), "box": box}


def as_json(entries: Sequence[dict[str, Any]]) -> str:
    """The whole list, for programs."""
    return json.dumps(entries, indent=1)


def as_line(entry: dict[str, Any]) -> str:
    """One photo, for people."""
    items = ", ".join(f"{item['label']} {item['score']:.2f}" for item in entry["items"])
    return f"{entry['photo']}: {entry.get('error') or items or 'nothing found'}"
