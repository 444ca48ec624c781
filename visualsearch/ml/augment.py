"""What a shopper does to a picture: other crops, angles, light and backgrounds, blur, hands before it, JPEG.

Colour is only ever tinted as a lamp tints it: colour and print are what tells one product from another.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from visualsearch.ml import transforms

if TYPE_CHECKING:
    from numpy.random import Generator

PAD = 128
BRIGHT = 236  # a channel at least this bright at the corners is a packshot's backdrop
LEAST = (0.1, 0.35, 0.7)  # of the picture that a crop keeps: a close-up, half the garment, nearly all
LEAN = 0.14  # of a side
CHANGES = ("crops", "grounds", "covers", "light")  # what a shopper does to a picture, by name
SKINS = ((241, 205, 180), (224, 172, 138), (172, 118, 84), (98, 64, 46))


def as_shopper(
    picture: Image.Image,
    size: int,
    draw: Generator,
    elsewhere: Image.Image | None = None,
    changes: Collection[str] = CHANGES,
) -> Image.Image:
    """The picture as a shopper's phone and our detector might give it: a square of `size` px, letterboxed as served.

    `elsewhere` is another picture, of which a blurred part may become the new background of a packshot. `changes` are
    those of `CHANGES` that may be made.
    """
    if "crops" in changes:
        picture = cropped(picture, size, draw)
    if "grounds" in changes and elsewhere is not None and draw.random() < 0.5:
        picture = moved(picture, elsewhere, draw)
    if "covers" in changes and draw.random() < 0.25:
        picture = covered(picture, draw)
    if draw.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if "light" in changes:
        picture = photographed(picture, draw)
    return transforms.letterboxed(picture, size, PAD)[0]


def cropped(picture: Image.Image, size: int, draw: Generator) -> Image.Image:
    """A part of the picture, longest side `size` px: mostly nearly all, at times half the garment or a close-up."""
    least = draw.choice(LEAST, p=(0.15, 0.25, 0.6))
    wide, high = draw.uniform(least, 1.0, 2) ** 0.5 * (picture.width, picture.height)
    left, top = draw.random(2) * (picture.width - wide, picture.height - high)
    squeeze = draw.uniform(0.88, 1.14)
    scale = size / max(wide * squeeze, high)
    shape = max(1, round(wide * squeeze * scale)), max(1, round(high * scale))
    part = picture.resize(shape, Image.Resampling.BILINEAR, (left, top, left + wide, top + high), reducing_gap=2.0)
    if draw.random() < 0.3:
        part = part.rotate(draw.uniform(-14, 14), Image.Resampling.BILINEAR, fillcolor=part.getpixel((0, 0)))
    return leaning(part, draw) if draw.random() < 0.5 else part


def leaning(picture: Image.Image, draw: Generator) -> Image.Image:
    """The picture seen from aside, above or below: each corner lies up to `LEAN` of a side further in."""
    square = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], float)
    found = (square + draw.uniform(0, LEAN, (4, 2)) * (1 - 2 * square)) * picture.size
    rows, sides = [], list[float]()
    for (x, y), (u, v) in zip(square * picture.size, found, strict=True):
        # u = (a x + b y + c) / (g x + h y + 1), v = (d x + e y + f) / (g x + h y + 1)
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        sides += [u, v]
    plane = np.linalg.solve(np.array(rows), np.array(sides))
    return picture.transform(picture.size, Image.Transform.PERSPECTIVE, plane.tolist(), Image.Resampling.BILINEAR)


def moved(picture: Image.Image, elsewhere: Image.Image, draw: Generator) -> Image.Image:
    """The garment of a packshot before another background; pictures with a background of their own stay as they are."""
    mask = backdrop(picture)
    if mask is None:
        return picture
    side = draw.uniform(0.3, 0.9) * min(elsewhere.size)
    left, top = draw.random(2) * (elsewhere.width - side, elsewhere.height - side)
    other = elsewhere.resize(picture.size, Image.Resampling.BILINEAR, (left, top, left + side, top + side))
    other = other.filter(ImageFilter.GaussianBlur(draw.uniform(1.0, 8.0)))
    return Image.composite(other, picture, mask.filter(ImageFilter.GaussianBlur(0.8)))


def backdrop(picture: Image.Image) -> Image.Image | None:
    """The bright area joined to the picture's edge as a mask ("L", 255), or None if the corners are not bright."""
    bright = (np.asarray(picture).min(2) >= BRIGHT).astype(np.uint8)  # (H, W), 0 or 1
    corners = [(0, 0), (picture.width - 1, 0), (0, picture.height - 1), (picture.width - 1, picture.height - 1)]
    starts = [(x, y) for x, y in corners if bright[y, x]]
    if len(starts) < 2:
        return None
    for corner in starts:
        cv2.floodFill(bright, None, corner, 255)
    return Image.fromarray(np.where(bright == 255, np.uint8(255), np.uint8(0)))


def covered(picture: Image.Image, draw: Generator) -> Image.Image:
    """A hand, a strap or a hanger before the garment: an ellipse or a bar of one colour."""
    picture = picture.copy()
    wide, high = draw.uniform(0.08, 0.4, 2) * picture.size
    left, top = draw.random(2) * picture.size - (wide / 2, high / 2)
    colour = SKINS[draw.integers(len(SKINS))] if draw.random() < 0.5 else tuple(map(int, draw.integers(0, 256, 3)))
    canvas = ImageDraw.Draw(picture)
    shape = canvas.ellipse if draw.random() < 0.5 else canvas.rectangle
    shape((left, top, left + wide, top + high), fill=colour)
    return picture


def photographed(picture: Image.Image, draw: Generator) -> Image.Image:
    """Light of the hour (brightness, contrast, warmth), soft focus, JPEG."""
    warmth = draw.normal(0, 0.05)
    tint = np.array([1 + warmth, 1 + draw.normal(0, 0.015), 1 - warmth], np.float32) * draw.uniform(0.75, 1.2)
    pixels = (np.asarray(picture, np.float32) * tint - 128) * np.float32(draw.uniform(0.8, 1.2)) + 128
    picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    if draw.random() < 0.25:
        picture = picture.filter(ImageFilter.GaussianBlur(draw.uniform(0.4, 1.8)))
    return squeezed(picture, int(draw.integers(35, 90))) if draw.random() < 0.3 else picture


def squeezed(picture: Image.Image, quality: int) -> Image.Image:
    """The picture after JPEG at that quality."""
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=quality)
    return Image.open(kept).convert("RGB")
