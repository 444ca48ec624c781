"""Making hats, in the place where a head wears them: the crown of the head at y = 0, temples at x = +-80."""

import numpy as np

from .making import Making, button, emblem, ribs, seam, stitch
from .palette import darker
from .panels import CLOTH, Fold, Garment, Mark, Panel, bent
from .shapes import chain, curve, disc, flip, line, loop


def hat(m: Making) -> Garment:
    """A hat by its style, sitting as high on the forehead as its brim asks."""
    style = m.cut["style"]
    made = {"cap": _cap, "beanie": _beanie, "bucket": _bucket, "fedora": _fedora, "sun hat": _sun_hat, "beret": _beret}[
        style
    ](m)
    lift = {"cap": -26.0, "bucket": -44.0, "sun hat": -26.0, "fedora": -16.0, "beanie": -18.0, "beret": -12.0}[style]
    return bent(made, lambda points: points + (0, lift))


def _cap(m: Making) -> Garment:
    half = curve((0, -40), (46, -34), (84, 4), (95, 60), (92, 78))
    crown = chain(half, curve((92, 78), (0, 62), (-92, 78)), flip(half)[::-1])
    lines = [mk for s in (-1, 1) for mk in seam(curve((0, -40), (s * 34, -8), (s * 44, 66)), 1.0)] + [
        mk for s in (-1, 1) for mk in stitch(curve((s * 4, -38), (s * 39, -8), (s * 49, 66)), m.thread, 1.2)
    ]
    holes = [Mark(disc(s * 62, 14, 3), fill=darker(m.cloth.base, 0.6)) for s in (-1, 1)]
    front = () if m.back else emblem(0, 20, 22, m) if m.cloth.print == "logo" else ()
    top = Panel(
        crown, origin=(0.0, -40.0), puff=58, loft=0.9, marks=(*lines, *holes, *front, *button(0, -38, m.trim, 6))
    )
    if m.back:
        gap = Panel(
            chain(curve((-34, 72), (0, 34), (34, 72)), curve((34, 72), (0, 70), (-34, 72))),
            paint=m.inside,
            puff=10,
            loft=0.3,
        )
        return Garment((top, gap))
    visor = chain(
        curve((-93, 72), (-50, 56), (0, 52), (50, 56), (93, 72)),
        curve((93, 72), (104, 96), (66, 118), (0, 126), (-66, 118), (-104, 96), (-93, 72)),
    )
    paint = m.trim if m.cut.get("trim") == "contrast" else CLOTH
    rows = tuple(
        mk for k in (10, 19, 28) for mk in stitch(curve((-88, 70 + k), (0, 88 + k * 1.1), (88, 70 + k)), m.thread, 1.2)
    )
    return Garment((top, Panel(visor, paint=paint, origin=(0.0, -40.0), puff=26, loft=0.9, marks=rows, shadow=0.5)))


def _beanie(m: Making) -> Garment:
    half = curve((0, -62), (52, -50), (88, 0), (97, 62), (96, 84))
    crown = chain(half, line((96, 84), (-96, 84)), flip(half)[::-1])
    knit = tuple(
        Fold(curve((x * 0.3, -58), (x * 0.95, 0), (x, 80)), 4, 3.2 if k % 2 else -3.2)
        for k, x in enumerate(np.linspace(-90, 90, 23))
    )
    top = Panel(crown, origin=(0.0, -60.0), puff=60, loft=0.85, folds=knit)
    edge, low = curve((-99, 36), (0, 44), (99, 36)), curve((98, 92), (0, 104), (-98, 92))
    paint = m.trim if m.cut.get("trim") == "contrast" else CLOTH
    mark = emblem(0, 70, 20, m) if m.cloth.print == "logo" and not m.back else ()
    band = Panel(
        chain(edge, low),
        paint=paint,
        origin=(0.0, -60.0),
        puff=24,
        loft=0.9,
        marks=(*ribs(edge, low[::-1], 34, 0.45), *mark),
        shadow=0.5,
    )
    a = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    r = 33 + 4 * np.sin(a * 13)
    pom = (
        (Panel(np.stack([r * np.cos(a), -78 + r * np.sin(a)], 1), paint=m.cloth.accent, puff=28, loft=1.0),)
        if m.cut.get("top") == "pompom"
        else ()
    )
    return Garment((*pom, top, band))


