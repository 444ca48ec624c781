"""Cutting trousers, jeans and shorts, and the waistband they share with skirts."""

from dataclasses import replace

import numpy as np

from .figures import CROTCH, leg
from .making import Making, button, creases, emblem, mirrored, seam, stitch
from .palette import darker, lighter
from .panels import BARE, CLOTH, Fold, Garment, Mark, Panel, Points
from .shapes import both, box, chain, curve, line, loop, normals, part
from .tops import slope

TOP = 632.0  # where a waistband starts
LEGS = {
    "slim": (6, 52, 38),
    "tapered": (16, 66, 40),
    "straight": (12, 66, 58),
    "wide": (20, 92, 98),
    "flare": (6, 56, 92),
    "relaxed": (24, 80, 66),
}
LENGTHS = {"full": 1.0, "cropped": 0.87, "ankle": 0.94, "bermuda": 0.46, "short": 0.27, "mid": 0.36}


def trousers(m: Making) -> Garment:
    """Tailored trousers: creases pressed in, slant pockets, perhaps pleats."""
    legs = _legs(m, pressed=True)
    marks = list(_fly(m)) if not m.back else list(_welts(m))
    if m.cut.get("pleats") == "pleated" and not m.back:
        marks += [
            mk
            for s in (-1, 1)
            for x in (52, 78)
            for mk in seam(curve((s * x, TOP + 34), (s * (x - 3), TOP + 130), (s * (x - 4), TOP + 170)), 0.9)
        ]
    if not m.back:
        marks += [mk for s in (-1, 1) for mk in seam(line((s * 98, TOP + 36), (s * (m.build.hip - 4), TOP + 140)), 1.2)]
    return Garment((*legs, _yoke(m, tuple(marks)), band(m), *_drawcord(m)), inner_back(m))


def jeans(m: Making) -> Garment:
    """Jeans: gold stitches, rivets, five pockets."""
    gold = {"gold": "#c68c3c", "white": "#e9e4d6", "tonal": m.thread}[m.cut.get("thread", "gold")]
    legs = tuple(
        replace(p, marks=(*p.marks, *_outseam(p, gold)), folds=(*p.folds, *_whiskers(m, k)))
        for k, p in enumerate(_legs(m, pressed=False))
    )
    marks = _back_pockets(m, gold) if m.back else _scoops(m, gold)
    top = replace(
        band(m),
        marks=(
            *band(m).marks,
            *stitch(line((-120, TOP + 5), (120, TOP + 5)), gold),
            *stitch(line((-124, TOP + 29), (124, TOP + 29)), gold),
            *(() if m.back else button(0, TOP + 17, "#b98a4a", 9)),
        ),
    )
    return Garment((*legs, _yoke(m, marks), top), inner_back(m))


def shorts(m: Making) -> Garment:
    """Shorts, tailored or with a drawcord."""
    legs = _legs(m, pressed=m.cut["style"] == "tailored")
    marks = tuple(mk for s in (-1, 1) for mk in seam(line((s * 98, TOP + 36), (s * (m.build.hip + 4), TOP + 140)), 1.2))
    front = (*marks, *(_fly(m) if m.cut["style"] == "tailored" else ())) if not m.back else _welts(m)
    return Garment((*legs, _yoke(m, front), band(m), *_drawcord(m)), inner_back(m))


def _outline(m: Making) -> tuple[Points, Points, Points]:
    """Outer edge, inner edge and middle of the right leg."""
    ease, knee, ankle = LEGS[m.cut["fit"]]
    length = LENGTHS[m.cut["length"]]
    spine = part(leg(m.build, m.pose), 0.0, length, 24)
    t = np.linspace(0, length, 24)
    widths = np.interp(t, [0, 0.1, 0.5, 1.0], [m.build.thigh + ease, m.build.thigh + ease - 1, knee, ankle])[:, None]
    if length < 0.5:
        widths = np.maximum(
            widths, m.build.thigh + ease * 1.1 - 10 * t[:, None] + (6 if m.cut["fit"] in ("wide", "relaxed") else -12)
        )
    n = normals(spine)
    inner = spine - n * widths
    inner[:, 0] = np.maximum(inner[:, 0], 3.0)  # the legs meet in the middle, neither lies on the other
    return spine + n * widths, inner, spine


