"""Prints how well a detector finds what is in photos with true boxes."""

from __future__ import annotations

import json
import zipfile
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.progress import track

from visualsearch.ml.datasets.detection import CLASSES, PARTS, POSITIONS, default_part, measured
from visualsearch.ml.evaluate import detector_examples, intervals, sheets
from visualsearch.ml.evaluate.detector import Report, examine
from visualsearch.ml.session import Detector
from visualsearch.ml.weights import Weights, WeightsError, named, write_entry

if TYPE_CHECKING:
    from visualsearch.ml.datasets.detection import Photo

NOT_READ = (ValueError, OSError, KeyError, zipfile.BadZipFile)


class Command(BaseCommand):
    help = (
        "Prints AP@0.5 and COCO's AP by class on photos with true boxes, precision and recall at the threshold and, "
        "for photos of one garment, how often it is found."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="a detection zip, or a folder with a boxes.json")
        parser.add_argument("--part", choices=PARTS, default="", help="what training never learned from unless given")
        parser.add_argument("--weights", default=settings.VISUALSEARCH["DETECTOR"], help="name in the registry")
        parser.add_argument(
            "--pictures", type=Path, metavar="DIR|FILE", help="also draw successes and failures there, chosen by rule"
        )
        parser.add_argument("--seed", type=int, default=0, help="another number draws other successes")
        parser.add_argument("--record", action="store_true", help="keep the figures in the registry's entry")
        parser.add_argument("--json", action="store_true", help="figures for programs")

    def handle(self, *, data: Path, part: str, pictures: Path | None, **options: Any) -> None:
        part = part or default_part(data)
        try:
            weights = comparable(named(options["weights"]))
            photos = read(data, part)
            watched = track(photos, disable=options["json"], transient=True)
            report = examine(Detector(weights), CLASSES, watched)
            figures = as_figures(report, weights.threshold)
            if pictures:
                chosen = detector_examples.sections(report, photos, POSITIONS, weights.threshold, options["seed"])
                sheets.save(pictures, chosen)
        except WeightsError as error:
            raise CommandError(str(error)) from error
        except NOT_READ as error:
            raise CommandError(f"{data} cannot be measured on: {error}") from error
        if options["record"]:
            record(weights, figures, f"{data.stem.removeprefix('detection-')} {part}".removesuffix(" all"))
        self.stdout.write(json.dumps(figures, indent=1) if options["json"] else as_table(figures, weights.threshold))


def comparable(weights: Weights) -> Weights:
    """The weights, if they name garments as the photos' boxes do; raises `WeightsError` otherwise."""
    if strange := set(weights.classes) - set(CLASSES):
        raise WeightsError(f"{weights.name} knows kinds that the photos' boxes do not: {', '.join(sorted(strange))}.")
    return weights


def read(data: Path, part: str) -> list[Photo]:
    """The photos to measure on; raises one of `NOT_READ`, of a set without a box as well."""
    photos = list(measured(data, part))
    if not any(len(photo.labels) for photo in photos):
        raise ValueError("there is no photo with a box in it.")
    return photos


def record(weights: Weights, figures: dict[str, Any], named_as: str) -> None:
    """Keep the main figures in the entry, under the name of what they were measured on."""
    kept = {"mAP@0.5": figures["map50"], "AP": figures["ap"]}
    if "found" in figures:
        kept["found"] = figures["found"]["kind"]
    rounded = {f"{named_as} {name}": round(value, 3) for name, value in kept.items()}
    write_entry(replace(weights, figures=weights.figures | rounded))


def as_figures(report: Report, threshold: float) -> dict[str, Any]:
    """All that is said about the detector, for programs; intervals are [low, high]."""
    half, coco = report.means()
    (precision, recall), between = report.at(threshold), report.intervals()
    figures: dict[str, Any] = {
        "photos": len(report.truth), "map50": half, "ap": coco, "map50_95%": between[0], "ap_95%": between[1],
        "precision": precision, "recall": recall, "threshold": threshold,
        "classes": {name: {"boxes": n, "ap50": ap, "ap": mean} for name, n, ap, mean in report.rows()},
        "at": {at: report.at(at) for at in sorted({0.1, 0.2, 0.3, 0.4, 0.5, threshold})},
    }  # fmt: skip
    return figures | ({"found": as_found(report, threshold)} if report.single() else {})


def as_found(report: Report, threshold: float) -> dict[str, Any]:
    """How often the one garment of a photo is found, by its kind and by its position at least."""
    found = report.garments(POSITIONS, threshold).astype(float)
    kinds = [int(each[0, 0]) for each in report.truth]
    by_class = {
        CLASSES[kind]: dict(zip(("photos", "kind", "position"), (len(some), *some.mean(0).tolist()), strict=True))
        for kind in sorted(set(kinds))
        for some in [found[[one == kind for one in kinds]]]
    }
    (kind, position), between = found.mean(0).tolist(), intervals.of_means(found).tolist()
    return {
        "kind": kind, "position": position, "kind_95%": between[0], "position_95%": between[1], "classes": by_class,
    }  # fmt: skip


def as_table(figures: dict[str, Any], threshold: float) -> str:
    """A line a class, the means with their intervals, and what a shopper sees."""
    (low, high), (coco_low, coco_high) = figures["map50_95%"], figures["ap_95%"]
    boxes = sum(row["boxes"] for row in figures["classes"].values())
    lines = [f"{figures['photos']} photos", "", f"{'class':10}{'boxes':>7}{'AP@0.5':>9}{'AP':>8}"]
    lines += [f"{n:10}{r['boxes']:7}{r['ap50']:9.3f}{r['ap']:8.3f}" for n, r in figures["classes"].items()]
    lines.append(f"{'mean':10}{boxes:7}{figures['map50']:9.3f}{figures['ap']:8.3f}")
    lines.append(f"95% by a bootstrap over the photos: AP@0.5 {low:.3f}-{high:.3f}, AP {coco_low:.3f}-{coco_high:.3f}")
    lines.append("")
    for at, (precision, recall) in figures["at"].items():
        mark = "  <- in use" if at == threshold else ""
        lines.append(f"score >= {at:.2f}: precision {precision:.3f}, recall {recall:.3f}{mark}")
    return "\n".join(lines + (found_table(figures["found"], threshold) if "found" in figures else []))


def found_table(found: dict[str, Any], threshold: float) -> list[str]:
    """For photos of one garment: how often a box of its kind, or at least of its position, lies on it."""
    lines = ["", f"The garment is found, by its kind and by its position (score >= {threshold:.2f}, IoU >= 0.5)", ""]
    lines.append(f"{'class':10}{'photos':>7}{'kind':>9}{'position':>10}")
    lines += [f"{n:10}{r['photos']:7}{r['kind']:9.1%}{r['position']:10.1%}" for n, r in found["classes"].items()]
    photos = sum(row["photos"] for row in found["classes"].values())
    lines.append(f"{'all':10}{photos:7}{found['kind']:9.1%}{found['position']:10.1%}")
    kind, position = ("-".join(f"{side:.1%}" for side in found[f"{name}_95%"]) for name in ("kind", "position"))
    return [*lines, f"95% by a bootstrap over the photos: kind {kind}, position {position}"]
