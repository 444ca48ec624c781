"""Cutting jackets, and what coats and hoodies share with them."""

from dataclasses import replace

import numpy as np

from .figures import NECK, WAIST
from .making import Making, button, emblem, mirrored, ribs, seam, stitch, zipper
from .palette import darker
from .panels import CLOTH, Fold, Garment, Mark, Panel
from .shapes import both, box, chain, curve, line, mirror
from .tops import Bodice, bodice, collar_band, cuffs, hem, inside_back, side, sleeves, torso


def chest(m: Making, y: float, x: float = 0.0, size: float = 1.0) -> tuple[Mark, ...]:
    if m.cloth.print != "logo" or (m.back and x):
        return ()
    return emblem(x, y, (52.0, 66.0, 42.0)[m.cloth.seed % 3] * size, m)


def front_zip(m: Making, top: float, bottom: float, marks: tuple[Mark, ...] = ()) -> list[Panel]:
    edge = box(-11, top, 11, bottom)
    return [
        Panel(
            edge,
            paint=darker(m.cloth.base, 0.1),
            puff=10,
            loft=0.4,
            marks=(*zipper(line((0, top), (0, bottom)), m.metal), *marks),
            shadow=0.2,
        )
    ]


def waistband(m: Making, b: Bodice, depth: float, paint: str) -> Panel:
    """A ribbed band at the hem."""
    right = hem(m, b)[::-1]
    top = chain(mirror(right), right) * (0.985, 1.0) - (0, depth)
    low = chain(mirror(right), right) * (0.955, 1.0) + (0, 4)
    return Panel(chain(top, low[::-1]), paint=paint, puff=26, loft=0.8, marks=ribs(top, low, 58), shadow=0.25)


def jacket(m: Making) -> Garment:
    """A jacket: blazer, bomber, denim or quilted."""
    return {"blazer": _blazer, "bomber": _bomber, "trucker": _trucker, "quilted": _quilted}[m.cut["style"]](m)


def shell(m: Making, hem_at: float, ease: float, **more: float) -> Bodice:
    b = bodice(m, hem_at, **more)
    return replace(b, neck=66, depth=46, point=False, ease=b.ease + ease, drop=b.drop * 0.6)


def _blazer(m: Making) -> Garment:
    b = shell(m, 905, 10, nip=10.0, dip=10)
    shape = (0.97, 64 + b.ease * 0.3, 46.0)
    marks = (
        *seam(curve((96, 470), (88, WAIST), (104, 880)), 0.5),
        *seam(curve((-96, 470), (-88, WAIST), (-104, 880)), 0.5),
    )
    body = torso(m, b, marks=marks if not m.back else (*marks, *seam(line((0, 320), (0, 900)), 0.6)))
    arms = sleeves(m, b, *shape)
    if m.back:
        return Garment((body, *arms, *back_collar(m)))
    low = 600.0 if m.cut["closure"] == "one button" else 560.0
    flaps = [Panel(box(s * 128 - 44, 726, s * 128 + 44, 758, 5), puff=10, loft=0.5, shadow=0.4) for s in (-1, 1)]
    welt = Panel(np.array([(62, 470), (124, 460), (125, 474), (63, 484.0)]), puff=6, loft=0.4)
    return Garment(
        (
            body,
            *arms,
            *flaps,
            welt,
            *_front_edge(m, b, low, 1 if low == 600 else 2, 92),
            *between_lapels(m, low),
            *lapels(m, low, 1.0),
        ),
        inside_back(m, b),
    )


def between_lapels(m: Making, low: float) -> tuple[Panel, ...]:
    """What shows between the lapels: the lining in the picture, the wearer's plain tee on a figure."""
    half = chain(line((0, NECK + 10), (58, NECK - 8)), curve((58, NECK - 8), (46, 400), (2, low)))
    return (Panel(both(half), paint="#efeae0" if m.worn else m.inside, puff=40, loft=0.3, weave=0.4, shadow=0.0),)


def lapels(m: Making, low: float, size: float, paint: str = CLOTH) -> tuple[Panel, ...]:
    """Notched lapels meeting at `low`, and the collar above them."""
    w = 104 * size
    lapel = chain(
        curve((0, low), (42, 410), (60, NECK + 12)),
        line((60, NECK + 12), (w, NECK + 92)),
        line((w, NECK + 92), (w + 14, NECK + 118)),
        curve((w + 14, NECK + 118), (72, 500), (0, low)),
    )
    collar = chain(
        curve((54, NECK + 26), (56, NECK), (50, NECK - 24)),
        curve((66, NECK - 24), (96, NECK + 14), (w + 16, NECK + 66)),
        line((w + 16, NECK + 66), (w - 4, NECK + 92), (54, NECK + 40)),
    )
    right = (
        Panel(lapel, paint=paint, puff=20, loft=0.6, grain=0.2, shadow=0.5),
        Panel(collar, paint=paint, puff=16, loft=0.6, grain=-0.5, shadow=0.45),
    )
    return (*(mirrored(p) for p in right), *right)


def _front_edge(m: Making, b: Bodice, low: float, count: int, gap: float) -> tuple[Panel, ...]:
    """The front closing over: an edge in light and shade with its buttons."""
    edge = curve((6, low - 6), (10, 700), (4, b.hem - 30), (-14, b.hem + 6))
    bead = darker(m.cloth.base, 0.5)
    marks = list(seam(edge, 1.2))
    for k in range(count):
        marks += button(-10, low + 14 + k * gap, bead, 10)
    strip = chain(edge, (edge - (5, 0))[::-1])
    return (Panel(strip, puff=6, loft=0.3, marks=tuple(marks), shadow=0.3),)


