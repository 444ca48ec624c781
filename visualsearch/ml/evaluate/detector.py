"""A detector as it serves, measured on photos with true boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visualsearch.ml.boxes import overlaps
from visualsearch.ml.evaluate import intervals
from visualsearch.ml.evaluate.detection import COCO, average_precisions, operating_point, rankings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.datasets.detection import Photo
    from visualsearch.ml.evaluate.intervals import Interval
    from visualsearch.ml.session import DetectsGarments

LEAST = 0.01  # everything surer counts for average precision
SAME = 0.5  # IoU from which a found box is the true one


@dataclass(frozen=True, slots=True)
class Report:
    """What a detector found and what is there, a photo each: (N, 6) class, score, corners; (M, 5) class, corners."""

    classes: tuple[str, ...]
    found: list[NDArray[np.float32]]
    truth: list[NDArray[np.float32]]

    def rows(self) -> list[tuple[str, int, float, float]]:
        """Class, true boxes, AP@0.5 and COCO's AP (mean over IoU 0.5 to 0.95), of the classes that the photos show."""
        table = average_precisions(self.found, self.truth, len(self.classes), COCO)
        counts = np.bincount(np.concatenate([t[:, 0] for t in self.truth]).astype(int), minlength=len(self.classes))
        named = zip(self.classes, counts.tolist(), table, strict=True)
        return [(name, count, float(aps[0]), float(aps.mean())) for name, count, aps in named if count]

    def means(self) -> tuple[float, float]:
        """mAP@0.5 and COCO's AP over the classes."""
        rows = self.rows()
        return float(np.mean([row[2] for row in rows])), float(np.mean([row[3] for row in rows]))

    def intervals(self, times: int = intervals.TIMES) -> tuple[Interval, Interval]:
        """The 95% intervals of `means`, by a bootstrap over the photos; a class that a sample lacks is left out."""
        samples = intervals.resamples(len(self.truth), times)
        every = rankings(self.found, self.truth, len(self.classes), COCO)
        table = np.stack([each.precisions(samples) for each in every if each.totals.any()])  # (C, times, T)
        return intervals.around(np.nanmean(table[..., 0], 0)), intervals.around(np.nanmean(table.mean(2), 0))

    def at(self, threshold: float) -> tuple[float, float]:
        """Precision and recall over all classes when items below `threshold` are not shown."""
        return operating_point(self.found, self.truth, threshold)

    def single(self) -> bool:
        """Whether every photo shows one garment, as phone photos of a garment do."""
        return all(len(each) == 1 for each in self.truth)

    def garments(self, positions: Sequence[str], threshold: float) -> NDArray[np.bool_]:
        """Of photos of one garment: whether a box lies on it that is of its class, and one of its position, (P, 2).

        On it: with an IoU of `SAME` or more, and as sure as `threshold` or surer. `positions` is that of each class.
        """
        places = np.array(positions)
        result = np.zeros((len(self.truth), 2), bool)
        for row, (found, truth) in enumerate(zip(self.found, self.truth, strict=True)):
            sure = found[found[:, 1] >= threshold]
            there = sure[overlaps(sure[:, 2:], truth[:, 1:])[:, 0] >= SAME, 0].astype(int)
            kind = int(truth[0, 0])
            result[row] = (there == kind).any(), (places[there] == places[kind]).any()
        return result


def examine(detector: DetectsGarments, classes: Sequence[str], photos: Iterable[Photo]) -> Report:
    """Run a detector over photos, everything down to `LEAST` counted. `classes` are those of the photos' boxes."""
    report = Report(tuple(classes), [], [])
    for photo in photos:
        items = detector.detect(photo.picture(), LEAST)
        rows = [[report.classes.index(item.label), item.score, *item.box.as_list()] for item in items]
        report.found.append(np.array(rows, np.float32).reshape(-1, 6))
        report.truth.append(photo.labels)
    return report
