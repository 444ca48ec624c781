"""The colour of a garment in one word, by its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 32  # px that a crop is made smaller to
MIDDLE = 0.6  # of a crop that is looked at: around it there is ground
MOST = 0.4  # share of the pixels from which one colour speaks for all
PALETTE = {
    "black": [(20, 20, 22)],
    "white": [(245, 245, 242)],
    "grey": [(128, 128, 130), (180, 182, 184), (80, 82, 86)],
    "beige": [(222, 205, 176), (196, 170, 130)],
    "brown": [(110, 72, 44), (70, 46, 34)],
    "red": [(196, 32, 40), (140, 24, 40)],
    "pink": [(236, 150, 178), (226, 90, 140)],
    "orange": [(232, 120, 40)],
    "yellow": [(240, 208, 70)],
    "green": [(48, 128, 72), (96, 112, 60), (150, 190, 150)],
    "blue": [(50, 96, 190), (120, 170, 220), (60, 140, 160)],
    "navy": [(28, 38, 76)],
    "purple": [(120, 70, 150), (176, 150, 204)],
}


def colour_of(crop: Image.Image) -> str:
    """The colour that most of a crop's middle has, a key of PALETTE; empty if no colour has enough of it."""
    width, height = crop.size
    edges = (width * (1 - MIDDLE) / 2, height * (1 - MIDDLE) / 2, width * (1 + MIDDLE) / 2, height * (1 + MIDDLE) / 2)
    pixels = np.asarray(crop.resize((SIDE, SIDE), Image.Resampling.BOX, edges), np.float32).reshape(-1, 3)
    names = [name for name, some in PALETTE.items() for _ in some]
    known = _lab(np.array([colour for some in PALETTE.values() for colour in some], np.float32))
    nearest = np.square(_lab(pixels)[:, None] - known[None]).sum(2).argmin(1)  # (SIDE * SIDE,)
    counts = {name: sum(int((nearest == i).sum()) for i, n in enumerate(names) if n == name) for name in PALETTE}
    name = max(counts, key=counts.__getitem__)
    return name if counts[name] >= MOST * len(pixels) else ""


def _lab(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """sRGB (N, 3), 0 to 255, as CIE L*a*b* under D65 (N, 3)."""
    linear = np.where(rgb <= 0.04045 * 255, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ matrix.T / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    lab = [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])]
    return np.stack(lab, 1).astype(np.float32)