def back_collar(m: Making) -> tuple[Panel, ...]:
    fall = chain(
        curve((-58, NECK - 24), (0, NECK - 32), (58, NECK - 24)),
        curve((98, NECK + 20), (0, NECK + 44), (-98, NECK + 20)),
    )
    return (Panel(fall, puff=22, loft=0.7),)


def _bomber(m: Making) -> Garment:
    b = shell(m, 800, 22)
    shape = (0.97, 72 + b.ease * 0.3, 46.0, 10.0)
    body = torso(m, b, gloss=0.12, marks=chest(m, 490) if m.back else ())
    parts = [
        body,
        *(replace(s, gloss=0.12) for s in sleeves(m, b, *shape)),
        *cuffs(m, b, shape, 40, m.trim),
        waistband(m, b, 48, m.trim),
    ]
    if not m.back:
        welts = tuple(
            Mark(line((s * 92, 640), (s * 138, 720)), stroke=darker(m.cloth.base, 0.5), width=7) for s in (-1, 1)
        )
        parts += front_zip(m, NECK + b.depth + 6, b.hem + 6, (*welts, *chest(m, 480, -80, 0.5)))
    return Garment((*parts, collar_band(m, b, 30, m.trim)), inside_back(m, b))


def _trucker(m: Making) -> Garment:
    b = shell(m, 790, 12)
    gold = "#c98d3f" if m.cut.get("thread", "gold") == "gold" else m.thread
    shape = (0.97, 64 + b.ease * 0.3, 46.0)
    cut = [*seam(line((-200, 420), (200, 420)), 1.0), *stitch(line((-198, 428), (198, 428)), gold)]
    for s in (-1, 1):
        run = curve((s * 70, 428), (s * 62, 600), (s * 40, 770))
        cut += [*seam(run, 1.0), *stitch(run + (s * 6, 0), gold), *stitch(run - (s * 6, 0), gold)]
    body = torso(m, b, marks=tuple(cut))
    ends = cuffs(m, b, shape, 38, CLOTH, ribbed=False)
    low = replace(waistband(m, b, 40, CLOTH), marks=stitch(line((-170, 756), (170, 756)), gold))
    parts = [body, *sleeves(m, b, *shape), *ends, low]
    if m.back:
        return Garment((*parts, *back_collar(m)))
    for s in (-1, 1):
        flap = np.array([(s * 62, 424), (s * 142, 424), (s * 142, 452), (s * 102, 474), (s * 62, 452.0)])
        parts.append(
            Panel(
                flap,
                puff=9,
                loft=0.5,
                marks=(*stitch(flap * (0.96, 1) + (s * 4, -5), gold), *button(s * 102, 458, m.metal, 7)),
                shadow=0.4,
            )
        )
    marks: list[Mark] = [*stitch(line((-13, 360), (-13, 786)), gold), *stitch(line((13, 360), (13, 786)), gold)]
    for y in range(376, 790, 80):
        marks += button(0, float(y), m.metal, 8.5)
    parts.append(Panel(box(-18, NECK + 44, 18, b.hem + 6), puff=12, loft=0.4, marks=tuple(marks), shadow=0.35))
    return Garment((*parts, *_wide_collar(m, gold)), inside_back(m, b))


def _wide_collar(m: Making, thread: str, paint: str = CLOTH) -> tuple[Panel, ...]:
    edge = chain(
        curve((2, NECK + 50), (40, NECK + 22), (58, NECK - 24)),
        curve((66, NECK - 22), (100, NECK + 10), (120, NECK + 56)),
        line((120, NECK + 56), (62, NECK + 96), (2, NECK + 50)),
    )
    right = Panel(
        edge,
        paint=paint,
        puff=18,
        loft=0.6,
        grain=-0.4,
        marks=stitch(line((112, NECK + 54), (62, NECK + 88), (12, NECK + 52)), thread),
        shadow=0.45,
    )
    return (right, mirrored(right))


def _quilted(m: Making) -> Garment:
    b = shell(m, 830, 30)
    shape = (0.97, 84.0, 58.0)
    rows = tuple(y for y in range(370, 830, 66))
    wide = float(side(m, b)[:, 0].max()) + 8
    valleys = tuple(Fold(line((-wide, y), (0, y + 6), (wide, y)), 9, -15) for y in rows)
    marks = tuple(
        Mark(curve((-wide + 6, y), (0, y + 6), (wide - 6, y)), stroke="#07080c", width=2, opacity=0.35) for y in rows
    )
    body = replace(torso(m, b, gloss=0.22, marks=marks), folds=valleys, puff=70)
    arms = [_rings(s, m, shape) for s in sleeves(m, b, *shape)]
    front = [] if m.back else front_zip(m, NECK + 20, b.hem + 4, chest(m, 500, -88, 0.45))
    collar = chain(
        curve((-84, NECK + 40), (-78, NECK - 30), (0, NECK - 20), (78, NECK - 30), (84, NECK + 40)),
        curve((84, NECK + 40), (0, NECK + 74), (-84, NECK + 40)),
    )
    band = Panel(
        collar, puff=30, gloss=0.15, marks=() if m.back else zipper(line((0, NECK - 14), (0, NECK + 66)), m.metal)
    )
    return Garment((body, *arms, *cuffs(m, b, shape, 20, m.trim), *front, band))


def _rings(s: Panel, m: Making, shape: tuple[float, ...]) -> Panel:
    """Quilting rounds across a sleeve."""
    x, y = s.origin
    c, d = np.cos(s.grain), np.sin(s.grain)
    rounds = [
        np.array([(x - d * r - c * 110, y + c * r - d * 110), (x - d * r + c * 110, y + c * r + d * 110)])
        for r in range(80, 520, 66)
    ]
    return replace(s, folds=tuple(Fold(line(*map(tuple, r)), 9, -15) for r in rounds), gloss=0.22)
