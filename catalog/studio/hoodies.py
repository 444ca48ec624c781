"""Cutting hoodies."""

from dataclasses import replace

from .figures import NECK
from .making import Making, mirrored, seam, stitch
from .outerwear import chest, front_zip, waistband
from .palette import darker, lighter
from .panels import Fold, Garment, Mark, Panel
from .shapes import both, box, chain, curve, disc, line
from .tops import Bodice, bodice, cuffs, sleeves, torso


def hoodie(m: Making) -> Garment:
    """A hoodie, pulled on or zipped."""
    b = replace(
        bodice(m, {"cropped": 745, "regular": 850, "long": 905}[m.cut["length"]]), neck=74, depth=54, point=False
    )
    b = replace(b, ease=b.ease + 16, drop=b.drop + 10)
    shape = (0.98, 70 + b.ease * 0.35, 46.0, 8.0)
    body = torso(m, b, marks=chest(m, 500))
    parts = [body, *sleeves(m, b, *shape), *cuffs(m, b, shape, 44, m.trim), waistband(m, b, 46, m.trim)]
    if not m.back:
        parts += _kangaroo(m) if m.cut["pocket"] == "kangaroo" else []
        if m.cut["closure"] == "zip":
            parts[0] = replace(body, marks=())
            parts += front_zip(m, NECK + b.depth + 10, b.hem, chest(m, 470, -82, 0.5))
        parts += _hood_front(m, b)
        return Garment(tuple(parts), (_hood(m), _lining(m)))
    return Garment((*parts, _hood_back(m)))


def _kangaroo(m: Making) -> list[Panel]:
    half = chain(
        line((0, 660), (78, 660)),
        curve((78, 660), (104, 706), (132, 742)),
        line((132, 742), (132, 800)),
        line((132, 800), (0, 800)),
    )
    marks = (
        *stitch(line((80, 666), (106, 706), (128, 742)), m.thread),
        *stitch(line((-80, 666), (-106, 706), (-128, 742)), m.thread),
        *stitch(line((-78, 666), (78, 666)), m.thread),
    )
    return [Panel(both(half), puff=22, loft=0.5, marks=marks, shadow=0.35)]


def _hood(m: Making) -> Panel:
    half = curve((0, 196), (70, 204), (112, 246), (128, 300), (112, 344), (60, 372), (0, 380))
    return Panel(both(half), puff=50, loft=0.9, marks=seam(line((0, 198), (0, 220)), 0.6))


def _lining(m: Making) -> Panel:
    half = curve((0, 226), (50, 234), (80, 268), (84, 306), (56, 348), (0, 372))
    return Panel(
        both(half),
        paint=darker(m.trim if m.cloth.print != "plain" else m.cloth.base, 0.45),
        puff=50,
        loft=0.4,
        shadow=0.2,
    )


def _hood_front(m: Making, b: Bodice) -> list[Panel]:
    """The hood's two sides meeting at the throat, and its cords."""
    edge = chain(
        curve((2, NECK + b.depth + 22), (40, NECK + 40), (66, NECK + 8), (84, NECK - 22)),
        curve((124, NECK + 6), (118, NECK + 42), (76, NECK + 78), (2, NECK + b.depth + 42)),
    )
    right = Panel(
        edge,
        puff=26,
        loft=0.8,
        marks=stitch(curve((8, NECK + b.depth + 27), (46, NECK + 48), (74, NECK + 14), (92, NECK - 14)), m.thread),
        shadow=0.4,
    )
    cord = lighter(m.cloth.base, 0.6) if m.cloth.print in ("plain", "logo") else m.cloth.accent
    cords = []
    for s, low in ((1, 500), (-1, 478)):
        run = curve((s * 22, NECK + b.depth + 16), (s * 30, NECK + 120), (s * 26, low))
        cords += [
            Mark(run + (3, 3), stroke="#000000", width=7, opacity=0.22),
            Mark(run, stroke=cord, width=6),
            Mark(box(s * 26 - 4, low - 4, s * 26 + 4, low + 18, 2), fill=m.metal),
        ]
        cords += [Mark(disc(s * 22, NECK + b.depth + 16, 6.5), fill=m.metal, stroke="#333333", width=1, closed=True)]
    return [right, replace(mirrored(right), marks=(*mirrored(right).marks, *cords))]


def _hood_back(m: Making) -> Panel:
    half = curve((0, NECK - 40), (74, NECK - 30), (112, NECK + 24), (92, NECK + 96), (0, NECK + 170))
    return Panel(
        both(half),
        puff=60,
        marks=seam(line((0, NECK - 36), (0, NECK + 166)), 0.6),
        folds=(Fold(curve((-80, NECK + 20), (0, NECK + 70), (80, NECK + 20)), 14, -7),),
    )
