"""Making shoes: one shoe seen from its outer side, heel at x = 0, toe at x = 270, ground at y = 0; then the pair."""

import numpy as np

from .figures import ANKLE, leg
from .making import Making, creases, placed, seam, stitch
from .palette import darker, lighter, lightness
from .panels import CLOTH, Fold, Garment, Mark, Panel
from .shapes import along, chain, curve, disc, line, part

FACING = 0.05  # radians of turn below which somebody faces us
WORN = 0.8  # how large a shoe is on a figure, against its own drawing


def shoes(m: Making) -> Garment:
    """A pair: beside each other in a picture, toes outwards on a figure."""
    shoe = {
        "sneaker": _sneaker,
        "high-top": _high_top,
        "boot": _boot,
        "loafer": _loafer,
        "pump": _pump,
        "sandal": _sandal,
    }[m.cut["style"]](m)
    if m.worn:
        return Garment(_worn(m, shoe))
    far = [placed(p, 0.97, 66, -58) for p in shoe]
    return Garment((*far, *(placed(p, 1.0, 0, 0) for p in shoe)))


def _worn(m: Making, shoe: list[Panel]) -> tuple[Panel, ...]:
    """On both feet: toes the way the body turns, or outwards when it faces us."""
    ankles = (float(leg(m.build, m.pose)[-1, 0]), -float(leg(m.build, m.pose.other())[-1, 0]))
    outwards = abs(m.pose.turn) < FACING
    toes = (1.0, -1.0) if outwards else (float(np.sign(m.pose.turn)),) * 2
    order = sorted(zip(ankles, toes, strict=True), key=lambda foot: foot[0] * toes[0])
    return tuple(placed(p, WORN, ankle - 58 * toe, ANKLE + 98, mirror=toe < 0) for ankle, toe in order for p in shoe)


def _sole(m: Making, top: float, colour: str, heel: float = 0.0) -> Panel:
    """A flat sole, `top` units thick, lifted at the toe."""
    upper = curve((4, -top - 4), (70, -top), (150, -top + 2), (220, -top), (268, -top - 8), steps=8)
    lower = curve((276, -top * 0.7 - 2), (262, -6), (225, 0), (120, 0), (14, 0), (2, -8), (2, -top * 0.6), steps=8)
    groove = Mark(part(upper, 0.02, 0.98) + (0, top * 0.5), stroke=darker(colour, 0.25), width=2.4, opacity=0.7)
    return Panel(chain(upper, lower), paint=colour, puff=14, loft=0.8, weave=0.1, gloss=0.08, marks=(groove,))


def _laces(
    m: Making, start: tuple[float, float], end: tuple[float, float], count: int, wide: float
) -> tuple[Mark, ...]:
    ink = "#f4f0e6" if lightness(m.cloth.base) < 0.75 else darker(m.cloth.base, 0.6)
    marks: list[Mark] = []
    for k in range(count):
        t = k / max(count - 1, 1)
        x, y = start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t
        run = curve((x - wide * 0.55, y + wide * 0.95), (x + 2, y + wide * 0.2), (x + wide * 0.5, y - 4))
        marks += [Mark(run + (1, 3), stroke="#000000", width=6, opacity=0.3), Mark(run, stroke=ink, width=5.4)]
        marks += [Mark(disc(x - wide * 0.55, y + wide * 0.95, 3.4), fill="#2a2a2c")]
    return tuple(marks)


