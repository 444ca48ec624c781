"""Cutting for the upper body: bodices and sleeves, and the garments that are little more than those."""

from dataclasses import dataclass, replace

import numpy as np

from .figures import NECK, SHOULDER, UNDERARM, WAIST, arm
from .making import Making, creases, emblem, hang, mirrored, pocket, ribs, seam, stitch
from .panels import CLOTH, Fold, Garment, Mark, Panel, Points
from .shapes import both, chain, curve, line, mirror, normals, part

SLEEVES = {"none": 0.0, "cap": 0.17, "short": 0.33, "elbow": 0.5, "three-quarter": 0.74, "rolled": 0.6, "long": 0.99}
EASE = {"slim": 4.0, "regular": 17.0, "relaxed": 32.0, "boxy": 44.0, "oversized": 54.0}


@dataclass(frozen=True, slots=True)
class Bodice:
    """The cut of a torso, in units: neck half width and depth, ease, hem height, flare and curve, shoulder drop."""

    neck: float = 72.0
    depth: float = 52.0
    point: bool = False  # a V rather than a round neck
    ease: float = 17.0
    hem: float = 850.0
    flare: float = 0.0
    dip: float = 6.0
    drop: float = 0.0
    strap: float = 0.0  # > 0: sleeveless, the shoulder this wide
    nip: float = 0.0  # how far the waist is drawn in


def neckline(b: Bodice) -> Points:
    """From the middle of the neck to the shoulder seam's inner end."""
    bottom = NECK + b.depth
    if b.point:
        return curve((0, bottom), (b.neck * 0.52, NECK + b.depth * 0.47), (b.neck, NECK - 2), steps=8)
    return curve(
        (0, bottom), (b.neck * 0.5, bottom - b.depth * 0.1), (b.neck * 0.88, NECK + b.depth * 0.42), (b.neck, NECK - 2)
    )


def armhole(m: Making, b: Bodice) -> Points:
    """From the shoulder's tip down to the underarm."""
    tip, deep = tip_of(m, b), (m.build.chest + b.ease, UNDERARM + b.ease * 0.5)
    inner = min(tip[0], deep[0]) - (10 if not b.strap else 22)
    return curve(tip, (inner + 2, SHOULDER + 62), deep, steps=9)


def tip_of(m: Making, b: Bodice) -> tuple[float, float]:
    """Where the shoulder seam ends."""
    if b.strap:
        return (b.neck + b.strap, NECK + 2 + b.strap * 0.28)
    return (m.build.shoulder + b.drop + b.ease * 0.12, SHOULDER + b.drop * 0.34)


def side(m: Making, b: Bodice) -> Points:
    """The side seam from underarm to hem."""
    x, waist, hip = m.build.chest + b.ease, m.build.waist + 9 + b.ease * 1.25 - b.nip, m.build.hip + b.ease * 0.8
    top = (x, UNDERARM + b.ease * 0.5)
    if b.hem < WAIST + 60:
        return curve(top, ((x + waist) / 2, (top[1] + b.hem) / 2), (waist + b.flare, b.hem))
    end = hip + b.flare if b.hem > 780 else (waist + hip) / 2 + b.flare
    return curve(top, (waist + 3 + b.flare * 0.2, WAIST), (end, b.hem - b.dip))


def hem(m: Making, b: Bodice) -> Points:
    """From the side's end to the middle of the hem."""
    x, y = side(m, b)[-1]
    return curve((float(x), float(y)), (float(x) * 0.5, b.hem + b.dip * 0.6), (0, b.hem + b.dip), steps=8)


def torso(m: Making, b: Bodice, marks: tuple[Mark, ...] = (), gloss: float = 0.0) -> Panel:
    """The front (or back) of the body in one piece."""
    if m.back:
        b = replace(b, depth=min(b.depth, 20.0), point=False)
    half = chain(neckline(b), line((b.neck, NECK - 2), tip_of(m, b)), armhole(m, b), side(m, b), hem(m, b))
    sewn = armhole(m, b) + ((0, 0) if b.strap else (70, 0))
    form = chain(neckline(b), line((b.neck, NECK - 2), tip_of(m, b)), sewn, side(m, b), hem(m, b))
    return Panel(
        both(half),
        form=both(form),
        origin=(0.0, NECK),
        folds=drags(m, b),
        puff=120,
        loft=0.62,
        marks=marks,
        gloss=gloss,
    )


