"""Finds the garments in photos and prints them."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image, ImageOps, UnidentifiedImageError

from visualsearch.ml.evaluate.drawing import drawn
from visualsearch.ml.session import Detector
from visualsearch.ml.weights import WeightsError, named


class Command(BaseCommand):
    help = "Finds the garments in photos and prints them; boxes are fractions of the upright picture."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("photos", type=Path, nargs="+", metavar="PHOTO")
        parser.add_argument("--json", action="store_true", help="one JSON list instead of lines to read")
        parser.add_argument("--draw", type=Path, metavar="DIR", help="also write each photo there with its boxes")
        parser.add_argument("--threshold", type=float, help="least score; the weights' own unless given")
        parser.add_argument("--weights", default=settings.VISUALSEARCH["DETECTOR"], help="name in the registry")

    def handle(self, *, photos: list[Path], json: bool, draw: Path | None, **options: Any) -> None:
        try:
            detector = Detector(named(options["weights"]))
        except WeightsError as error:
            raise CommandError(str(error)) from error
        found = [self.find(detector, photo, draw, options["threshold"]) for photo in photos]
        self.stdout.write(as_json(found) if json else "\n".join(map(as_line, found)))

    def find(self, detector: Detector, path: Path, draw: Path | None, threshold: float | None) -> dict[str, Any]:
        """One photo's entry: {photo, items}; draws it on the way."""
        try:
            picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        except (OSError, UnidentifiedImageError) as error:
            raise CommandError(f"{path} cannot be read as a picture: {error}") from error
        items = detector.detect(picture, threshold)
        if draw:
            draw.mkdir(parents=True, exist_ok=True)
            drawn(picture, items).save(draw / f"{path.stem}.jpg", quality=88)
        fields = [
            {"label": i.label, "position": i.position, "score": round(i.score, 4), "box": rounded(i.box.as_list())}
            for i in items
        ]
        return {"photo": str(path), "items": fields}


def rounded(box: list[float]) -> list[float]:
    """Corners to a ten-thousandth of the picture."""
    return [round(corner, 4) for corner in box]


def as_json(found: list[dict[str, Any]]) -> str:
    """The whole list, for programs."""
    return json.dumps(found, indent=1)


def as_line(entry: dict[str, Any]) -> str:
    """One photo, for people."""
    items = ", ".join(f"{item['label']} {item['score']:.2f}" for item in entry["items"])
    return f"{entry['photo']}: {items or 'nothing found'}"