def _sneaker(m: Making) -> list[Panel]:
    body = chain(
        curve((8, -26), (4, -70), (14, -112), (24, -124), steps=8),
        curve((24, -124), (44, -110), (74, -108), (98, -122), steps=8),
        curve((98, -122), (138, -96), (184, -66), (236, -56), (266, -40), (268, -24), steps=8),
        line((268, -24), (8, -22)),
    )
    toe = chain(
        curve((204, -24), (202, -46), (214, -61), steps=6),
        curve((214, -61), (248, -54), (268, -38), (269, -22), steps=6),
    )
    heel = chain(
        curve((8, -24), (4, -70), (14, -112), (24, -122), steps=8), curve((30, -112), (44, -70), (52, -24), steps=8)
    )
    inside = chain(curve((24, -124), (44, -110), (74, -108), (98, -122)), curve((98, -122), (66, -129), (24, -124)))
    accent = m.cloth.accent
    swoosh = chain(curve((64, -44), (110, -42), (166, -62)), curve((166, -62), (112, -60), (70, -62)))
    marks = (
        *_laces(m, (104, -112), (176, -74), 5, 24),
        *stitch(curve((58, -30), (66, -80), (96, -112)), m.thread),
        Mark(swoosh, fill=accent),
    )
    return [
        Panel(inside, paint=m.inside, puff=10, loft=0.3),
        Panel(
            body,
            puff=52,
            loft=0.85,
            marks=marks,
            folds=(Fold(curve((176, -60), (190, -46), (196, -30)), 7, -3),),
            origin=(0.0, 0.0),
        ),
        Panel(
            toe,
            paint=lighter(m.cloth.base, 0.16) if m.cut.get("toe") == "cap" else CLOTH,
            puff=34,
            loft=0.8,
            marks=stitch(part(toe, 0, 0.34) - (4, 0), m.thread),
            origin=(0.0, 0.0),
            shadow=0.2,
        ),
        Panel(
            heel,
            paint=accent,
            puff=24,
            loft=0.7,
            marks=stitch(part(heel, 0.56, 0.94), lighter(accent, 0.4)),
            shadow=0.2,
        ),
        _sole(
            m,
            28 if m.cut["sole"] == "chunky" else 20,
            {"white": "#f1ede3", "gum": "#a9713f", "chunky": "#ece6d8", "dark": "#2b2b2e"}[m.cut["sole"]],
        ),
    ]


def _high_top(m: Making) -> list[Panel]:
    body = chain(
        curve((10, -24), (4, -90), (10, -160), (16, -204), steps=8),
        curve((16, -204), (56, -198), (102, -210), steps=8),
        curve((102, -210), (112, -150), (142, -96), (190, -62), (240, -54), (266, -38), (268, -22), steps=8),
        line((268, -22), (10, -22)),
    )
    toe = chain(
        curve((210, -24), (206, -46), (218, -58), steps=6),
        curve((218, -58), (250, -50), (268, -36), (269, -22), steps=6),
    )
    marks = (
        *_laces(m, (94, -194), (172, -76), 7, 22), *stitch(curve((72, -30), (70, -110), (80, -198)), m.thread),
        Mark(disc(44, -150, 19, n=30), fill=m.cloth.accent), Mark(disc(44, -150, 11, n=30), stroke=lighter(m.cloth.accent, 0.6), width=2.4, closed=True),
    )  # fmt: skip
    rubber = "#f3efe4" if m.cut["sole"] != "dark" else "#2a2a2d"
    sole = _sole(m, 26, rubber)
    return [
        Panel(
            body,
            puff=54,
            loft=0.85,
            marks=marks,
            origin=(0.0, 0.0),
            folds=creases(line((60, -180), (110, -60)), np.array([40.0, 60.0]), m.seed, 5, 2.5),
        ),
        Panel(toe, paint=rubber, puff=30, loft=0.8, weave=0.1, shadow=0.25),
        sole,
        Panel(
            chain(part(sole.outline, 0.02, 0.4) + (0, 8), (part(sole.outline, 0.02, 0.4) + (0, 12))[::-1]),
            paint=m.cloth.accent,
            puff=4,
            weave=0.0,
            shadow=0.0,
        ),
    ]


