"""Making bags: drawn about their own middle, the opening at y = 0; carried in the hand or across the body."""

import numpy as np

from .figures import NECK, arm
from .making import Making, button, emblem, placed, pocket, ribs, seam, stitch, zipper
from .palette import darker, lighter
from .panels import CLOTH, Fold, Garment, Mark, Panel
from .shapes import both, box, chain, curve, disc, line, ribbon

WORN = 0.72


def bag(m: Making) -> Garment:
    """A bag by its style; on a figure it hangs from the right hand, or from a strap across the chest.

    That strap is given apart (`under`): it is no part of the bag's box, which would otherwise hold half the wearer.
    """
    style = m.cut["style"]
    parts, grip = {
        "tote": _tote,
        "satchel": _satchel,
        "crossbody": _crossbody,
        "backpack": _backpack,
        "bucket": _bucket,
    }[style](m)
    if not m.worn:
        return Garment(tuple(parts))
    if style == "crossbody":
        strap = Panel(
            ribbon(curve((-96, NECK + 8), (20, 520), (172, 760)), 15),
            paint=m.trim,
            puff=8,
            marks=(),
            shadow=0.35,
            weave=0.5,
        )
        return Garment(tuple(placed(p, WORN, 186, 752) for p in parts[1:]), (strap,))
    wrist = arm(m.build, m.pose)[-1]
    return Garment(tuple(placed(p, WORN, float(wrist[0]) + 2, float(wrist[1]) + 56 + grip * WORN) for p in parts))


def _leather(m: Making) -> str:
    return {"tan": "#a4703f", "black": "#26242a", "self": darker(m.cloth.base, 0.25), "accent": m.cloth.accent}[
        m.cut.get("trim", "tan")
    ]


def _handle(width: float, high: float, thick: float, colour: str, back: bool = False) -> Panel:
    run = curve(
        (-width, 26), (-width * 0.86, -high * 0.62), (0, -high), (width * 0.86, -high * 0.62), (width, 26), steps=12
    )
    paint = darker(colour, 0.25) if back else colour
    return Panel(
        ribbon(run, thick),
        paint=paint,
        puff=9,
        gloss=0.15,
        weave=0.4,
        marks=stitch(run, lighter(colour, 0.35), 1.6),
        shadow=0.4,
    )


def _tote(m: Making) -> tuple[list[Panel], float]:
    tan = _leather(m)
    high = {"short": 92.0, "long": 190.0}[m.cut.get("handle", "long")]
    half = chain(
        curve((0, 4), (90, 2), (168, -3)),
        curve((168, -3), (174, 150), (160, 318), (146, 334)),
        curve((146, 334), (70, 342), (0, 343)),
    )
    sag = tuple(Fold(curve((s * 168, 20), (s * 110, 90), (s * 40, 130)), 18, 6.0 * s) for s in (-1, 1)) + (
        Fold(curve((-120, 300), (0, 326), (120, 300)), 14, -6),
        Fold(curve((-60, 40), (-40, 160), (-70, 290)), 18, 5),
        Fold(curve((70, 60), (50, 180), (84, 300)), 16, -5),
    )
    marks = (
        *stitch(curve((-166, 14), (0, 21), (166, 14)), m.thread),
        *(emblem(0, 176, 58, m) if m.cloth.print == "logo" else ()),
    )
    body = Panel(both(half), origin=(0.0, 0.0), puff=80, loft=0.6, folds=sag, marks=marks)
    tabs = [
        Panel(
            box(s * 88 - 13, 8, s * 88 + 13, 62, 5),
            paint=tan,
            puff=6,
            loft=0.4,
            weave=0.3,
            marks=(Mark(disc(s * 88, 48, 4), fill=m.metal),),
        )
        for s in (-1, 1)
    ]
    base = (
        [
            Panel(
                chain(curve((-163, 280), (0, 288), (163, 280)), curve((148, 336), (0, 344), (-148, 336))),
                paint=tan,
                puff=30,
                weave=0.3,
                gloss=0.1,
            )
        ]
        if m.cut.get("base") == "leather"
        else []
    )
    patch = [pocket(-60, 120, 120, 130, m)] if m.cut.get("pocket") == "patch" and m.cloth.print != "logo" else []
    return [_handle(84, high - 14, 19, tan, back=True), body, *base, *patch, *tabs, _handle(88, high, 20, tan)], high


def _satchel(m: Making) -> tuple[list[Panel], float]:
    half = chain(
        line((0, 0), (150, 0)),
        curve((150, 0), (166, 14), (178, 120), (182, 226), (168, 240)),
        line((168, 240), (0, 242)),
    )
    flap = chain(
        line((0, -6), (152, -6)),
        curve((152, -6), (170, 10), (172, 96), (150, 132)),
        curve((150, 132), (70, 146), (0, 148)),
    )
    body = Panel(both(half), origin=(0.0, 0.0), puff=34, loft=0.7, gloss=0.3)
    edge = curve((-148, 124), (-70, 137), (0, 139), (70, 137), (148, 124))
    cover = Panel(
        both(flap),
        origin=(0.0, 0.0),
        puff=26,
        loft=0.6,
        gloss=0.32,
        marks=(*stitch(edge, m.thread), *(emblem(0, 66, 36, m) if m.cloth.print == "logo" else ())),
        shadow=0.5,
    )
    tan = _leather(m)
    clasp = Panel(
        box(-24, 118, 24, 172, 8),
        paint=tan,
        puff=8,
        gloss=0.3,
        weave=0.2,
        marks=(
            Mark(box(-13, 136, 13, 160, 4), fill=m.metal, stroke="#4a4438", width=1.5, closed=True),
            Mark(disc(0, 148, 4), fill="#4a4438"),
        ),
    )
    rings = [
        Panel(box(s * 70 - 12, -20, s * 70 + 12, 14, 6), paint=m.metal, puff=6, weave=0, gloss=0.6) for s in (-1, 1)
    ]
    return [_handle(70, 84, 20, tan), body, cover, clasp, *rings], 84.0


