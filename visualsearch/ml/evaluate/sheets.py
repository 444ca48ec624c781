"""Contact sheets: small pictures with a line each, under headings, to look at what a figure is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont, ImageOps

SIDE = 260  # px of a tile, without its line
GAP = 12
LINE = 20  # px of a line of words
PAPER, INK, RIGHT = "white", "#212529", "#2b8a3e"
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


class Tile(NamedTuple):
    """A picture, what is said under it, and whether it is framed as the right one."""

    picture: Image.Image
    words: str = ""
    right: bool = False


class Section(NamedTuple):
    """Tiles under a heading, which begins with the word that names the section's file."""

    heading: str
    tiles: Sequence[Tile]


def save(path: Path, sections: Sequence[Section], columns: int = 4) -> list[Path]:
    """Write the sections: all into one picture if `path` ends like one, else each into a file of that folder."""
    if path.suffix.lower() in SUFFIXES:
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet(sections, columns).save(path, quality=88)
        return [path]
    path.mkdir(parents=True, exist_ok=True)
    files = []
    for section in sections:
        files.append(path / f"{re.split(r'[^a-z]+', section.heading.lower())[0]}.jpg")
        sheet([section], columns).save(files[-1], quality=88)
    return files


def sheet(sections: Iterable[Section], columns: int = 4) -> Image.Image:
    """One picture of all sections, one below the other, `columns` tiles in a row."""
    strips = [_strip(section, columns) for section in sections]
    whole = Image.new("RGB", (columns * (SIDE + GAP) + GAP, sum(strip.height for strip in strips) + GAP), PAPER)
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def _strip(section: Section, columns: int) -> Image.Image:
    """A section: its heading, then rows of tiles."""
    rows = max(1, -(-len(section.tiles) // columns))
    row_height = SIDE + LINE + GAP
    strip = Image.new("RGB", (columns * (SIDE + GAP) + GAP, rows * row_height + 2 * LINE + GAP), PAPER)
    pen = ImageDraw.Draw(strip)
    _write(pen, (GAP, GAP), section.heading if section.tiles else f"{section.heading}: none", strip.width, 18)
    for index, tile in enumerate(section.tiles):
        corner = GAP + index % columns * (SIDE + GAP), 2 * LINE + GAP + index // columns * row_height
        _lay(strip, pen, tile, corner)
    return strip


def _lay(strip: Image.Image, pen: ImageDraw.ImageDraw, tile: Tile, corner: tuple[int, int]) -> None:
    small = ImageOps.contain(tile.picture.convert("RGB"), (SIDE, SIDE), Image.Resampling.BILINEAR)
    strip.paste(small, (corner[0] + (SIDE - small.width) // 2, corner[1] + (SIDE - small.height) // 2))
    if tile.right:
        pen.rectangle(
            (corner[0] - 4, corner[1] - 4, corner[0] + SIDE + 3, corner[1] + SIDE + 3), outline=RIGHT, width=4
        )
    _write(pen, (corner[0], corner[1] + SIDE + 4), tile.words, SIDE)


def _write(pen: ImageDraw.ImageDraw, place: tuple[int, int], words: str, width: int, size: int = 13) -> None:
    """One line, cut where it would leave the tile."""
    font = ImageFont.load_default(size)
    while words and pen.textlength(words, font) > width:
        words = words[:-1]
    pen.text(place, words, INK, font)
