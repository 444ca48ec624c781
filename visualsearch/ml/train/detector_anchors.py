"""Anchors by k-means on the shapes of the training boxes, with 1 - IoU as distance (arXiv 1612.08242, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from visualsearch.ml.datasets.detection import Cache

    Shapes = NDArray[np.float64]  # (N, 2) width, height

PER_CLASS = 1000  # boxes that the k-means looks at


def anchors(caches: Sequence[Cache], count: int, size: int, seed: int) -> list[tuple[int, int]]:
    """`count` anchors (width, height) in pixels of a letterboxed square of `size` px, small first.

    Every class counts alike: sunglasses are few and small, and would otherwise have no anchor that fits them.
    """
    chance = np.random.default_rng(seed)
    shapes = _evenly(np.concatenate([_shapes(cache, size) for cache in caches]), chance)
    shapes = shapes * chance.uniform(0.5, 1.2, (len(shapes), 1))  # as augmentation scales them
    centres = cluster(shapes, count, chance)
    return [(max(1, round(w)), max(1, round(h))) for w, h in centres]


def cluster(shapes: Shapes, count: int, chance: np.random.Generator, rounds: int = 60) -> Shapes:
    """Centres (count, 2) of shapes (N, 2) width and height, by area; medians, so that outliers pull less."""
    centres = shapes[chance.choice(len(shapes), count, replace=False)]
    for _ in range(rounds):
        nearest = shape_overlaps(shapes, centres).argmax(1)
        groups = [shapes[nearest == k] for k in range(count)]
        centres = np.array([np.median(g, 0) if len(g) else centres[k] for k, g in enumerate(groups)])
    return centres[np.argsort(centres.prod(1))]


def shape_overlaps(one: Shapes, other: Shapes) -> Shapes:
    """IoU of shapes (N, 2) and (M, 2) laid on one corner -> (N, M)."""
    shared = np.minimum(one[:, None], other[None]).prod(-1)
    return shared / (one.prod(1)[:, None] + other.prod(1)[None] - shared)


def _evenly(boxes: Shapes, chance: np.random.Generator) -> Shapes:
    """Of boxes (N, 3) class, width, height, the shapes of equally many of each class, some of them repeated."""
    classes = np.unique(boxes[:, 0])
    drawn = [chance.choice(boxes[boxes[:, 0] == label, 1:], PER_CLASS) for label in classes]
    return np.concatenate(drawn)


def _shapes(cache: Cache, size: int) -> Shapes:
    """Class, width and height of every box of a cache (N, 3), in pixels of the letterboxed square."""
    every = [np.zeros((0, 3))]
    for index in range(len(cache)):
        height, width = cache.shapes[index]
        labels = cache.labels(index)
        sides = (labels[:, 3:] - labels[:, 1:3]) * np.array([width, height]) * size / max(width, height)
        every.append(np.concatenate([labels[:, :1], sides], 1))
    return np.concatenate(every).astype(float)