def _crossbody(m: Making) -> tuple[list[Panel], float]:
    strap = Panel(
        ribbon(curve((-120, 20), (-108, -150), (0, -276), (108, -150), (120, 20), steps=12), 11),
        paint=m.trim,
        puff=6,
        weave=0.4,
        gloss=0.1,
    )
    half = {
        "camera": chain(
            line((0, 0), (104, 0)), curve((104, 0), (126, 18), (128, 140), (110, 162)), line((110, 162), (0, 164))
        ),
        "half moon": curve((0, 0), (100, -4), (134, 26), (112, 110), (54, 156), (0, 164)),
    }[m.cut.get("shape", "camera")]
    body = Panel(
        both(half),
        origin=(0.0, 0.0),
        puff=46,
        loft=0.8,
        gloss=0.28,
        marks=(
            *zipper(line((-92, 30), (92, 30)), m.metal, 8),
            *stitch(line((-100, 18), (100, 18)), m.thread),
            *stitch(line((-100, 42), (100, 42)), m.thread),
            *(emblem(0, 98, 30, m) if m.cloth.print == "logo" else ()),
        ),
    )
    tassel = Panel(
        chain(line((84, 34), (92, 34)), line((100, 96), (76, 96))),
        paint=m.cloth.accent,
        puff=7,
        marks=ribs(line((78, 60), (98, 60)), line((76, 96), (100, 96)), 6, 0.6),
    )
    return [strap, body, tassel], 276.0


def _backpack(m: Making) -> tuple[list[Panel], float]:
    tan = _leather(m)
    half = chain(
        curve((0, -8), (82, 0), (128, 48), (146, 130), (152, 300), (138, 352)), curve((138, 352), (70, 362), (0, 364))
    )
    body = Panel(
        both(half),
        origin=(0.0, 0.0),
        puff=80,
        loft=0.75,
        folds=(
            Fold(curve((-110, 60), (-80, 140), (-120, 190)), 14, 5),
            Fold(curve((110, 80), (80, 150), (118, 200)), 14, -5),
        ),
        marks=zipper(curve((-120, 120), (-104, 50), (0, 18), (104, 50), (120, 120)), m.metal, 8),
    )
    front = chain(
        line((0, 190), (104, 190)), curve((104, 190), (118, 204), (120, 320), (104, 344)), line((104, 344), (0, 346))
    )
    patch = Panel(
        both(front),
        paint=CLOTH if m.cloth.print not in ("plain",) else darker(m.cloth.base, 0.08),
        origin=(0.0, 0.0),
        puff=30,
        loft=0.7,
        marks=(
            *zipper(line((-88, 214), (88, 214)), m.metal, 7),
            *(emblem(0, 282, 40, m) if m.cloth.print == "logo" else ()),
        ),
        shadow=0.45,
    )
    sides = [
        Panel(ribbon(curve((s * 150, 170), (s * 176, 250), (s * 146, 336)), 22), paint=tan, puff=9, weave=0.4)
        for s in (-1, 1)
    ]
    label = Panel(
        box(-26, 126, 26, 158, 4),
        paint=tan,
        puff=5,
        loft=0.4,
        weave=0.2,
        marks=stitch(box(-22, 130, 22, 154), lighter(tan, 0.4), 1.3),
    )
    return [_handle(34, 54, 17, tan), *sides, body, patch, label], 54.0


def _bucket(m: Making) -> tuple[list[Panel], float]:
    tan = _leather(m)
    half = chain(
        curve((0, 6), (70, 2), (118, -6)),
        curve((118, -6), (128, 120), (132, 250), (120, 270)),
        curve((120, 270), (60, 282), (0, 284)),
    )
    gather = tuple(
        Fold(curve((x, 30), (x * 1.06, 90), (x * 1.12, 200)), 10, 7 if k % 2 else -7)
        for k, x in enumerate(np.linspace(-100, 100, 11))
    )
    body = Panel(
        both(half),
        origin=(0.0, 0.0),
        puff=90,
        loft=0.8,
        folds=gather,
        gloss=0.2,
        marks=(
            *seam(curve((-131, 238), (0, 250), (131, 238)), 1.2),
            *(emblem(0, 170, 44, m) if m.cloth.print == "logo" else ()),
        ),
    )
    cord = Mark(curve((-120, 36), (-60, 46), (0, 40), (60, 48), (120, 36)), stroke=tan, width=7)
    ends = [
        Mark(curve((-6, 42), (-26, 90), (-20, 132)), stroke=tan, width=6),
        Mark(curve((8, 42), (22, 84), (30, 118)), stroke=tan, width=6),
        *button(0, 44, m.metal, 9),
    ]
    over = Panel(
        chain(curve((-118, 30), (0, 36), (118, 30)), curve((118, 44), (0, 50), (-118, 44))),
        puff=5,
        loft=0.2,
        marks=(cord, *ends),
        shadow=0.0,
    )
    return [_handle(100, 150, 17, tan), body, over], 150.0
