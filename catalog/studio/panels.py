"""What a garment is made of: panels of cloth, the folds pressed into them and the marks sewn on them.

Lengths are body units: a standing figure is about 1,700 units tall, x = 0 is its middle, y grows downwards from
the crown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (N, 2)
Warp = Callable[[Points], Points]

CLOTH = "cloth"  # the paint of a panel cut from the product's printed cloth
BARE = "none"  # the paint of a panel that carries marks only


@dataclass(frozen=True, slots=True)
class Fold:
    """A ridge (depth > 0) or valley (depth < 0) along a line; `width` in units, tapering to both ends."""

    line: Points
    width: float
    depth: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn on a panel: a seam, a stitch, a button. `fill` or `stroke` or both; `dash` in units."""

    line: Points
    fill: str | None = None
    stroke: str | None = None
    width: float = 2.0
    opacity: float = 1.0
    dash: tuple[float, float] | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One piece of cloth (or skin, sole, metal).

    `paint` is CLOTH or a colour; `grain` turns the print (radians) about `origin`; `puff` is how far from its edge the
    piece goes on rounding (units), `loft` how strongly; `gloss` 0..1; `weave` how much of the cloth's texture shows,
    0..1; `shadow` how dark it falls on what lies below.
    """

    outline: Points
    paint: str = CLOTH
    grain: float = 0.0
    origin: tuple[float, float] = (0.0, 288.0)
    puff: float = 70.0
    loft: float = 1.0
    folds: tuple[Fold, ...] = ()
    marks: tuple[Mark, ...] = ()
    gloss: float = 0.0
    weave: float = 1.0
    shadow: float = 0.45
    form: Points | None = (
        None  # what is inflated, if larger than the outline: cloth sewn to a neighbour does not round there
    )


@dataclass(frozen=True, slots=True)
class Garment:
    """The panels of one thing, bottom to top; `under` lie behind the wearer (an inner back neck, a hood, a brim)."""

    panels: tuple[Panel, ...]
    under: tuple[Panel, ...] = ()

    @property
    def all(self) -> tuple[Panel, ...]:
        return self.under + self.panels


def warped(panel: Panel, warp: Warp) -> Panel:
    """The panel with every line of it bent by `warp`."""
    origin = warp(np.array([panel.origin]))[0]
    return replace(
        panel,
        outline=warp(panel.outline),
        form=None if panel.form is None else warp(panel.form),
        origin=(float(origin[0]), float(origin[1])),
        folds=tuple(replace(fold, line=warp(fold.line)) for fold in panel.folds),
        marks=tuple(replace(mark, line=warp(mark.line)) for mark in panel.marks),
    )


def bent(garment: Garment, warp: Warp) -> Garment:
    """The garment with every panel bent by `warp`."""
    return Garment(tuple(warped(p, warp) for p in garment.panels), tuple(warped(p, warp) for p in garment.under))
