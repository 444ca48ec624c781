"""A detector as it serves, measured on photos with true boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visualsearch.ml.evaluate.detection import COCO, average_precisions, operating_point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.datasets.detection import Photo
    from visualsearch.ml.session import DetectsGarments

LEAST = 0.01  # everything surer counts for average precision


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

    def at(self, threshold: float) -> tuple[float, float]:
        """Precision and recall over all classes when items below `threshold` are not shown."""
        return operating_point(self.found, self.truth, threshold)


def examine(detector: DetectsGarments, classes: Sequence[str], photos: Iterable[Photo]) -> Report:
    """Run a detector over photos, everything down to `LEAST` counted."""
    report = Report(tuple(classes), [], [])
    for photo in photos:
        items = detector.detect(photo.picture(), LEAST)
        rows = [[report.classes.index(item.label), item.score, *item.box.as_list()] for item in items]
        report.found.append(np.array(rows, np.float32).reshape(-1, 6))
        report.truth.append(photo.labels)
    return report