def _bucket(m: Making) -> Garment:
    half = chain(curve((0, -36), (50, -34), (74, -24)), curve((74, -24), (84, 20), (92, 60)))
    crown = chain(half, curve((92, 60), (0, 72), (-92, 60)), flip(half)[::-1])
    brim = chain(
        curve((-91, 54), (0, 68), (91, 54)),
        curve((91, 54), (118, 92), (132, 122)),
        curve((132, 122), (70, 142), (0, 146), (-70, 142), (-132, 122)),
        curve((-132, 122), (-118, 92), (-91, 54)),
    )
    rows = tuple(
        mk
        for t in (0.25, 0.5, 0.75, 0.93)
        for mk in stitch(
            curve((-91 - 40 * t, 54 + 66 * t), (0, 68 + 77 * t), (91 + 40 * t, 54 + 66 * t)), m.thread, 1.2
        )
    )
    marks = (
        *seam(curve((-74, -22), (0, -12), (74, -22)), 0.9),
        *(emblem(0, 22, 22, m) if m.cloth.print == "logo" and not m.back else ()),
    )
    return Garment(
        (
            Panel(crown, origin=(0.0, -36.0), puff=50, loft=0.8, marks=marks),
            Panel(brim, origin=(0.0, -36.0), puff=30, loft=0.9, marks=rows, shadow=0.45),
        )
    )


def _brim(m: Making, wide: float, high: float, droop: float) -> tuple[Panel, Panel]:
    """The near and the far half of a brim."""
    near = chain(
        curve((-90, 52), (0, 72), (90, 52)),
        curve(
            (90, 52),
            (wide * 0.8, 52 + droop * 0.4),
            (wide, 60 + droop),
            (wide * 0.6, 60 + droop + high * 0.8),
            (0, 62 + droop + high),
            (-wide * 0.6, 60 + droop + high * 0.8),
            (-wide, 60 + droop),
            (-wide * 0.8, 52 + droop * 0.4),
            (-90, 52),
        ),
    )
    far = loop((0, 30), (wide * 0.62, 38), (wide, 60 + droop), (0, 100), (-wide, 60 + droop), (-wide * 0.62, 38))
    edge = stitch(near[24:-10] * (0.965, 1.0) - (0, 3), m.thread, 1.3)
    return Panel(near, origin=(0.0, -40.0), puff=26, loft=0.9, marks=edge, shadow=0.55), Panel(
        far, paint=m.inside, puff=24
    )


def _fedora(m: Making) -> Garment:
    half = chain(curve((0, -58), (28, -70), (58, -64), (74, -40)), curve((74, -40), (84, 10), (92, 60)))
    crown = chain(half, curve((92, 60), (0, 76), (-92, 60)), flip(half)[::-1])
    dent = (
        Fold(curve((0, -60), (2, -30), (0, -4)), 22, -13),
        Fold(curve((46, -50), (58, -14), (52, 10)), 14, -7),
        Fold(curve((-46, -50), (-58, -14), (-52, 10)), 14, -7),
    )
    near, far = _brim(m, 176, 12, 8)
    return Garment((Panel(crown, origin=(0.0, -40.0), puff=48, loft=0.8, folds=dent), _ribbon(m, 28), near), (far,))


def _ribbon(m: Making, high: float) -> Panel:
    low = curve((92, 58), (0, 74), (-92, 58))
    side = Mark(line((74, 60), (74, 62 - high)), stroke=darker(m.cloth.accent, 0.35), width=3)
    return Panel(
        chain(curve((-92 + 5, 58 - high), (0, 74 - high), (92 - 5, 58 - high)), low),
        paint=m.cloth.accent,
        puff=14,
        loft=0.6,
        marks=(side,),
        gloss=0.15,
        shadow=0.2,
    )


def _sun_hat(m: Making) -> Garment:
    half = curve((0, -46), (50, -40), (80, 0), (92, 60))
    crown = chain(half, curve((92, 60), (0, 76), (-92, 60)), flip(half)[::-1])
    near, far = _brim(m, 216, 34, 20)
    braid = tuple(
        Mark(
            curve((-60 - 14 * k, -30 + 26 * k), (0, -22 + 28 * k), (60 + 14 * k, -30 + 26 * k)),
            stroke="#000000",
            width=1.8,
            opacity=0.16,
        )
        for k in range(3)
    )
    return Garment((Panel(crown, origin=(0.0, -40.0), puff=52, loft=0.8, marks=braid), _ribbon(m, 22), near), (far,))


def _beret(m: Making) -> Garment:
    top = loop((-12, -44), (60, -40), (124, -2), (122, 44), (84, 64), (0, 58), (-84, 66), (-104, 34), (-76, -22))
    folds = (Fold(curve((96, -6), (40, 10), (-30, 6)), 16, 6), Fold(curve((110, 30), (60, 40), (0, 34)), 14, -6))
    band = Panel(
        chain(curve((-90, 52), (0, 46), (90, 50)), curve((92, 76), (0, 74), (-92, 78))),
        paint=darker(m.cloth.base, 0.2),
        puff=12,
    )
    stem = Panel(curve((6, -42), (10, -62), (18, -64), (20, -42)), paint=darker(m.cloth.base, 0.1), puff=5)
    pin = emblem(-62, 26, 15, m) if m.cloth.print == "logo" and not m.back else ()
    return Garment((stem, band, Panel(top, origin=(0.0, -40.0), puff=48, loft=0.85, folds=folds, marks=pin)))