def drags(m: Making, b: Bodice) -> tuple[Fold, ...]:
    """Creases running from the underarms, across the waist, and hanging at the hem."""
    rng = np.random.default_rng(m.seed + 11)
    folds = []
    for k in range(6):
        s = 1 if k % 2 else -1
        x, y = s * (m.build.chest + b.ease - 8), UNDERARM + rng.uniform(-30, 70)
        end = (s * rng.uniform(10, 80), y + rng.uniform(60, 170))
        folds.append(
            Fold(
                curve((x, y), ((x + end[0]) / 2, (y + end[1]) / 2 + 14), end),
                rng.uniform(6, 14),
                rng.uniform(2, 5) * (1 if k % 3 else -1),
            )
        )
    for k in range(4):
        s = 1 if k % 2 else -1
        y = WAIST + rng.uniform(-70, 90)
        a = (s * (m.build.waist + b.ease), y)
        folds.append(
            Fold(
                curve(a, (a[0] * 0.6, y + 16), (a[0] * 0.15, y + rng.uniform(-6, 26))),
                rng.uniform(6, 14),
                rng.uniform(2, 4.5),
            )
        )
    wide = m.build.waist + b.ease
    return (*folds, *hang(-wide, wide, WAIST - 40, b.hem, m.seed + 5, 6, 3.0 + b.ease * 0.06, 1.1))


def edges(m: Making, b: Bodice, length: float, wide: float, cuff: float, balloon: float = 0.0) -> tuple[Points, Points]:
    """The right sleeve's outer and inner edge, shoulder to end; a short sleeve stops at the body. 2 x (26, 2)"""
    spine = part(arm(m.build, m.pose), 0.0, length, 26)
    t = np.linspace(0, 1, 26)
    widths = (wide + (cuff - wide) * t + balloon * np.sin(np.pi * t**1.7))[:, None]
    n = normals(spine)
    outer, inner = spine + n * widths, spine - n * widths
    edge = m.build.chest + b.ease - 6  # near the body the sleeve hangs beside it, not on it
    kept = (t < 0.62) | (length < 0.7)
    inner[:, 0] = np.where(kept, np.maximum(inner[:, 0], edge - 16 * t), inner[:, 0])
    return outer, inner


def sleeve(m: Making, b: Bodice, length: float, wide: float, cuff: float, balloon: float = 0.0) -> Panel:
    """The right sleeve, sewn to the armhole; half widths `wide` at the top and `cuff` at the end."""
    outer, inner = edges(m, b, length, wide, cuff, balloon)
    seam_line = armhole(m, b)
    picks = (3, 8, 13, 19, 25) if length > 0.4 else (7, 15, 25)
    out = curve(tuple(seam_line[0]), *(tuple(outer[i]) for i in picks), steps=8)
    lows = [i for i in picks[::-1] if inner[i, 1] > seam_line[-1, 1] + 25]
    back_in = curve(*(tuple(inner[i]) for i in lows or [25]), tuple(seam_line[-1]), steps=8)
    spine, widths = (outer + inner) / 2, np.hypot(*(outer - inner).T) / 2
    folds = creases(spine, widths, m.seed + 31, int(3 + 10 * length), 4.5 + balloon * 0.08 + wide * 0.02)
    marks = seam(seam_line[::-1], 0.7)
    form = chain(out, back_in, seam_line[::-1] - (80, 0), line(tuple(seam_line[0] - (80, 30)), tuple(seam_line[0])))
    return Panel(
        chain(out, back_in, seam_line[::-1]),
        form=form,
        grain=slope(spine),
        origin=tuple(spine[0]),
        folds=folds,
        puff=58,
        loft=0.85,
        marks=marks,
    )


def slope(spine: Points) -> float:
    """How far a limb leans from hanging straight, radians, so that the print leans with it."""
    down = spine[-1] - spine[0]
    return float(np.arctan2(-down[0], down[1]))


def sleeves(m: Making, b: Bodice, length: float, wide: float, cuff: float, balloon: float = 0.0) -> tuple[Panel, Panel]:
    """Right and left."""
    return sleeve(m, b, length, wide, cuff, balloon), mirrored(sleeve(m.other(), b, length, wide, cuff, balloon))


def cuffs(
    m: Making, b: Bodice, shape: tuple[float, ...], depth: float, paint: str, ribbed: bool = True
) -> tuple[Panel, ...]:
    """A band around the end of each sleeve of this `shape` (length, wide, cuff, balloon), `depth` units long."""
    return _cuff(m, b, shape, depth, paint, ribbed), mirrored(_cuff(m.other(), b, shape, depth, paint, ribbed))


def _cuff(m: Making, b: Bodice, shape: tuple[float, ...], depth: float, paint: str, ribbed: bool) -> Panel:
    outer, inner = edges(m, b, *shape)
    start = max(0.0, 1 - depth / (546 * shape[0]))
    one, other = part(outer, start, 1, 6), part(inner, start, 1, 6)
    out = (one - other) / np.maximum(np.hypot(*(one - other).T), 1)[:, None] * 3
    one, other = one + out, other - out
    lines = ribs(np.stack([one[0], other[0]]), np.stack([one[-1], other[-1]]), max(6, int(shape[2] / 2.8)))
    marks = lines if ribbed else stitch(np.stack([one[1], other[1]]), m.thread)
    spine = (one + other) / 2
    return Panel(
        chain(one, other[::-1]),
        paint=paint,
        puff=26,
        loft=0.8,
        marks=marks,
        shadow=0.25,
        grain=slope(spine),
        origin=tuple(spine[0]),
    )


