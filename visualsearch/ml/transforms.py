"""Picture to array: one spelling for training, indexing and asking, otherwise scores mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from visualsearch.ml.boxes import Letterbox

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.types import Box

MARGIN = 0.05  # of a box's own side, added on each side of an item before it is embedded


def letterboxed(picture: Image.Image, size: int, pad: int) -> tuple[Image.Image, Letterbox]:
    """Scale a picture into a square of `size` px without changing its shape; the rest is grey `pad`."""
    box = Letterbox.of(picture.width, picture.height, size)
    square = Image.new("RGB", (size, size), (pad, pad, pad))
    square.paste(picture.resize((box.width, box.height), Image.Resampling.BILINEAR, reducing_gap=2.0), box.origin)
    return square, box


def as_array(square: Image.Image, mean: float, std: float) -> NDArray[np.float32]:
    """An RGB picture as the networks take it: (3, S, S) float32, `(pixel - mean) / std`."""
    pixels = np.asarray(square, dtype=np.float32).transpose(2, 0, 1)  # (3, S, S)
    return np.ascontiguousarray((pixels - np.float32(mean)) / np.float32(std))


def crop(picture: Image.Image, box: Box, margin: float = 0.0) -> Image.Image:
    """The part of a picture inside a box, widened on each side by `margin` of the box's own side."""
    return picture.crop(widened(box, margin).pixels(picture.width, picture.height))


def widened(box: Box, margin: float) -> Box:
    """The box with `margin` of its own side more on each side, as far as the picture goes."""
    dx, dy = margin * (box.x2 - box.x1), margin * (box.y2 - box.y1)
    return type(box)(max(0.0, box.x1 - dx), max(0.0, box.y1 - dy), min(1.0, box.x2 + dx), min(1.0, box.y2 + dy))