def _legs(m: Making, pressed: bool) -> tuple[Panel, Panel]:
    return mirrored(_leg(m.other(), pressed)), _leg(m, pressed)


def _leg(m: Making, pressed: bool) -> Panel:
    outer, inner, spine = _outline(m)
    ease = LEGS[m.cut["fit"]][0]
    waist, hip = m.build.waist + 4, m.build.hip + ease * 0.7
    out = curve(
        (waist, TOP + 16), (hip * 0.93, TOP + 90), (hip, 812), *(tuple(outer[i]) for i in (5, 11, 17, 23)), steps=8
    )
    back = curve(*(tuple(inner[i]) for i in (23, 17, 11, 6)), (6, CROTCH + 16), steps=8)
    outline = chain(out, back, line((6, CROTCH + 16), (-4, CROTCH), (-4, TOP + 16)))
    widths = np.hypot(*(outer - inner).T) / 2
    soft = creases(spine, widths, m.seed + 41, int(4 + 7 * LENGTHS[m.cut["length"]]), 4.5)
    press = Fold(curve(*(tuple(spine[i]) for i in (2, 8, 14, 20, 23))), 5, 7.0)
    turn = part(np.stack([inner[-1], outer[-1]]), 0.02, 0.98, 8)
    marks = (*stitch(turn - (0, 13), m.thread), *_stripe(m, outer))
    if m.cut.get("hem") == "turn-up":
        marks = (*marks, *seam(turn - (0, 40), 1.3))
    form = chain(
        out, back, line((6, CROTCH + 16), (-4, CROTCH), (-110, CROTCH - 30), (-110, TOP - 30), (waist, TOP - 30))
    )
    return Panel(
        outline,
        form=form,
        grain=slope(spine) * 0.9,
        origin=(0.0, TOP),
        folds=(*soft, *((press,) if pressed else ()), *_crotch(m)),
        puff=66,
        loft=0.9,
        marks=marks,
        shadow=0.5,
    )


def _stripe(m: Making, outer: Points) -> tuple[Mark, ...]:
    """A sporty stripe down the side, where the print is a logo."""
    if m.cloth.print != "logo":
        return ()
    run = outer - (11, 0)
    return (Mark(run, stroke=m.cloth.accent, width=13), Mark(run - (12, 0), stroke=m.cloth.second, width=5))


def _crotch(m: Making) -> tuple[Fold, ...]:
    rng = np.random.default_rng(m.seed + 9)
    return tuple(
        Fold(
            curve(
                (6, CROTCH - 10 - 16 * k),
                (50, CROTCH + 6 - 8 * k),
                (100 + rng.uniform(-10, 20), CROTCH + rng.uniform(-30, 50)),
            ),
            8,
            5 if k % 2 else -4.5,
        )
        for k in range(4)
    )


def _yoke(m: Making, marks: tuple[Mark, ...]) -> Panel:
    """The hips' front or back: the marks that lie over both legs."""
    ease = LEGS[m.cut["fit"]][0]
    half = chain(
        line((0, TOP + 14), (m.build.waist + 4, TOP + 14)),
        curve((m.build.waist + 4, TOP + 14), (m.build.hip * 0.9 + ease * 0.5, TOP + 70)),
        line((m.build.hip * 0.9 + ease * 0.5, TOP + 70), (0, TOP + 70)),
    )
    middle = seam(curve((0, TOP + 30), (1, 780), (0, CROTCH + 8)), 1.0)
    logo = emblem(-96, 960, 20, m) if m.cloth.print == "logo" and not m.back else ()
    return Panel(both(half), paint=BARE, marks=(*middle, *marks, *logo))


def band(m: Making) -> Panel:
    w = m.build.waist + 5
    edge = chain(
        curve((-w + 3, TOP), (0, TOP + 5), (w - 3, TOP)), curve((w + 1, TOP + 33), (0, TOP + 39), (-w - 1, TOP + 33))
    )
    loops = tuple(
        Mark(
            box(x - 5, TOP - 2, x + 5, TOP + 39, 2),
            fill=darker(m.cloth.base, 0.14),
            stroke=darker(m.cloth.base, 0.4),
            width=1,
            closed=True,
        )
        for x in (-w * 0.72, -w * 0.34, w * 0.34, w * 0.72)
    )
    gather = (
        tuple(
            Fold(line((x, TOP), (x, TOP + 36)), 5, 3.5 if k % 2 else -3.5)
            for k, x in enumerate(range(-int(w) + 8, int(w) - 4, 11))
        )
        if m.cut.get("style") == "drawcord"
        else ()
    )
    close = (
        () if m.back or gather else (*seam(line((6, TOP + 4), (6, TOP + 38)), 1.0), *button(-4, TOP + 20, m.metal, 6.5))
    )
    return Panel(
        edge,
        paint=m.trim if m.cloth.print in ("colour block",) else CLOTH,
        origin=(0.0, TOP),
        puff=16,
        loft=0.6,
        marks=(*(() if gather else loops), *close),
        folds=gather,
        shadow=0.35,
    )


