"""Cutting dresses: a bodice and a skirt in one outline."""

from dataclasses import replace

from .figures import WAIST
from .making import Making, button, emblem, seam
from .panels import CLOTH, Garment, Panel
from .shapes import both, chain, curve, line
from .skirts import skirt_panel
from .tops import (
    SLEEVES,
    Bodice,
    armhole,
    bodice,
    collar_band,
    cuffs,
    drags,
    inside_back,
    neckline,
    side,
    sleeves,
    tip_of,
)


def dress(m: Making) -> Garment:
    """A dress: neck, sleeve, waist and skirt by the cut; its length by `length`."""
    low = {"mini": 1010.0, "knee": 1190.0, "midi": 1370.0, "maxi": 1580.0}[m.cut["length"]]
    b = replace(bodice(m, 700), drop=0.0, strap={"strap": 22.0, "none": 58.0}.get(m.cut["sleeve"], 0.0))
    b = replace(b, ease=8.0, neck=min(b.neck, 84) if b.strap else b.neck)
    skirt = skirt_panel(m, m.cut["skirt"], WAIST - 6, low, m.build.waist + 12)
    body = _bodice(m, b)
    sleeve = SLEEVES.get(m.cut["sleeve"], 0.0) if not b.strap else 0.0
    balloon = 34.0 if m.cut.get("puff") == "puff" else 0.0
    shape = (sleeve, 54.0, 50.0 if sleeve < 0.6 else 34.0, balloon)
    arms = (*sleeves(m, b, *shape), *cuffs(m, b, shape, 16, CLOTH, ribbed=False)) if sleeve else ()
    band = replace(collar_band(m, b, 9, m.trim), marks=())
    return Garment((skirt, body, *_waist(m), *arms, *_front(m, b), band), inside_back(m, b, label=not b.strap))


def _bodice(m: Making, b: Bodice) -> Panel:
    if m.back:
        b = replace(b, depth=30.0, point=False)
    waist = m.build.waist + 12
    top = (m.build.chest + b.ease, float(side(m, b)[0, 1]))
    flank = curve(top, (m.build.chest * 0.5 + waist * 0.5 + 4, 555), (waist, WAIST - 2))
    half = chain(
        neckline(b),
        line((b.neck, 286), tip_of(m, b)),
        armhole(m, b),
        flank,
        curve((waist, WAIST - 2), (waist / 2, WAIST + 3), (0, WAIST + 4)),
    )
    logo = emblem(0, 500, 40, m) if m.cloth.print == "logo" and not m.back else ()
    darts = (
        ()
        if m.back
        else tuple(mk for s in (-1, 1) for mk in seam(curve((s * 74, 520), (s * 68, 580), (s * 62, WAIST)), 0.5))
    )
    return Panel(
        both(half),
        origin=(0.0, WAIST - 6),
        folds=drags(m, replace(b, hem=650)),
        puff=100,
        loft=0.62,
        marks=(*darts, *logo),
        shadow=0.0,
    )


def _waist(m: Making) -> tuple[Panel, ...]:
    w = m.build.waist + 14
    deep = 30.0 if m.cut["waist"] == "belt" else 5.0
    edge = chain(
        curve((-w, WAIST - 8), (0, WAIST - 2), (w, WAIST - 8)),
        curve((w, WAIST - 8 + deep), (0, WAIST + deep), (-w, WAIST - 8 + deep)),
    )
    if m.cut["waist"] != "belt":
        return (Panel(edge, origin=(0.0, WAIST - 6), puff=6, loft=0.4, shadow=0.25),)
    return (
        Panel(
            edge,
            paint=m.cloth.accent,
            puff=14,
            loft=0.8,
            shadow=0.4,
            marks=() if m.back else button(0, WAIST + 10, m.metal, 12),
        ),
    )


def _front(m: Making, b: Bodice) -> tuple[Panel, ...]:
    """A row of small buttons down the bodice."""
    if m.cut.get("closure") != "buttons" or m.back:
        return ()
    marks = tuple(
        mk for y in range(int(300 + b.depth), int(WAIST) - 20, 42) for mk in button(0, float(y), m.metal, 5.5)
    )
    edge = chain(line((-13, 288 + b.depth), (13, 288 + b.depth)), line((13, WAIST - 6), (-13, WAIST - 6)))
    return (Panel(edge, origin=(0.0, WAIST - 6), puff=10, loft=0.3, marks=marks, shadow=0.2),)
