"""What can be measured of a picture by itself: how sharp it is, what it looks like from afar, what colours it has.

NumPy and Pillow, so it is for the workers. Nothing here knows a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.types import Box

SIDE = 512  # px of the longer side at which sharpness is measured: finer blur is not seen on a page
TILES = 16  # a side
GRAIN = 25.0  # variance that noise has, so that a plain wall is not taken for a sharp one
FINGERS = 8  # px a side of a fingerprint
SWATCH = 48  # px a side of the part whose colours are told
INSIDE = 0.12  # of a box's side that is cut off on each side: there is more ground than cloth
GROUND = 10.0  # a colour so near to the picture's rim is taken for its ground
CLUSTERS, ROUNDS = 5, 8

RGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])  # D65


def sharpness(picture: Image.Image) -> float:
    """How much of the contrast lies in the finest detail: 0.1 and more for sharp pictures, below 0.05 for blurred ones.

    The variance of the Laplacian (Pech-Pacheco et al. 2000) over that of the brightness, in the tiles with the most
    contrast: a plain shirt before a plain wall is as sharp as a checked one before a hedge.
    """
    grey = np.asarray(_at_most(picture.convert("L"), SIDE), np.float32)  # (H, W)
    middle = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * middle
    contrast = _tiled(middle).var(1)  # (TILES * TILES,)
    telling = contrast >= np.percentile(contrast, 80)
    if (contrast > GRAIN).any():  # a few lines on a blank ground are what there is to be sharp
        telling &= contrast > GRAIN
    return float(np.median(_tiled(laplacian).var(1)[telling] / (contrast[telling] + GRAIN)))


def fingerprint(picture: Image.Image) -> bytes:
    """The picture in 8 x 8 pixels: hardly changed by another size, quality or format of the same picture."""
    return picture.convert("RGB").resize((FINGERS, FINGERS), Image.Resampling.BOX).tobytes()


def colours(picture: Image.Image, box: Box) -> list[list[float]]:
    """The colours of what is in the box, [L, a, b, share] each (CIELAB), the largest first; without the ground."""
    ground = _ground(picture)
    part = picture.convert("RGB").crop(_inner(picture, box)).resize((SWATCH, SWATCH), Image.Resampling.BOX)
    pixels = lab(np.asarray(part, np.float64).reshape(-1, 3))  # (SWATCH * SWATCH, 3)
    cloth = pixels[np.linalg.norm(pixels - ground, axis=1) > GROUND]
    if len(cloth) < len(pixels) / 5:  # white on white, or the garment fills the picture
        cloth = pixels
    centres, shares = _clusters(cloth)
    order = np.argsort(-shares)
    return [[round(float(n), 2) for n in (*centres[i], shares[i])] for i in order if shares[i] > 0]


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB 0 to 255 (N, 3) as CIELAB (N, 3)."""
    share = rgb / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = linear @ RGB_TO_XYZ.T / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def _at_most(picture: Image.Image, side: int) -> Image.Image:
    scale = min(1.0, side / max(picture.size))
    size = max(TILES + 2, round(picture.width * scale)), max(TILES + 2, round(picture.height * scale))
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _tiled(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) as (TILES * TILES, pixels), without what is left over at the right and below."""
    height, width = plane.shape[0] // TILES, plane.shape[1] // TILES
    whole = plane[: height * TILES, : width * TILES].reshape(TILES, height, TILES, width)
    return whole.transpose(0, 2, 1, 3).reshape(TILES * TILES, -1)


def _ground(picture: Image.Image) -> NDArray[np.float64]:
    """The colour that most of the picture's rim has, as CIELAB (3,)."""
    small = np.asarray(picture.convert("RGB").resize((32, 32), Image.Resampling.BOX), np.float64)
    rim = np.concatenate([small[0], small[:, 0], small[:, -1]])  # not the lower one: people stand on it
    return np.median(lab(rim), axis=0)


def _inner(picture: Image.Image, box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = box.pixels(*picture.size)
    across, down = round((right - left) * INSIDE), round((bottom - top) * INSIDE)
    return left + across, top + down, max(right - across, left + across + 1), max(bottom - down, top + down + 1)


def _clusters(pixels: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (CLUSTERS, 3) and shares of k-means, begun along the order of lightness: the same for the same pixels."""
    order = np.argsort(pixels[:, 0], kind="stable")
    centres = pixels[order[np.linspace(0, len(order) - 1, CLUSTERS).astype(int)]].copy()
    for _ in range(ROUNDS):
        nearest = np.argmin(((pixels[:, None] - centres) ** 2).sum(2), axis=1)
        for number in range(CLUSTERS):
            if (mine := pixels[nearest == number]).size:
                centres[number] = mine.mean(0)
    return centres, np.bincount(nearest, minlength=CLUSTERS) / len(pixels)
