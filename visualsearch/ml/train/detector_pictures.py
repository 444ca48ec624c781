"""What a detector is shown while it learns: mosaics and single photos, turned, recoloured and partly covered.

Each picture is a function of its own random generator, so a training that is taken up again sees the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.datasets.detection import Cache

    Rows = NDArray[np.float32]  # (N, 5): class, x1, y1, x2, y2 in pixels of the square
    Chance = np.random.Generator

PAD = 128
LEAST_SEEN = 0.35  # a garment of which less is left in the picture is no longer asked for
LUMA = np.array([0.299, 0.587, 0.114])
TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])


def example(caches: Sequence[tuple[Cache, int]], size: int, chance: Chance, mosaic: float) -> tuple[Image.Image, Rows]:
    """One training square of `size` px and its boxes. The first of `caches` is the photo, three more serve a mosaic."""
    if len(caches) >= 4 and chance.random() < mosaic:
        square, rows = _mosaic(caches, size, chance)
    else:
        square, rows = _single(*caches[0], size, chance)
    return _cut_out(square, rows, chance)


def _mosaic(caches: Sequence[tuple[Cache, int]], size: int, chance: Chance) -> tuple[Image.Image, Rows]:
    """Four photos around a random point, each cropped to fill its corner."""
    x, y = (int(v) for v in chance.uniform(0.3, 0.7, 2) * size)
    corners = ((0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size))
    square, every = Image.new("RGB", (size, size)), []
    for (cache, index), corner in zip(caches, corners, strict=False):
        piece, rows = _piece(cache, index, (corner[2] - corner[0], corner[3] - corner[1]), chance)
        square.paste(piece, corner[:2])
        rows[:, 1:] += np.array(2 * corner[:2], np.float32)
        every.append(rows)
    return square, np.concatenate(every)


def _piece(cache: Cache, index: int, room: tuple[int, int], chance: Chance) -> tuple[Image.Image, Rows]:
    """A crop of a photo with the shape of `room` (width, height) px, scaled to it, and the boxes seen in it."""
    picture, rows = _coloured(cache.picture(index), chance), cache.labels(index)
    share = chance.uniform(0.55, 1.0) * min(picture.width / room[0], picture.height / room[1])
    side = np.minimum(share * np.array(room) * chance.uniform(0.9, 1.1, 2), picture.size)
    left, top = chance.uniform(0, np.array(picture.size) - side + 1e-6)
    crop = (left, top, min(left + side[0], picture.width), min(top + side[1], picture.height))
    scale = np.array(room) / (crop[2] - crop[0], crop[3] - crop[1])
    moved = _moved(rows, np.array(picture.size) * scale, -np.array(crop[:2]) * scale)
    return _flipped(picture.resize(room, Image.Resampling.BILINEAR, box=crop), _seen(moved, room), chance)


def _single(cache: Cache, index: int, size: int, chance: Chance) -> tuple[Image.Image, Rows]:
    """A whole photo, smaller or larger than the square and anywhere in it, slightly stretched; the rest is grey."""
    picture, rows = _coloured(cache.picture(index), chance), cache.labels(index)
    scale = size / max(picture.size) * chance.uniform(0.6, 1.25) * chance.uniform(0.9, 1.1, 2)
    side = np.maximum(1, np.round(np.array(picture.size) * scale)).astype(int)
    slack = size - side  # negative where the photo is larger than the square
    at = np.where(slack > 0, chance.uniform(0, 1, 2) * slack, chance.uniform(0, 1, 2) * slack).astype(int)
    grey = PAD if chance.random() < 0.7 else int(chance.integers(256))
    square = Image.new("RGB", (size, size), (grey, grey, grey))
    square.paste(picture.resize((int(side[0]), int(side[1])), Image.Resampling.BILINEAR), (int(at[0]), int(at[1])))
    return _flipped(square, _seen(_moved(rows, side, at), (size, size)), chance)


def _moved(rows: Rows, side: NDArray[np.float64], at: NDArray[np.float64]) -> Rows:
    """Boxes in fractions of a photo -> pixels, the photo being `side` px large with its top left `at`."""
    moved = rows.copy()
    moved[:, 1:] = rows[:, 1:] * np.tile(side, 2) + np.tile(at, 2)
    return moved


def _seen(rows: Rows, room: tuple[int, int]) -> Rows:
    """Boxes clipped to the picture; those of which too little is left, or that are under 3 px, are dropped."""
    before = (rows[:, 3:] - rows[:, 1:3]).prod(1)
    clipped = rows.copy()
    clipped[:, 1:] = np.clip(rows[:, 1:], 0, np.array(2 * room, np.float32))
    sides = clipped[:, 3:] - clipped[:, 1:3]
    return clipped[(sides.min(1, initial=1e9) >= 3) & (sides.prod(1) >= LEAST_SEEN * before)]


def _flipped(picture: Image.Image, rows: Rows, chance: Chance) -> tuple[Image.Image, Rows]:
    """Half of the time left and right exchanged."""
    if chance.random() < 0.5:
        return picture, rows
    turned = rows.copy()
    turned[:, 1], turned[:, 3] = picture.width - rows[:, 3], picture.width - rows[:, 1]
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), turned


def _coloured(picture: Image.Image, chance: Chance) -> Image.Image:
    """Another light: hue, saturation, contrast and brightness in one linear map of the colours."""
    hue, saturation = chance.normal(0, 0.12), chance.uniform(0.5, 1.5)
    turn = np.array([[np.cos(hue), -np.sin(hue)], [np.sin(hue), np.cos(hue)]]) * saturation
    middle = np.eye(3)
    middle[1:, 1:] = turn
    matrix = np.linalg.inv(TO_YIQ) @ middle @ TO_YIQ * chance.uniform(0.6, 1.4)
    shift = chance.uniform(-25, 25)
    rows = np.concatenate([matrix, np.full((3, 1), shift)], 1)
    return picture.convert("RGB", tuple(rows.ravel().tolist()))


def _cut_out(square: Image.Image, rows: Rows, chance: Chance) -> tuple[Image.Image, Rows]:
    """Up to two flat rectangles over the picture; a garment mostly under one is no longer asked for."""
    for _ in range(int(chance.integers(0, 3))):
        side = chance.uniform(0.04, 0.22, 2) * square.width
        corner = chance.uniform(0, square.width - side)
        left, top, right, bottom = hole = np.concatenate([corner, corner + side]).astype(int)
        square.paste(tuple(chance.integers(0, 256, 3).tolist()), (int(left), int(top), int(right), int(bottom)))
        shared = np.minimum(rows[:, 3:], hole[2:]) - np.maximum(rows[:, 1:3], hole[:2])
        covered = np.clip(shared, 0, None).prod(1) / np.maximum((rows[:, 3:] - rows[:, 1:3]).prod(1), 1e-6)
        rows = rows[covered < 0.5]
    return square, rows