def _boot(m: Making) -> list[Panel]:
    body = chain(
        curve((20, -34), (10, -90), (20, -170), (14, -262), steps=8),
        curve((14, -262), (60, -256), (118, -264), steps=8),
        curve((118, -264), (116, -180), (134, -112), (186, -80), (238, -66), (264, -44), (266, -26), steps=8),
        line((266, -26), (20, -30)),
    )
    gore = chain(curve((50, -258), (54, -190), (70, -128), steps=8), curve((70, -128), (84, -190), (88, -258), steps=8))
    inside = chain(curve((14, -262), (60, -256), (118, -264)), curve((118, -264), (64, -274), (14, -262)))
    tall = m.cut.get("closure") == "laces"
    marks = _laces(m, (112, -244), (158, -96), 7, 22) if tall else ()
    colour = {"gum": "#8d5a34", "white": "#e9e2d2"}.get(m.cut["sole"], "#241d1a")
    heel = Panel(
        chain(line((8, -30), (76, -26)), line((72, 0), (12, 0))), paint=darker(colour, 0.2), puff=12, weave=0.1
    )
    return [
        Panel(inside, paint=m.inside, puff=8, loft=0.3),
        Panel(body, puff=58, loft=0.9, gloss=0.3, marks=(*marks, *seam(curve((120, -110), (160, -100), (196, -30)), 0.8), *seam(curve((20, -110), (60, -96), (70, -32)), 0.7)), folds=creases(line((66, -200), (130, -70)), np.array([46.0, 66.0]), m.seed, 7, 3.5), origin=(0.0, 0.0)),
        *(() if tall else (Panel(gore, paint="#24221f", puff=10, loft=0.5, weave=0.4, marks=tuple(Mark(np.stack([p, q]), stroke="#000000", width=2, opacity=0.4) for p, q in zip(along(gore[:8], 9), along(gore[:8:-1], 9), strict=True))),)),
        heel,
        Panel(chain(curve((8, -34), (120, -28), (200, -26), (270, -34)), curve((276, -20), (262, -4), (210, -2), (120, -14), (10, -20))), paint=colour, puff=8, weave=0.1),
    ]  # fmt: skip


def _loafer(m: Making) -> list[Panel]:
    body = chain(
        curve((12, -22), (6, -60), (14, -96), (22, -102), steps=8),
        curve((22, -102), (60, -84), (100, -82), (128, -96), steps=8),
        curve((128, -96), (170, -86), (220, -66), (262, -42), (266, -22), steps=8),
        line((266, -22), (12, -20)),
    )
    apron = curve((134, -62), (180, -60), (232, -46), (250, -34))
    strap = chain(
        curve((126, -98), (152, -92), (172, -84)),
        curve((182, -58), (176, -30), (168, -22)),
        curve((136, -22), (132, -60), (126, -98)),
    )
    slot = Mark(disc(152, -64, 13, 6), fill=darker(m.cloth.base, 0.6))
    tassel = m.cut.get("toe") == "tassel"
    trim = (
        (
            Mark(disc(160, -80, 9), fill=m.cloth.accent),
            *(Mark(line((158 + 5 * k, -76), (160 + 8 * k, -48)), stroke=m.cloth.accent, width=4.5) for k in (-1, 0, 1)),
        )
        if tassel
        else (slot,)
    )
    inside = chain(curve((22, -102), (60, -84), (100, -82), (128, -96)), curve((128, -96), (72, -106), (22, -102)))
    return [
        Panel(inside, paint=lighter(m.inside, 0.1), puff=9, loft=0.3),
        Panel(
            body,
            puff=48,
            loft=0.9,
            gloss=0.35,
            marks=(*seam(apron, 1.4), *stitch(apron - (0, 4), m.thread)),
            origin=(0.0, 0.0),
        ),
        Panel(strap, paint=CLOTH, puff=14, loft=0.5, gloss=0.25, marks=trim, shadow=0.35),
        Panel(
            chain(
                curve((6, -24), (120, -20), (268, -24)),
                curve((274, -14), (250, -4), (120, -8), (76, -8), (76, 0), (8, 0)),
            ),
            paint="#2a1d16",
            puff=7,
            weave=0.1,
        ),
    ]


