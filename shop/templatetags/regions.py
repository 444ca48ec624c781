"""Boxes and names of the things found in a photo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import gettext, gettext_noop

register = template.Library()

DOT = 0.028  # of a picture's longer side: 24 px across on a phone

# What the detectors call things, so that translators meet the words. A class that is not here is shown as it is.
NAMES = {
    label: name
    for name, labels in {
        gettext_noop("Hat"): ["hat", "head", "headwear"],
        gettext_noop("Jacket"): ["jacket", "outer"],
        gettext_noop("Top"): ["upper", "top", "vest", "shirt"],  # the detector calls every top a shirt
        gettext_noop("T-shirt"): ["t-shirt", "tshirt"],
        gettext_noop("Coat"): ["coat"],
        gettext_noop("Bottoms"): ["lower", "bottom"],
        gettext_noop("Trousers"): ["pants", "trousers", "jeans"],
        gettext_noop("Shorts"): ["shorts"],
        gettext_noop("Skirt"): ["skirt"],
        gettext_noop("Dress"): ["dress", "full"],
        gettext_noop("Bag"): ["bag"],
        gettext_noop("Shoes"): ["shoe", "shoes", "feet", "footwear", "boots"],
        gettext_noop("Sunglasses"): ["sunglass", "sunglasses"],
        gettext_noop("Whole photo"): ["whole"],
    }.items()
    for label in labels
}

# What things worn at a position, and whole pictures, are called together.
SHELVES = {
    "upper": gettext_noop("Tops and jackets"),
    "lower": gettext_noop("Trousers and skirts"),
    "full": gettext_noop("Dresses"),
    "feet": gettext_noop("Shoes"),
    "bag": gettext_noop("Bags"),
    "head": gettext_noop("Hats"),
    "whole": gettext_noop("Everything"),
}

# What `visualsearch.ml.hues` calls colours; it knows nothing of languages.
HUES = (
    *(gettext_noop("black"), gettext_noop("white"), gettext_noop("grey"), gettext_noop("beige"), gettext_noop("brown")),
    *(gettext_noop("red"), gettext_noop("pink"), gettext_noop("orange"), gettext_noop("yellow"), gettext_noop("green")),
    *(gettext_noop("blue"), gettext_noop("navy"), gettext_noop("purple")),
)


@register.filter
def percent(fraction: float) -> str:
    """0.1234 as 12.34%: a length in an SVG, the same in every language."""
    return f"{fraction * 100:.2f}%"


@register.filter
def width(box: Any) -> float:
    """A box's width, in fractions of its photo."""
    return float(box.x2 - box.x1)


@register.filter
def height(box: Any) -> float:
    """A box's height, in fractions of its photo."""
    return float(box.y2 - box.y1)


@register.filter
def garment(item: Any) -> str:
    """What to call a found item: its label, else its position, in the page's language."""
    word = item.label or item.position
    own = getattr(item, "own", False) and not hasattr(item, "image")  # on a product's picture it is the product's own
    if own and word in ("", "whole"):
        return gettext("Your selection")
    name = gettext(NAMES.get(word.lower(), word.capitalize()))
    return gettext("{garment}, your selection").format(garment=name) if own else name


@register.filter
def shelf(position: str) -> str:
    """What an item of this position is looked for among."""
    return gettext(SHELVES[position])


@register.filter
def smallest_last(items: Iterable[Any]) -> list[Any]:
    """Items in the order to draw them, so that a bag in front of a coat can still be tapped."""
    return sorted(items, key=lambda item: -item.box.area)


@register.filter
def crop(item: Any, photo: Any) -> str:
    """The item's square in pixels of its photo, as an SVG's viewBox; the SVG shows the photo through it."""
    left, top, right, bottom = item.box.pixels(photo.width, photo.height)
    side = max(right - left, bottom - top)
    x, y = (left + right - side) / 2, (top + bottom - side) / 2
    return f"{x:.0f} {y:.0f} {side} {side}"


@register.filter
def mark(piece: Any) -> dict[str, int]:
    """Where a piece's frame and its dot lie on its picture, in the picture's pixels; the dot is as large as a thumb."""
    image, (x1, y1, x2, y2) = piece.image, piece.box.pixels(piece.image.width, piece.image.height)
    radius = round(DOT * max(image.width, image.height))
    middle = {"cx": (x1 + x2) // 2, "cy": (y1 + y2) // 2, "radius": radius, "eye": radius // 3}
    return middle | {"x": x1, "y": y1, "width": x2 - x1, "height": y2 - y1}


@register.filter
def likeness(score: float) -> int:
    """A cosine as a whole number of hundredths, 0 at least."""
    return max(0, round(score * 100))


@register.filter
def place(position: str) -> str:
    """Where something is worn, in the page's language."""
    return gettext(NAMES.get(position, position.capitalize()))


@register.filter
def spoken(word: str) -> str:
    """An attribute's kind or word in the page's language, with a capital."""
    said = gettext(word)
    return said[:1].upper() + said[1:]
