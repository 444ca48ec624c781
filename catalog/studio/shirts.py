"""Cutting shirts and blouses."""

from dataclasses import replace

import numpy as np

from .figures import NECK
from .making import Making, button, emblem, mirrored, pocket, seam, stitch
from .palette import darker, lighter
from .panels import CLOTH, Fold, Garment, Mark, Panel
from .shapes import box, chain, curve, flip, line, loop
from .tops import SLEEVES, Bodice, bodice, collar_band, cuffs, hem_stitch, inside_back, neckline, sleeves, torso


def shirt(m: Making) -> Garment:
    """A shirt with a placket, buttons and a collar."""
    b = replace(
        bodice(m, {"cropped": 740, "regular": 880, "long": 955}[m.cut["length"]]),
        neck=58,
        depth=26,
        point=False,
        dip=34,
    )
    length = SLEEVES[m.cut["sleeve"]]
    shape = (length, 60 + b.ease * 0.4, 60 + b.ease * 0.4 if length < 0.5 else 40 + b.ease * 0.2)
    body = torso(m, b, marks=(*hem_stitch(m, b, 8), *(_yoke(b) if m.back else ()), *_sign(m)))
    band = 46 if length > 0.8 else (30 if length > 0.5 else 14)
    ends = cuffs(m, b, shape, band, m.trim if m.cut.get("trim") == "contrast" else CLOTH, ribbed=False)
    front = () if m.back else (*placket(m, b, b.hem + b.dip), *_pockets(m))
    return Garment((body, *sleeves(m, b, *shape), *ends, *front, *collar(m, b)), inside_back(m, b))


def _sign(m: Making) -> tuple[Mark, ...]:
    return emblem(-78, 480, 24, m) if m.cloth.print == "logo" and not m.back else ()


def _yoke(b: Bodice) -> tuple[Mark, ...]:
    return (*seam(curve((-190, 392), (0, 404), (190, 392)), 0.8), *seam(line((0, 404), (0, b.hem)), 0.3))


def placket(m: Making, b: Bodice, bottom: float, paint: str = CLOTH, gap: float = 76.0) -> tuple[Panel, ...]:
    """The buttoned band down the front."""
    top = NECK + b.depth - 4
    edge = box(-17, top, 17, bottom - 2)
    bead = lighter(m.cloth.base, 0.55) if m.cut.get("buttons") != "dark" else darker(m.cloth.base, 0.6)
    marks = [
        *stitch(line((-12.5, top), (-12.5, bottom)), m.thread, 1.4),
        *stitch(line((12.5, top), (12.5, bottom)), m.thread, 1.4),
    ]
    for y in np.arange(top + 38, bottom - 40, gap):
        marks += button(0, float(y), bead, 6.4)
    return (Panel(edge, paint=paint, puff=12, loft=0.35, marks=tuple(marks), shadow=0.28),)


def _pockets(m: Making) -> tuple[Panel, ...]:
    right = pocket(48, 458, 78, 92, m)
    return {"one": (right,), "two": (right, mirrored(right))}.get(m.cut.get("pocket", ""), ())


def collar(m: Making, b: Bodice) -> tuple[Panel, ...]:
    """By the cut's `collar`: classic, button-down, band or camp."""
    kind = m.cut.get("collar", "classic")
    paint = m.trim if m.cut.get("trim") == "contrast" else CLOTH
    if m.back:
        fall = chain(
            curve((-64, NECK - 22), (0, NECK - 30), (64, NECK - 22)),
            curve((72, NECK + 22), (0, NECK + 36), (-72, NECK + 22)),
        )
        return (Panel(fall, paint=paint, puff=20, loft=0.7),)
    if kind == "band":
        return (collar_band(m, b, 20, paint),)
    low, out = (84.0, 104.0) if kind == "camp" else (64.0, 84.0)
    fold = curve((3, NECK + b.depth - 2), (34, NECK + 12), (54, NECK - 22))
    fall = chain(
        fold,
        curve((60, NECK - 22), (72, NECK - 2), (out, NECK + 22)),
        line((out, NECK + 22), (out * 0.5 + 6, NECK + low)),
        line((out * 0.5 + 6, NECK + low), (3, NECK + b.depth - 2)),
    )
    marks = [
        Mark(
            line((out - 7, NECK + 24), (out * 0.5 + 5, NECK + low - 9), (8, NECK + b.depth + 2)),
            stroke=m.thread,
            width=1.4,
            dash=(6, 4),
            opacity=0.7,
        )
    ]
    if kind == "button-down":
        marks += button(out * 0.5 + 7, NECK + low - 15, lighter(m.cloth.base, 0.55), 4.4)
    right = Panel(
        fall, paint=paint, puff=16, loft=0.6, marks=tuple(marks), shadow=0.4, grain=-0.35, origin=(54.0, NECK)
    )
    stand = Panel(
        chain(
            curve((-54, NECK - 24), (0, NECK - 12), (54, NECK - 24)),
            curve((60, NECK + 4), (0, NECK + 24), (-60, NECK + 4)),
        ),
        paint=darker(m.cloth.base, 0.3),
        puff=16,
        loft=0.5,
    )
    return (stand, right, mirrored(right)) if not m.worn else (right, mirrored(right))


