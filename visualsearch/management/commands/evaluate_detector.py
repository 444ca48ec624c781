"""Prints how well a detector finds what is in photos with true boxes."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.progress import track

from visualsearch.ml.datasets.detection import read
from visualsearch.ml.evaluate.detector import Report, examine
from visualsearch.ml.session import Detector
from visualsearch.ml.weights import WeightsError, named


class Command(BaseCommand):
    help = "Prints AP@0.5 and COCO's AP by class on photos with true boxes, and precision and recall at the threshold."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="a detection zip, or a folder with a boxes.json")
        parser.add_argument("--part", default="test", help="of a set that has parts")
        parser.add_argument("--weights", default=settings.VISUALSEARCH["DETECTOR"], help="name in the registry")
        parser.add_argument("--json", action="store_true", help="figures for programs")

    def handle(self, *, data: Path, part: str, json: bool, **options: Any) -> None:
        try:
            weights = named(options["weights"])
            photos = list(read(data, part))
            report = examine(Detector(weights), weights.classes, track(photos, disable=json, transient=True))
        except (WeightsError, ValueError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write((as_json if json else as_table)(report, weights.threshold))


def as_table(report: Report, threshold: float) -> str:
    """A line a class, the means, and what a shopper sees."""
    half, coco = report.means()
    lines = [f"{'class':10}{'boxes':>7}{'AP@0.5':>9}{'AP':>8}"]
    lines += [f"{name:10}{count:7}{ap:9.3f}{mean:8.3f}" for name, count, ap, mean in report.rows()]
    lines += [f"{'mean':10}{sum(map(len, report.truth)):7}{half:9.3f}{coco:8.3f}", ""]
    for at in sorted({0.1, 0.2, 0.3, 0.4, 0.5, threshold}):
        mark = "  <- in use" if at == threshold else ""
        precision, recall = report.at(at)
        lines.append(f"score >= {at:.2f}: precision {precision:.3f}, recall {recall:.3f}{mark}")
    return "\n".join(lines)


def as_json(report: Report, threshold: float) -> str:
    """The same figures as one object."""
    half, coco = report.means()
    precision, recall = report.at(threshold)
    classes = {name: {"boxes": count, "ap50": ap, "ap": mean} for name, count, ap, mean in report.rows()}
    means = {"map50": half, "ap": coco, "precision": precision, "recall": recall, "threshold": threshold}
    return json.dumps({"photos": len(report.truth), **means, "classes": classes}, indent=1)
