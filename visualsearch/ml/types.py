"""The three nouns every part of the visual search speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WHOLE = "whole"
POSITIONS = ("upper", "lower", "full", "feet", "bag", "head")
NOWHERE = ""  # of a detector's class that the shop has no shelf for; what is found of it is dropped


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions of the upright picture: 0 <= x1 < x2 <= 1, the same for y, origin at the top left."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def area(self) -> float:
        """Share of the picture that the box covers, 0 to 1."""
        return max(0.0, self.x2 - self.x1) * max(0.0, self.y2 - self.y1)

    def overlap(self, other: Box) -> float:
        """Intersection over union with another box of the same picture, 0 to 1."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        shared = max(0.0, width) * max(0.0, height)
        return shared / (self.area + other.area - shared)

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """The box in whole pixels of a picture of that size, at least one pixel in each direction."""
        left, top = int(self.x1 * width), int(self.y1 * height)
        return left, top, max(left + 1, round(self.x2 * width)), max(top + 1, round(self.y2 * height))

    def as_list(self) -> list[float]:
        """[x1, y1, x2, y2], as the API and the truth files spell it."""
        return [self.x1, self.y1, self.x2, self.y2]


FULL_FRAME = Box(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Detection:
    """A garment that the detector found: its class, the position that class is worn at, and how sure it is (0 to 1)."""

    label: str
    position: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture with its embedding (D,), float32, unit length. Position `whole` is the picture itself."""

    label: str
    position: str
    score: float
    box: Box
    embedding: NDArray[np.float32]
