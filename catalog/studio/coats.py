"""Cutting coats."""

from dataclasses import replace

import numpy as np

from .figures import WAIST
from .making import Making, button, seam, stitch
from .outerwear import back_collar, between_lapels, lapels, shell
from .palette import darker
from .panels import CLOTH, Garment, Mark, Panel
from .shapes import box, chain, curve, line
from .tops import Bodice, cuffs, inside_back, sleeves, torso


def coat(m: Making) -> Garment:
    """A coat, below the knee or above it, single or double breasted, with or without a belt."""
    low = {"short": 1060.0, "knee": 1230.0, "midi": 1400.0}[m.cut["length"]]
    b = shell(m, low, 16, flare=26.0 + (low - 1000) * 0.06, dip=8)
    shape = (0.98, 68 + b.ease * 0.3, 52.0)
    double = m.cut["closure"] == "double breasted"
    body = torso(m, b, marks=seam(line((0, 320 if m.back else 620), (0, low)), 0.5 if m.back else 0.0))
    parts = [body, *sleeves(m, b, *shape), *cuffs(m, b, shape, 34, CLOTH, ribbed=False)]
    notch = 520.0 if double else 580.0
    if not m.back:
        flaps = (
            [Panel(box(s * 138 - 50, 800, s * 138 + 50, 838, 5), puff=10, loft=0.5, shadow=0.45) for s in (-1, 1)]
            if m.cut["pocket"] == "flap"
            else [
                Panel(
                    np.array([(s * 112, 760), (s * 132, 756), (s * 164, 868), (s * 144, 874.0)]),
                    puff=7,
                    loft=0.5,
                    shadow=0.45,
                )
                for s in (-1, 1)
            ]
        )
        parts += [*flaps, *_coat_front(m, low, notch, double), *between_lapels(m, notch), *lapels(m, notch, 1.16)]
    else:
        parts += [*back_collar(m)]
    if m.cut.get("belt") == "belt":
        parts += _belt(m, b)
    return Garment(tuple(parts), () if m.back else inside_back(m, b))


def _coat_front(m: Making, low: float, notch: float, double: bool) -> list[Panel]:
    x = 52.0 if double else 8.0
    edge = curve((x * 0.7, notch - 4), (x, notch + 60), (x, 900), (x + 2, low + 2))
    bead = darker(m.cloth.base, 0.55)
    marks = list(seam(edge, 1.3))
    for y in range(int(notch) + 36, 900, 104):
        for bx in (-38.0, 34.0) if double else (-12.0,):
            marks += button(bx, float(y), bead, 11.5)
    return [Panel(chain(edge, (edge - (6, 0))[::-1]), puff=7, loft=0.3, marks=tuple(marks), shadow=0.35)]


def _belt(m: Making, b: Bodice) -> list[Panel]:
    w = m.build.waist + b.ease * 1.25 + 14
    strap = chain(
        curve((-w, WAIST - 18), (0, WAIST - 10), (w, WAIST - 18)),
        curve((w, WAIST + 20), (0, WAIST + 28), (-w, WAIST + 20)),
    )
    band = Panel(
        strap,
        puff=14,
        loft=0.8,
        marks=stitch(curve((-w + 8, WAIST - 11), (0, WAIST - 3), (w - 8, WAIST - 11)), m.thread),
        shadow=0.5,
    )
    if m.back:
        return [band]
    buckle = Mark(box(-22, WAIST - 16, 22, WAIST + 34, 6), stroke=darker(m.cloth.base, 0.6), width=8, closed=True)
    end = Panel(
        np.array([(10, WAIST - 8), (40, WAIST - 8), (66, WAIST + 150), (34, WAIST + 156.0)]), puff=12, shadow=0.45
    )
    return [end, replace(band, marks=(*band.marks, buckle))]