def _pump(m: Making) -> list[Panel]:
    high = {"low": 40.0, "high": 86.0}[m.cut.get("heel", "high")]
    body = chain(
        curve((16, -high - 4), (8, -high - 40), (16, -high - 66), steps=8),
        curve((16, -high - 66), (70, -high - 22), (130, -high * 0.55 - 18), (196, -52), steps=8),
        curve((196, -52), (232, -44), (266, -22), (276, -8), steps=8),
        curve((276, -8), (236, -4), (190, -6), (130, -high * 0.42), (70, -high + 4), (16, -high - 4), steps=8),
    )
    heel = chain(
        curve((14, -high - 8), (20, -high * 0.5), (22, 0)),
        line((22, 0), (38, 0)),
        curve((38, 0), (44, -high * 0.5), (72, -high + 4)),
    )
    inside = chain(
        curve((16, -high - 66), (70, -high - 22), (130, -high * 0.55 - 18), (196, -52)),
        curve((196, -52), (130, -high * 0.6 - 40), (66, -high - 54), (16, -high - 66)),
    )
    tip = (
        (Mark(loop_bow(200, -52), fill=m.cloth.accent, stroke=darker(m.cloth.accent, 0.3), width=1.4, closed=True),)
        if m.cut.get("toe") == "bow"
        else ()
    )
    sole = Mark(
        curve((276, -6), (236, -2), (190, -4), (130, -high * 0.4 + 2), (70, -high + 7)), stroke="#2b1d17", width=4
    )
    return [
        Panel(heel, paint=darker(m.cloth.base, 0.15) if m.cut.get("sole") != "gum" else "#8d5a34", puff=10, gloss=0.3),
        Panel(inside, paint="#d9c7ae", puff=12, loft=0.3, weave=0.2),
        Panel(body, puff=40, loft=0.95, gloss=0.5, marks=(sole, *tip), origin=(0.0, 0.0)),
    ]


def loop_bow(x: float, y: float) -> np.ndarray:
    """A small flat bow."""
    return np.array(
        [(x - 20, y - 13), (x, y - 4), (x + 20, y - 13), (x + 18, y + 9), (x, y + 4), (x - 18, y + 9)], float
    )


def _sandal(m: Making) -> list[Panel]:
    bed = _sole(m, 22, {"gum": "#a9713f", "white": "#efe9dc", "dark": "#3a2f29"}.get(m.cut["sole"], "#b98a5c"))
    over = chain(curve((150, -22), (158, -78), (196, -84), steps=7), curve((196, -84), (232, -66), (246, -24), steps=7))
    back = chain(
        curve((60, -22), (66, -74), (112, -86), steps=7), curve((112, -86), (130, -70), (104, -62), (92, -22), steps=7)
    )
    heel = chain(curve((14, -24), (6, -66), (12, -92), steps=6), curve((26, -90), (24, -60), (32, -24), steps=6))
    round_ = chain(curve((10, -92), (60, -84), (118, -92), steps=6), curve((118, -74), (60, -68), (10, -76), steps=6))
    buckle = Mark(np.array([(84, -90), (104, -92), (104, -68), (84, -66.0)]), stroke=m.metal, width=4, closed=True)
    return [
        Panel(heel, puff=14, gloss=0.2, origin=(0.0, 0.0)), Panel(back, puff=14, gloss=0.2, origin=(0.0, 0.0)),
        Panel(over, puff=30, gloss=0.25, marks=stitch(curve((158, -30), (166, -72), (196, -77)), m.thread), origin=(0.0, 0.0)),
        Panel(round_, puff=12, gloss=0.2, marks=(buckle,), origin=(0.0, 0.0)), bed,
    ]  # fmt: skip
