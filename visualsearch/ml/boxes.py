"""Raw maps to garments: letterbox and its inverse, anchors to boxes, overlap, suppression. NumPy only, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from visualsearch.ml.types import NOWHERE, Box, Detection

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.weights import Weights

OVERLAP = 0.45  # two boxes of one class above this IoU are one garment
SAME_PLACE = 0.45  # two boxes of one position above this IoU are one garment called twice
LAYERED = 0.8  # the same for an outer layer and what is worn under it: of 604 true pairs 3% overlap by more than 0.67
# Labels of what is worn over another garment of `upper`: ours, ModaNet's, DeepFashion2's, and what others may say.
OUTER = frozenset(
    {"jacket", "outer", "short sleeve outwear", "long sleeve outwear", "coat", "blazer", "cardigan", "cape"}
)
MOST = 100  # items a picture


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a picture lies in a square of `size` px: scaled to `width` x `height` px with its top left at `origin`."""

    size: int
    width: int
    height: int
    origin: tuple[int, int]

    @classmethod
    def of(cls, width: int, height: int, size: int) -> Letterbox:
        """The picture of `width` x `height` as large as it goes, in the middle, at least one pixel each way."""
        scale = size / max(width, height)
        w, h = max(1, round(width * scale)), max(1, round(height * scale))
        return cls(size, w, h, ((size - w) // 2, (size - h) // 2))

    def fractions(self, corners: NDArray[np.float32]) -> NDArray[np.float32]:
        """Corners (N, 4) x1 y1 x2 y2 in pixels of the square -> fractions of the picture, clipped to it."""
        left, top = self.origin
        offset = np.array([left, top, left, top], np.float32)
        side = np.array([self.width, self.height, self.width, self.height], np.float32)
        return np.clip((corners - offset) / side, 0.0, 1.0)


def decode(
    raw: NDArray[np.float32], anchors: Sequence[tuple[float, float]], stride: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """One raw map (A * (5 + C), H, W) -> corners (A * H * W, 4) in input pixels and class scores (A * H * W, C).

    Section 2.1 of the paper: b_xy = sigmoid(t_xy) + cell, b_wh = anchor * exp(t_wh); a class's score is
    sigmoid(objectness) * sigmoid(class).
    """
    count = len(anchors)
    channels, height, width = raw.shape
    lifted = raw.reshape(count, channels // count, height, width).transpose(0, 2, 3, 1)  # (A, H, W, 5 + C)
    cells = lifted.reshape(-1, channels // count).astype(np.float32)  # (A * H * W, 5 + C)
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).reshape(-1, 2)  # (H * W, 2) x y
    centre = (sigmoid(cells[:, :2]) + np.tile(grid, (count, 1))) * np.float32(stride)
    sides = np.exp(np.minimum(cells[:, 2:4], 10)) * np.repeat(np.asarray(anchors, np.float32), height * width, 0)
    corners = np.concatenate([centre - sides / 2, centre + sides / 2], 1)
    return corners.astype(np.float32), sigmoid(cells[:, 4:5]) * sigmoid(cells[:, 5:])


def sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 / (1 + exp(-x)) without overflow."""
    return (0.5 * (1.0 + np.tanh(0.5 * x))).astype(np.float32)


def overlaps(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """IoU of corners (N, 4) with corners (M, 4) -> (N, M)."""
    shared = _shared(one, other)
    union = _areas(one)[:, None] + _areas(other)[None] - shared
    return shared / np.maximum(union, np.float32(1e-12))


def overlap(one: Box, other: Box) -> float:
    """IoU of two boxes, 0 to 1."""
    return float(overlaps(_corners(one), _corners(other))[0, 0])


def _shared(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Area of the intersections, (N, M)."""
    corner1 = np.maximum(one[:, None, :2], other[None, :, :2])
    corner2 = np.minimum(one[:, None, 2:], other[None, :, 2:])
    return np.clip(corner2 - corner1, 0, None).prod(-1)


def _areas(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.clip(corners[:, 2:] - corners[:, :2], 0, None).prod(1)


def suppress(
    corners: NDArray[np.float32], scores: NDArray[np.float32], labels: NDArray[np.int64], overlap: float = OVERLAP
) -> NDArray[np.int64]:
    """Class-wise non-maximum suppression: which of N boxes survive, surest first."""
    order, kept = np.argsort(-scores, kind="stable"), list[int]()
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        apart = overlaps(corners[best : best + 1], corners[rest])[0] <= overlap
        order = rest[apart | (labels[rest] != labels[best])]
    return np.array(kept, np.int64)


def candidates(
    maps: Sequence[NDArray[np.float32]], weights: Weights, least: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Corners (N, 4) in input pixels, scores (N,) and classes (N,) of what reaches `least`, thinned, surest first."""
    decoded = [decode(*scale) for scale in zip(maps, weights.anchors, weights.strides, strict=True)]
    corners = np.concatenate([boxes for boxes, _ in decoded])
    every = np.concatenate([scores for _, scores in decoded])  # (P, C)
    places, labels = np.nonzero(every >= least)
    scores = every[places, labels]
    top = np.argsort(-scores, kind="stable")[: 10 * MOST]
    corners, scores, labels = corners[places[top]], scores[top], labels[top]
    kept = suppress(corners, scores, labels)[:MOST]
    return corners[kept], scores[kept], labels[kept]


def detections(
    maps: Sequence[NDArray[np.float32]], weights: Weights, letterbox: Letterbox, least: float
) -> list[Detection]:
    """The garments in the raw maps of one picture, a scale each (A * (5 + C), H, W), surest first.

    `least` is the score below which nothing is an item; nor is what is worn `NOWHERE`. One position holds one garment,
    except an outer layer over an inner one and garments that hardly overlap (two people, a pair of shoes): see
    `one_a_place`. What it drops keeps a score below `weights.threshold`, in the same order: too little to be shown, but
    there for whoever asks for everything, as average precision does (after Soft-NMS, arXiv 1704.04503).
    """
    corners, scores, labels = candidates(maps, weights, least)
    fractions = letterbox.fractions(corners)
    seen = fractions[:, 2:] - fractions[:, :2]
    inside = np.flatnonzero((seen > 0).all(1))
    found = [
        Detection(weights.classes[label], weights.positions[label], float(score), Box(*map(float, box)))
        for box, score, label in zip(fractions[inside], scores[inside], labels[inside], strict=True)
        if weights.positions[label] != NOWHERE
    ]
    kept = one_a_place(found)
    second = [_demoted(one, weights.threshold) for one in found if one not in kept]
    return sorted((*kept, *(one for one in second if 0 < one.score >= least)), key=lambda one: -one.score)


def _demoted(one: Detection, threshold: float) -> Detection:
    return replace(one, score=min(one.score, threshold * one.score**0.5))


def one_a_place(found: Sequence[Detection]) -> list[Detection]:
    """Of detections surest first, drop each that lies where a surer one of its position already is.

    A short sleeve top and a sling on one chest are one garment called twice: true garments of one position hardly ever
    overlap by more than `SAME_PLACE` (measured on colorful and ccp), except a jacket and the shirt under it, which are
    two items and compete only when they are nearly the same box.
    """
    kept: list[Detection] = []
    for one in found:
        if not any(_rivals(one, other) for other in kept):
            kept.append(one)
    return kept


def _rivals(one: Detection, other: Detection) -> bool:
    """Whether two detections claim the same garment."""
    layered = (one.label in OUTER) != (other.label in OUTER)
    return one.position == other.position and overlap(one.box, other.box) > (LAYERED if layered else SAME_PLACE)


def _corners(box: Box) -> NDArray[np.float32]:
    return np.array([box.as_list()], np.float32)
