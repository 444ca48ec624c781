"""Average precision of a detector, as COCO defines it: 101 points of recall, greedy matching surest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from visualsearch.ml.boxes import overlaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Found = NDArray[np.float32]  # (N, 6): class, score, x1, y1, x2, y2 of one picture
    Truth = NDArray[np.float32]  # (M, 5): class, x1, y1, x2, y2 of one picture

HALF = (0.5,)
COCO = tuple(np.arange(0.5, 1.0, 0.05).round(2).tolist())
RECALLS = np.linspace(0, 1, 101)


def average_precisions(
    found: Sequence[Found], truth: Sequence[Truth], classes: int, thresholds: Sequence[float] = HALF
) -> NDArray[np.float64]:
    """AP of each class at each IoU threshold, (C, T); NaN for a class that no picture shows."""
    result = np.full((classes, len(thresholds)), np.nan)
    for label in range(classes):
        ours = [f[f[:, 0] == label, 1:] for f in found]
        theirs = [t[t[:, 0] == label, 1:] for t in truth]
        total = sum(map(len, theirs))
        for at, threshold in enumerate(thresholds):
            if total:
                scores, hits = matches(ours, theirs, threshold)
                result[label, at] = area(scores, hits, total)
    return result


def matches(
    found: Sequence[NDArray[np.float32]], truth: Sequence[NDArray[np.float32]], threshold: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores and whether each is a hit, of one class over all pictures: found (N, 5) score and corners, truth (M, 4).

    In each picture the surest box takes the free truth it overlaps most, if by `threshold` or more; each is found once.
    """
    scores, hits = [], []
    for ours, theirs in zip(found, truth, strict=True):
        free = np.ones(len(theirs), bool)
        shared = overlaps(ours[:, 1:], theirs)
        for row in np.argsort(-ours[:, 0], kind="stable"):
            open_ = np.where(free, shared[row], -1.0)
            best = int(open_.argmax()) if len(theirs) else -1
            hit = best >= 0 and open_[best] >= threshold
            if hit:
                free[best] = False
            scores.append(float(ours[row, 0]))
            hits.append(hit)
    return np.array(scores, float), np.array(hits, bool)


def area(scores: NDArray[np.float64], hits: NDArray[np.bool_], total: int) -> float:
    """Area under precision over recall: the best precision at or beyond each of 101 recalls, averaged."""
    recall, precision = curve(scores, hits, total)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, RECALLS - 1e-12)
    return float(np.where(places < len(best), np.append(best, 0.0)[np.minimum(places, len(best))], 0.0).mean())


def curve(
    scores: NDArray[np.float64], hits: NDArray[np.bool_], total: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and precision after each detection, surest first, of `total` truths."""
    order = np.argsort(-scores, kind="stable")
    true = np.cumsum(hits[order])
    return true / max(1, total), true / np.maximum(1, np.arange(1, len(order) + 1))


def operating_point(
    found: Sequence[Found], truth: Sequence[Truth], threshold: float, overlap: float = 0.5
) -> tuple[float, float]:
    """Precision and recall over all classes together when only scores of `threshold` or more count."""
    hits = shown = total = 0
    for label in np.unique(np.concatenate([t[:, 0] for t in truth])):
        ours = [f[(f[:, 0] == label) & (f[:, 1] >= threshold), 1:] for f in found]
        theirs = [t[t[:, 0] == label, 1:] for t in truth]
        _, right = matches(ours, theirs, overlap)
        hits, shown, total = hits + int(right.sum()), shown + len(right), total + sum(map(len, theirs))
    return hits / max(1, shown), hits / max(1, total)
