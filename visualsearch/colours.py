"""Names of colours, and how far a picture's colours are from one. Cautious: an unknown name fits every picture.

The references are sRGB; a name that many shades bear has several. English and Vietnamese; a name of several words is
known by each of its words, so that "blue/white" fits a picture of either.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE = {
    "black": "0c0c0c 2b2b2e", "white": "ffffff f2f0ea dcdcdc", "grey": "4a4c50 808488 b4b7ba d8d8d8",
    "silver": "a8aaad d0d0d0",
    "red": "8c1a1f c4262e e0483e", "pink": "f3c1cc e58fa6 d4547e", "orange": "e07a2c f2a05a c75a1e",
    "yellow": "f3dc74 e8c02e c99a1c", "gold": "d9b04a b8893a", "green": "2a5138 4f8a52 9cbd92 6d7434 8fcf6a",
    "blue": "1d2c50 2f55a8 5c8bc8 a9cbe6 466a92", "purple": "4a2a55 7a4f96 b39ccb", "violet": "4a2a55 7a4f96 b39ccb",
    "brown": "46301f 7a5136 a9794f", "beige": "e6d9bd cdb994 f0e8d6", "turquoise": "2fa5a5 79cfc6",
}  # fmt: skip
NARROW = {
    "ivory": "f4eedc", "cream": "f2e8cd", "ecru": "e3d7bd", "chalk": "f0ece2", "oat": "d8c8a8", "sand": "cfb88d",
    "stone": "b5ad9e", "taupe": "8f8073", "khaki": "8c8458 b5a77a", "camel": "bb8d58", "tan": "c49a6c",
    "cognac": "93522a",
    "tobacco": "83583a", "chestnut": "6c402c", "chocolate": "46291e", "cocoa": "4c3329", "rust": "b0522c",
    "terracotta": "c56b4c", "clay": "a9654f", "coral": "ec7a66", "salmon": "f09a86", "peach": "f0bb92",
    "apricot": "e69f60",
    "tangerine": "e0742f", "mustard": "cda033", "saffron": "e4b33b", "butter": "f0de96", "lemon": "f3e26a",
    "lime": "b6c653 9fd040", "olive": "6b6b38", "moss": "586a3c", "sage": "9cad8e", "mint": "b4d8c0", "fern": "507d4c",
    "forest": "264b39", "emerald": "1f8a5a", "jade": "3d8f77", "bottle": "1c3d34", "teal": "1f6d72", "petrol": "1d4c5d",
    "aqua": "6fcfd0", "sky": "94c1de", "powder": "bccddd", "denim": "48668c", "indigo": "24315a", "navy": "1b2747",
    "midnight": "18243c", "ink": "1f2a46", "cobalt": "2b4fa6", "royal": "2a4fb0", "cornflower": "5e86c8",
    "slate": "65788b",
    "lavender": "9a95c8 c5bfe0", "lilac": "bba9d2", "mauve": "9d7a95", "plum": "5c3151", "aubergine": "3d2540",
    "fuchsia": "bb3573", "magenta": "b3246f", "rose": "ca8089 e3a9ae", "blush": "e6bcb4", "burgundy": "6b1f2f",
    "wine": "6a2233", "cherry": "a6222f", "paprika": "c5412f", "charcoal": "3c4046", "graphite": "5b6066",
    "anthracite": "383c41", "ash": "a7a8a6 7f858a", "fog": "ced2d1",
}  # fmt: skip
SAME = {"gray": "grey", "off-white": "white"}
VIETNAMESE = {
    "đen": "black", "trắng": "white", "xám": "grey", "đỏ": "red", "hồng": "pink", "cam": "orange", "vàng": "yellow",
    "nâu": "brown", "be": "beige", "kem": "cream", "tím": "purple", "xanh lá": "green", "xanh lục": "green",
    "xanh dương": "blue", "xanh lam": "blue", "xanh navy": "navy", "rêu": "moss", "bạc": "silver",
}  # fmt: skip
SHARE = 0.1  # of the cloth that a colour must have to count
LIGHTNESS = 0.5  # what a difference in lightness counts for: folds and lamps make it, dye does not

Lab = tuple[float, float, float]


def references(name: str) -> list[Lab]:
    """What the colour called so may look like; nothing if nobody here knows the name."""
    text = name.lower()
    found = [known for phrase, known in VIETNAMESE.items() if " " in phrase and phrase in text]
    if "xanh" in text.split() and not found:
        found = ["green", "blue"]  # the word stands for both
    words = re.findall(r"[^\W\d_]+", text)
    found += [VIETNAMESE.get(word, SAME.get(word, word)) for word in words]
    return [point for one in found for point in _points(one)]


def distance(name: str, colours: list[list[float]]) -> float | None:
    """How far the nearest of a picture's colours (`measures.colours`) is from the name; None for an unknown name."""
    known = references(name)
    seen = [colour[:3] for colour in colours if colour[3] >= SHARE]
    return min((apart(one, other) for one in known for other in seen), default=None)


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    """Between two colours (CIELAB); lightness counts for less."""
    lightness, a, b = (x - y for x, y in zip(one, other, strict=True))
    return float(((LIGHTNESS * lightness) ** 2 + a**2 + b**2) ** 0.5)


@cache
def _points(name: str) -> tuple[Lab, ...]:
    return tuple(_lab(code) for code in (WIDE.get(name) or NARROW.get(name) or "").split())


def _lab(code: str) -> Lab:
    """sRGB in hexadecimal as CIELAB."""
    red, green, blue = (_linear(int(code[i : i + 2], 16) / 255) for i in (0, 2, 4))
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def as_hex(colour: Sequence[float]) -> str:
    """CIELAB as `#rrggbb`, to show it; what no screen can show is brought to what one can."""
    lightness, a, b = colour[:3]
    fy = (lightness + 16) / 116
    x, y, z = (v**3 if v**3 > 0.008856 else (v - 16 / 116) / 7.787 for v in (fy + a / 500, fy, fy - b / 200))
    x, z = x * 0.9505, z * 1.089
    linear = (
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    )
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, _gamma(v)))):02x}" for v in linear)


def _gamma(share: float) -> float:
    return 12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055
