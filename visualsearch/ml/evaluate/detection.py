"""Average precision of a detector, as COCO defines it: 101 points of recall, greedy matching surest first.

Ties: boxes equally sure stand in the order of the photos, as COCO's own program has them. Duplicates: a true box is
found once, by the surest box on it; every other box on it is a mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Ranking:
    """The boxes of one class over P photos, surest first."""

    photos: NDArray[np.int64]  # (N,): which photo each box is of
    hits: NDArray[np.bool_]  # (T, N): whether each is right, at each IoU threshold
    totals: NDArray[np.int64]  # (P,): true boxes a photo

    def precisions(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """AP at each threshold when each photo counts `weights` (W, P) times: (W, T); NaN where nothing is true."""
        shown, totals = weights[:, self.photos], weights @ self.totals
        return np.stack([_areas(hits, shown, totals) for hits in self.hits], 1)


def rankings(
    found: Sequence[Found], truth: Sequence[Truth], classes: int, thresholds: Sequence[float] = HALF
) -> list[Ranking]:
    """What was found of each class, matched with what is there."""
    return [
        _ranking([f[f[:, 0] == label, 1:] for f in found], [t[t[:, 0] == label, 1:] for t in truth], thresholds)
        for label in range(classes)
    ]


def average_precisions(
    found: Sequence[Found], truth: Sequence[Truth], classes: int, thresholds: Sequence[float] = HALF
) -> NDArray[np.float64]:
    """AP of each class at each IoU threshold, (C, T); NaN for a class that no picture shows."""
    once = np.ones((1, len(truth)))
    return np.concatenate([each.precisions(once) for each in rankings(found, truth, classes, thresholds)])


def matches(
    found: Sequence[NDArray[np.float32]], truth: Sequence[NDArray[np.float32]], threshold: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Scores and whether each is a hit, of one class over all pictures: found (N, 5) score and corners, truth (M, 4).

    In each picture the surest box takes the free truth it overlaps most, if by `threshold` or more; each is found once.
    """
    scores, hits = [], []
    for ours, theirs in zip(found, truth, strict=True):
        order = np.argsort(-ours[:, 0], kind="stable")
        scores += ours[order, 0].tolist()
        hits += (taken(ours[order, 1:], theirs, threshold) >= 0).tolist()
    return np.array(scores, float), np.array(hits, bool)


def taken(ours: NDArray[np.float32], theirs: NDArray[np.float32], threshold: float) -> NDArray[np.int64]:
    """Which true box (M, 4) of one picture and class each found one (N, 4), surest first, takes: (N,), -1 if none."""
    free, shared = np.ones(len(theirs), bool), overlaps(ours, theirs)
    result = np.full(len(ours), -1)
    for row in range(len(ours)):
        open_ = np.where(free, shared[row], -1.0)
        best = int(open_.argmax()) if len(theirs) else -1
        if best >= 0 and open_[best] >= threshold:
            free[best], result[row] = False, best
    return result


def operating_point(
    found: Sequence[Found], truth: Sequence[Truth], threshold: float, overlap: float = 0.5
) -> tuple[float, float]:
    """Precision and recall over all classes together when only scores of `threshold` or more count."""
    hits = shown = total = 0
    for label in np.unique(np.concatenate([a[:, 0] for a in (*found, *truth)])):
        ours = [f[(f[:, 0] == label) & (f[:, 1] >= threshold), 1:] for f in found]
        theirs = [t[t[:, 0] == label, 1:] for t in truth]
        _, right = matches(ours, theirs, overlap)
        hits, shown, total = hits + int(right.sum()), shown + len(right), total + sum(map(len, theirs))
    return hits / max(1, shown), hits / max(1, total)


def _ranking(
    ours: Sequence[NDArray[np.float32]], theirs: Sequence[NDArray[np.float32]], thresholds: Sequence[float]
) -> Ranking:
    """Of one class: found (N, 5) score and corners, and truth (M, 4), a photo each."""
    photos = np.repeat(np.arange(len(ours)), [len(each) for each in ours])
    matched = [matches(ours, theirs, threshold) for threshold in thresholds]
    order = np.argsort(-matched[0][0], kind="stable")
    totals = np.array([len(each) for each in theirs], int)
    return Ranking(photos[order], np.stack([hits[order] for _, hits in matched]), totals)


def _areas(hits: NDArray[np.bool_], shown: NDArray[np.float64], totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Area under precision over recall: the best precision at or beyond each of 101 recalls, averaged; (W,).

    `hits` (N,) surest first; `shown` (W, N) how often each box counts, of `totals` (W,) true ones.
    """
    true = np.cumsum(shown * hits, 1)
    precision = true / np.maximum(1, np.cumsum(shown, 1))
    best = np.maximum.accumulate(precision[:, ::-1], 1)[:, ::-1]
    best = np.concatenate([best, np.zeros((len(best), 1))], 1)  # beyond the last recall nothing is precise
    recall = true / np.maximum(1, totals)[:, None]
    rows = [b[np.searchsorted(r, RECALLS)].mean() for b, r in zip(best, recall, strict=True)]
    return np.where(totals > 0, rows, np.nan)