def collar_band(m: Making, b: Bodice, depth: float, paint: str) -> Panel:
    """A ribbed band around the neck."""
    if m.back:
        b = replace(b, depth=20.0, point=False)
    inner = both_edge(replace(b, neck=b.neck - depth * 0.55, depth=b.depth - depth * 0.2), lift=-depth * 0.12)
    outer = both_edge(replace(b, neck=b.neck + depth * 0.35, depth=b.depth + depth * 0.9))
    marks = (*ribs(inner, outer, 44, 0.25), *stitch(outer, m.thread, 1.4))
    return Panel(chain(outer, inner[::-1]), paint=paint, puff=16, loft=0.8, marks=marks, shadow=0.3)


def both_edge(b: Bodice, lift: float = 0.0) -> Points:
    """The whole neckline from left shoulder to right."""
    right = neckline(b) + (0, lift)
    return chain(mirror(right), right)


def inside_back(m: Making, b: Bodice, label: bool = True) -> tuple[Panel, ...]:
    """What one sees through the neck: the inner back, its band and a label."""
    if m.back:
        return ()
    low = b.depth + 30
    half = chain(
        curve((0, NECK + 14), (b.neck * 0.7, NECK + 8), (b.neck + 8, NECK - 4)),
        line((b.neck + 8, NECK - 4), (b.neck * 0.8, NECK + low)),
        line((b.neck * 0.8, NECK + low), (0, NECK + low)),
    )
    tag = Panel(
        np.array([(-17, NECK + 24), (17, NECK + 24), (17, NECK + 47), (-17, NECK + 47.0)]),
        paint="#e9e4d8",
        puff=6,
        loft=0.2,
        weave=0.2,
    )
    return (Panel(both(half), paint=m.inside, puff=50, loft=0.3), *((tag,) if label else ()))


def hem_stitch(m: Making, b: Bodice, up: float = 14.0) -> tuple[Mark, ...]:
    """Two rows of stitches above the hem."""
    right = hem(m, b)[::-1] * np.array([0.985, 1.0])
    edge = chain(mirror(right), right)
    return (*stitch(edge - (0, up), m.thread), *stitch(edge - (0, up + 6), m.thread))


NECKS = {
    "crew": (68, 40, False),
    "v": (70, 128, True),
    "scoop": (92, 108, False),
    "boat": (118, 26, False),
    "round": (72, 46, False),
    "high": (56, 8, False),
    "deep v": (72, 150, True),
    "square": (96, 96, False),
}


def bodice(m: Making, hem_at: float, **more: float) -> Bodice:
    """A bodice from the cut's words for neck and fit."""
    wide, deep, point = NECKS.get(m.cut.get("neck", "crew"), NECKS["crew"])
    ease = EASE.get(m.cut.get("fit", "regular"), 17.0)
    drop = max(0.0, ease - 24) * 0.9
    return Bodice(neck=wide, depth=deep, point=point, ease=ease, hem=hem_at, drop=drop, **more)


def tshirt(m: Making) -> Garment:
    """A T-shirt."""
    b = bodice(m, {"cropped": 715, "regular": 850, "long": 925}[m.cut["length"]])
    length = SLEEVES[m.cut["sleeve"]]
    wide = 60 + b.ease * 0.5
    cuff = wide - 4 if length < 0.55 else 38 + b.ease * 0.2
    body = torso(m, b, marks=(*hem_stitch(m, b), *_sign(m, b)))
    contrast = m.cut.get("trim") == "contrast"
    shape = (length, wide, cuff)
    ends = cuffs(m, b, shape, 18, m.trim if contrast else CLOTH, ribbed=contrast)
    extra = (pocket(44, 452, 74, 84, m),) if m.cut.get("pocket") == "chest" and not m.back else ()
    return Garment((body, *sleeves(m, b, *shape), *ends, *extra, collar_band(m, b, 17, m.trim)), inside_back(m, b))


def _sign(m: Making, b: Bodice) -> tuple[Mark, ...]:
    """The printed emblem: large on the chest, small on the back's neck."""
    if m.cloth.print != "logo":
        return ()
    if m.back:
        return emblem(0, NECK + 70, 17, m)
    big = (58.0, 74.0, 40.0)[m.cloth.seed % 3]
    return emblem(0, max(NECK + b.depth + big * 1.4, 468), big, m)