def _drawcord(m: Making) -> tuple[Panel, ...]:
    if m.cut.get("style") != "drawcord" or m.back:
        return ()
    ink = lighter(m.cloth.base, 0.65)
    ends = tuple(
        Mark(curve((s * 8, TOP + 18), (s * 26, TOP + 66), (s * 20, TOP + 132)), stroke=ink, width=6) for s in (-1, 1)
    )
    return (Panel(box(-10, TOP + 12, 10, TOP + 26, 5), paint=ink, puff=6, marks=ends, weave=0.4),)


def inner_back(m: Making) -> tuple[Panel, ...]:
    w = m.build.waist
    edge = chain(
        curve((-w + 4, TOP + 2), (0, TOP - 10), (w - 4, TOP + 2)),
        curve((w - 4, TOP + 30), (0, TOP + 34), (-w + 4, TOP + 30)),
    )
    return (Panel(edge, paint=m.inside, puff=20, loft=0.3),)


def _fly(m: Making) -> tuple[Mark, ...]:
    return (
        *seam(line((0, TOP + 36), (0, CROTCH)), 1.0),
        *stitch(curve((32, TOP + 36), (31, 760), (22, 800), (2, 816)), m.thread),
    )


def _welts(m: Making) -> tuple[Mark, ...]:
    return tuple(
        Mark(line((s * 48, TOP + 96), (s * 118, TOP + 98)), stroke=darker(m.cloth.base, 0.55), width=5) for s in (-1, 1)
    )


def _scoops(m: Making, gold: str) -> tuple[Mark, ...]:
    marks = list(stitch(curve((34, TOP + 36), (33, 770), (22, 808), (2, 820)), gold)) + list(
        stitch(curve((28, TOP + 36), (27, 768), (18, 800), (2, 812)), gold)
    )
    for s in (-1, 1):
        run = curve((s * 70, TOP + 36), (s * 80, TOP + 92), (s * (m.build.hip - 14), TOP + 112))
        marks += [*seam(run, 1.3), *stitch(run + (0, 6), gold), *stitch(run + (0, 12), gold)]
        marks += [Mark(np.array([(s * 74, TOP + 46.0)]) + loop((-4, 0), (0, -4), (4, 0), (0, 4)), fill="#b87f45")]
    return tuple(marks)


def _back_pockets(m: Making, gold: str) -> tuple[Mark, ...]:
    marks: list[Mark] = list(stitch(curve((-150, TOP + 92), (0, TOP + 130), (150, TOP + 92)), gold))
    for s in (-1, 1):
        x = s * 84
        edge = np.array(
            [(x - 46, TOP + 130), (x + 46, TOP + 130), (x + 42, TOP + 226), (x, TOP + 252), (x - 42, TOP + 226.0)]
        )
        marks += [
            Mark(edge, fill="#000000", opacity=0.12, closed=True),
            Mark(edge, stroke=gold, width=2, dash=(6.5, 4), closed=True),
        ]
        marks += [*stitch(curve((x - 42, TOP + 176), (x, TOP + 196), (x + 42, TOP + 176)), gold)]
    return tuple(marks)


def _outseam(p: Panel, gold: str) -> tuple[Mark, ...]:
    hem = p.marks[0]
    return (replace(hem, stroke=gold, opacity=0.9), replace(hem, line=hem.line - (0, 6), stroke=gold))


def _whiskers(m: Making, number: int) -> tuple[Fold, ...]:
    s = 1 if number else -1
    return tuple(
        Fold(curve((s * 24, 846 + 14 * k), (s * 70, 836 + 22 * k), (s * 130, 800 + 30 * k)), 5, 4.0) for k in range(3)
    )
