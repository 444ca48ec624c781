"""Cutting skirts, and the lower half of dresses."""

from dataclasses import replace

import numpy as np

from .bottoms import TOP, band, inner_back
from .making import Making, button, emblem, hang, seam, stitch
from .panels import Fold, Garment, Mark, Panel, Points
from .shapes import both, chain, curve, line


def skirt(m: Making) -> Garment:
    """A skirt: A-line, pencil, pleated or tiered."""
    low = {"mini": 960.0, "knee": 1190.0, "midi": 1350.0, "maxi": 1560.0}[m.cut["length"]]
    panel = skirt_panel(m, m.cut["style"], TOP + 14, low, m.build.waist + 4)
    logo = emblem(-60, low - 90, 32, m) if m.cloth.print == "logo" else ()
    split = seam(line((50, low - 190), (52, low)), 2.0) if m.cut["style"] == "pencil" else ()
    line_of_buttons = (
        tuple(mk for y in range(int(TOP) + 60, int(low) - 20, 70) for mk in button(0, float(y), m.metal, 8))
        if m.cut.get("closure") == "buttons" and not m.back
        else ()
    )
    return Garment(
        (replace(panel, marks=(*panel.marks, *logo, *split, *line_of_buttons)), replace(band(m), marks=())),
        inner_back(m),
    )


def skirt_panel(m: Making, style: str, top: float, low: float, waist: float) -> Panel:
    """The cloth of a skirt from `top` to `low`, its folds as its style has them."""
    hip = m.build.hip + {"pencil": 6, "a-line": 22, "pleated": 26, "tiered": 30, "straight": 14}[style]
    drop = low - top
    wide = hip + drop * {"pencil": -0.03, "a-line": 0.19, "pleated": 0.2, "tiered": 0.24, "straight": 0.05}[style]
    hem_y = low - (4 if style == "pencil" else 14)
    rounded = top + min(185, drop * 0.55)
    edge = curve(
        (waist, top),
        (waist + (hip - waist) * 0.72, top + min(90, drop * 0.3)),
        (hip, rounded),
        ((hip + wide) / 2, (rounded + hem_y) / 2),
        (wide, hem_y),
    )
    half = chain(line((0, top + 4), (waist, top)), edge, curve((wide, hem_y), (wide * 0.5, low + 2), (0, low + 4)))
    depth = {"pencil": 2.0, "a-line": 7.0, "pleated": 0.0, "tiered": 6.0, "straight": 4.0}[style]
    folds = hang(-waist, waist, top + 40, low, m.seed + 61, 9, depth, wide / waist * 0.92)
    marks = stitch(curve((-wide + 4, hem_y - 12), (0, low - 10), (wide - 4, hem_y - 12)), m.thread)
    if style == "pleated":
        folds, marks = _pleats(waist, wide, top, low)
    if style == "tiered":
        more, lines = _tiers(edge, top, low, m.seed)
        folds, marks = (*folds, *more), (*marks, *lines)
    return Panel(both(half), origin=(0.0, top), folds=folds, puff=95, loft=0.6, marks=marks, shadow=0.5)


def _pleats(waist: float, wide: float, top: float, low: float) -> tuple[tuple[Fold, ...], tuple[Mark, ...]]:
    folds, marks = [], []
    for k in np.linspace(-0.94, 0.94, 17):
        run = curve(
            (waist * k, top + 4), ((waist + wide) / 2 * k * 1.04, (top + low) / 2), (wide * k, low - 2 - 12 * abs(k))
        )
        folds += [Fold(run + (7, 0), 9, 7.0), Fold(run - (7, 0), 6, -6.0)]
        marks += [Mark(run, stroke="#07080d", width=2.4, opacity=0.34)]
    return tuple(folds), tuple(marks)


def _tiers(edge: Points, top: float, low: float, seed: int) -> tuple[tuple[Fold, ...], tuple[Mark, ...]]:
    folds, marks = [], []
    rng = np.random.default_rng(seed)
    for share in (0.36, 0.68):
        y = top + (low - top) * share
        w = float(np.interp(y - 8, edge[:, 1], edge[:, 0])) - 1
        marks += [*seam(curve((-w, y - 8), (0, y + 4), (w, y - 8)), 1.5)]
        folds += [
            Fold(
                curve((x, y + 2), (x * 1.03 + rng.uniform(-5, 5), y + 45), (x * 1.06, y + rng.uniform(70, 120))),
                8,
                6.0 if k % 2 else -6.0,
            )
            for k, x in enumerate(np.arange(-w + 14, w - 8, 17))
        ]
    return tuple(folds), tuple(marks)
