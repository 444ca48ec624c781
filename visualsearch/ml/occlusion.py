"""Which part of a picture makes it like another: parts are greyed out one after the other, and the score is looked at.

Occlusion sensitivity after Zeiler and Fergus (arXiv 1311.2901), with a window as large as the part that is to be named:
what is named is then what was tried, and not a sum of smaller trials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visualsearch.ml.types import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from visualsearch.ml.session import EmbedsPictures

CELLS = 6  # a side
WINDOW = 3  # cells a side: a quarter of the picture
GREY = (128, 128, 128)  # what the networks see around every picture: nothing
AT_ONCE = 8  # pictures in a batch; more costs memory and saves no time


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a picture that its score hangs on most."""

    box: Box  # in fractions of that picture
    score: float  # cosine of the whole of it with what it is compared with
    drop: float  # how much lower the score is with this part greyed out; negative if it is higher
    cells: list[float]  # CELLS x CELLS, row by row: mean drop of the windows over each cell


def windows() -> list[Box]:
    """Every window of the grid, row by row."""
    steps = range(CELLS - WINDOW + 1)
    return [Box(x / CELLS, y / CELLS, (x + WINDOW) / CELLS, (y + WINDOW) / CELLS) for y in steps for x in steps]


def masked(picture: Image.Image, box: Box) -> Image.Image:
    """A copy in which the box is grey."""
    copy = picture.copy()
    copy.paste(GREY, box.pixels(*picture.size))
    return copy


def scores(
    picture: Image.Image, boxes: list[Box], embedder: EmbedsPictures, target: NDArray[np.float32]
) -> tuple[float, NDArray[np.float32]]:
    """The picture's cosine with the unit vector `target` (D,), and with each box greyed out, (N,)."""
    pictures = [picture, *(masked(picture, box) for box in boxes)]
    batches = [embedder.embed(pictures[i : i + AT_ONCE]) for i in range(0, len(pictures), AT_ONCE)]
    vectors = np.concatenate(batches)  # (1 + N, D)
    cosines = vectors @ np.asarray(target, np.float32)[: vectors.shape[1]]  # stored vectors may end in zeros
    return float(cosines[0]), cosines[1:]


def decisive_part(picture: Image.Image, embedder: EmbedsPictures, target: NDArray[np.float32]) -> Part:
    """The window whose loss lowers the score with `target` (D,) most."""
    boxes = windows()
    whole, without = scores(picture, boxes, embedder, target)
    drops = whole - without
    best = int(drops.argmax())
    return Part(boxes[best], whole, float(drops[best]), _cells(drops))


def _cells(drops: NDArray[np.float32]) -> list[float]:
    total, count = np.zeros((CELLS, CELLS)), np.zeros((CELLS, CELLS))
    steps = CELLS - WINDOW + 1
    for number, drop in enumerate(drops):
        y, x = divmod(number, steps)
        total[y : y + WINDOW, x : x + WINDOW] += drop
        count[y : y + WINDOW, x : x + WINDOW] += 1
    return [round(float(cell), 4) for cell in (total / count).ravel()]
