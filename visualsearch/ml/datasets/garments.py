"""A box for a photo of one garment without any: what differs from the colours of the border is the garment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 64  # of the thumbnail that is looked at
BINS = 8  # a colour channel
ROUNDS = 4
ALIKE = 0.9  # Bhattacharyya's coefficient above which the colours do not tell garment and ground apart
PLAUSIBLE = (0.12, 0.85)  # share of the picture that a garment's box may cover


def garment_box(picture: Image.Image) -> tuple[float, float, float, float] | None:
    """x1, y1, x2, y2, in fractions, of the one thing in the picture, or None when it cannot be told from its ground.

    Two colour histograms are fitted in turn, of the ground (at first the border) and of the garment (at first the
    middle); the garment is the largest connected part, believed when it is plausible in size and keeps off the border.
    """
    small = picture.resize((SIDE, SIDE), Image.Resampling.BOX).convert("YCbCr").filter(ImageFilter.MedianFilter(3))
    seen, alike = _foreground(np.asarray(small))
    mask = _largest(seen)
    rows, columns = np.flatnonzero(mask.mean(1) > 0.02), np.flatnonzero(mask.mean(0) > 0.02)
    if not len(rows) or not len(columns):
        return None
    edges = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    box = (float(edges[0]) / SIDE, float(edges[1]) / SIDE, float(edges[2]) / SIDE, float(edges[3]) / SIDE)
    share = (box[2] - box[0]) * (box[3] - box[1])
    filled = mask.sum() / SIDE**2 / share
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean()
    believed = PLAUSIBLE[0] <= share <= PLAUSIBLE[1] and filled > 0.4 and edge < 0.04 and alike < ALIKE
    return box if believed else None


def _foreground(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], float]:
    """The mask (S, S) of the garment in (S, S, 3) YCbCr pixels; how alike its colours and the ground's are, 0 to 1."""
    codes = _codes(pixels)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    prior = np.exp(-((x / 0.75) ** 4) - (y / 0.8) ** 4) * 0.9 + 0.02  # garments are photographed in the middle
    chance = np.where(np.maximum(abs(x), abs(y)) > 0.86, 0.03, prior)
    for round_ in range(ROUNDS):
        if round_ == 1:
            prior = prior.clip(0.3, 0.6)  # the colours are known now: let sleeves reach out of the middle
        garment, ground = _histogram(codes, chance), _histogram(codes, 1 - chance)
        odds = garment[codes] * prior / (ground[codes] * (1 - prior) + 1e-9)
        chance = _blurred(odds / (1 + odds))
    return chance > 0.5, float(np.sqrt(garment * ground).sum())


def _codes(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """One number a pixel: its cell of the colour cube, brightness coarse and hue fine."""
    luma, chroma = pixels[..., 0].astype(int) * BINS // 256, (pixels[..., 1:].astype(int) - 64).clip(0, 127) * 16 // 128
    return (luma * 16 + chroma[..., 0]) * 16 + chroma[..., 1]


def _histogram(codes: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often each colour comes, smoothed over neighbouring colours; sums to 1."""
    cube = np.bincount(codes.ravel(), weight.ravel(), BINS * 256).reshape(BINS, 16, 16)
    for axis in range(3):
        cube = cube + 0.5 * (np.roll(cube, 1, axis) + np.roll(cube, -1, axis))
    return cube.ravel() / cube.sum() + 1e-6


def _blurred(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Neighbours agree: a small Gaussian."""
    picture = Image.fromarray((chance * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.2))
    return np.asarray(picture) / 255.0


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected part of a mask, found by letting numbers spread until they stand still."""
    numbers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        rows, columns = np.pad(numbers, ((1, 1), (0, 0))), np.pad(numbers, ((0, 0), (1, 1)))
        around = np.max([numbers, rows[:-2], rows[2:], columns[:, :-2], columns[:, 2:]], 0)
        spread = np.where(mask, around, 0)
        if (spread == numbers).all():
            break
        numbers = spread
    counts = np.bincount(numbers.ravel())
    counts[0] = 0
    return (numbers == counts.argmax()) & mask