def blouse(m: Making) -> Garment:
    """A blouse: soft, full sleeves and a neck with a bow, a frill, a round collar or a plain edge."""
    neck = m.cut["neck"]
    b = bodice(m, {"cropped": 725, "regular": 835, "long": 900}[m.cut["length"]])
    b = replace(
        b,
        flare=b.flare + 14,
        neck=66 if neck in ("bow", "frill", "peter pan") else b.neck,
        depth=34 if neck in ("bow", "frill", "peter pan") else b.depth,
    )
    length, wide, cuff, balloon = {
        "balloon": (0.97, 64.0, 32.0, 58.0), "flutter": (0.36, 60.0, 108.0, 0.0), "puff": (0.36, 66.0, 50.0, 46.0),
        "bishop": (0.97, 56.0, 30.0, 30.0), "bell": (0.86, 52.0, 100.0, -16.0),
    }[m.cut["sleeve"]]  # fmt: skip
    shape = (length, wide, cuff, balloon)
    gathers = tuple(
        Fold(curve((x, b.hem - 190), (x * 1.05, b.hem - 90), (x * 1.1, b.hem)), 11, 5 if k % 2 else -5)
        for k, x in enumerate(range(-150, 151, 30))
    )
    body = torso(
        m,
        b,
        marks=(*hem_stitch(m, b, 8), *(emblem(0, 470, 34, m) if m.cloth.print == "logo" and not m.back else ())),
        gloss=0.10,
    )
    body = replace(body, folds=(*body.folds, *gathers))
    arms = tuple(replace(s, gloss=0.10) for s in sleeves(m, b, *shape))
    ends = (
        cuffs(m, b, shape, 30 if length > 0.5 else 14, CLOTH, ribbed=False)
        if m.cut["sleeve"] not in ("flutter", "bell")
        else ()
    )
    closed = (
        placket(m, b, b.hem + 4, gap=64) if m.cut.get("closure") == "buttons" and not m.back and neck != "bow" else ()
    )
    return Garment((body, *arms, *ends, *closed, *_neck(m, b)), inside_back(m, b, label=False))


def _neck(m: Making, b: Bodice) -> tuple[Panel, ...]:
    neck = m.cut["neck"]
    band = collar_band(m, b, 11, CLOTH if neck not in ("bow",) else m.trim)
    band = replace(band, marks=())
    if m.back or neck not in ("bow", "frill", "peter pan"):
        return (band,)
    if neck == "bow":
        return (band, *bow(m, 0, NECK + b.depth + 8, 1.0, m.trim))
    if neck == "frill":
        return (band, *_frill(m, b))
    half = chain(
        curve((4, NECK + b.depth), (40, NECK + 26), (62, NECK - 4)),
        curve((96, NECK + 18), (108, NECK + 60), (70, NECK + 88), (16, NECK + 78), (4, NECK + b.depth)),
    )
    right = Panel(
        half,
        paint=m.trim if m.cloth.print == "plain" else m.cloth.accent,
        puff=14,
        loft=0.6,
        marks=stitch(half[30:] * 0.985 + (0, 4), m.thread, 1.3),
    )
    return (right, mirrored(right))


def bow(m: Making, x: float, y: float, size: float, paint: str) -> tuple[Panel, ...]:
    """A tied bow with two ends."""
    wing = loop((0, 0), (44, -30), (78, -20), (76, 24), (44, 26)) * size + (x, y)
    tail = loop((-4, 6), (12, 4), (34, 90), (44, 172), (12, 178), (6, 90)) * size + (x, y)
    fold = (Fold(curve((x + 8, y), (x + 34 * size, y - 4), (x + 62 * size, y - 2)), 8, 5),)
    right, end = (
        Panel(wing, paint=paint, puff=22, folds=fold),
        Panel(
            tail, paint=paint, puff=18, folds=(Fold(curve((x + 6, y + 20), (x + 18, y + 90), (x + 26, y + 160)), 7, 4),)
        ),
    )
    other = Panel(
        flip(tail - (x, 0)) * (1, 0.86) + (x, y * 0.14), paint=darker(paint, 0.08) if paint != CLOTH else paint, puff=18
    )
    left = Panel(flip(wing - (x, 0)) + (x, 0), paint=paint, puff=22)
    knot = Panel(loop((-11, -13), (11, -13), (14, 12), (-14, 12)) * size + (x, y), paint=paint, puff=12)
    return (other, end, right, left, knot)


def _frill(m: Making, b: Bodice) -> tuple[Panel, ...]:
    """A gathered strip falling down the front from the neck."""
    y1, y2 = NECK + b.depth, 690.0
    edge = [(28 + 16 * (k % 2), y1 + (y2 - y1) * k / 14) for k in range(15)]
    folds = tuple(Fold(line((0, y + 6), (x, y)), 7, 5 if k % 2 else -5) for k, (x, y) in enumerate(edge))
    right = Panel(
        chain(line((0, y1), (0, y1 + 1)), curve(*edge, steps=5), line((0, y2 + 20), (0, y2))),
        puff=10,
        loft=0.5,
        folds=folds,
        shadow=0.35,
        gloss=0.05,
    )
    collar = [
        (78 * np.sin(a), NECK + 8 + (b.depth + 16 + 9 * (k % 2)) * np.cos(a))
        for k, a in enumerate(np.linspace(-1.45, 1.45, 23))
    ]
    inner = chain(flip(neckline(b))[::-1], neckline(b))
    ruff = Panel(chain(curve(*collar, steps=4), inner[::-1]), puff=9, loft=0.7, shadow=0.3)
    return (right, mirrored(right), ruff)
