"""Which of the things in a photo it is about: the largest, most central, most certain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visualsearch.ml.types import Box

AT_THE_EDGE = 0.5  # what a thing in a corner counts for beside the same one in the middle


class Found(Protocol):
    """A detection, a region, an item: all that lies somewhere and is more or less certain."""

    @property
    def score(self) -> float: ...

    @property
    def box(self) -> Box: ...


Thing = TypeVar("Thing", bound=Found)


def prominence(thing: Found) -> float:
    """How much a photo is about it, 0 to 1: the side it fills, times how central it lies, times how certain it is.

    A side, not an area: a coat is not a hundred times as wanted as the bag beside it, only larger.
    """
    box = thing.box
    away = math.hypot((box.x1 + box.x2) / 2 - 0.5, (box.y1 + box.y2) / 2 - 0.5) / math.hypot(0.5, 0.5)
    return math.sqrt(box.area) * (1 - AT_THE_EDGE * away) * thing.score


def main_of(things: Iterable[Thing]) -> Thing | None:
    """The most prominent; of equals the first, which is the surest. None of nothing."""
    return max(things, key=prominence, default=None)
