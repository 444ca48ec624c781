"""Boxes on a picture, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import ImageDraw, ImageFont

if TYPE_CHECKING:
    from PIL import Image

    from visualsearch.ml.types import Detection

COLOURS = {
    "upper": "#d6336c", "lower": "#1c7ed6", "full": "#7048e8", "feet": "#e8590c", "bag": "#2b8a3e", "head": "#0b7285",
}  # fmt: skip


def drawn(picture: Image.Image, found: Sequence[Detection]) -> Image.Image:
    """A copy of the picture with each garment framed in the colour of its position and named with its score."""
    copy = picture.convert("RGB")
    pen, line = ImageDraw.Draw(copy), max(2, round(max(copy.size) / 250))
    font = ImageFont.load_default(max(10, 5 * line))
    for one in reversed(found):
        colour, corner = COLOURS.get(one.position, "#495057"), one.box.pixels(*copy.size)
        pen.rectangle(corner, outline=colour, width=line)
        text, place = f"{one.label} {one.score:.2f}", (corner[0] + line, corner[1] + line)
        pen.rectangle(pen.textbbox(place, text, font), fill=colour)
        pen.text(place, text, "white", font)
    return copy
