"""Tailoring: a design becomes a garment, for a body and a pose."""

from dataclasses import replace

from .bags import WORN as BAG_WORN
from .bags import bag
from .bottoms import jeans, shorts, trousers
from .chance import dice
from .coats import coat
from .designs import Design
from .dresses import dress
from .figures import MAN, WOMAN, Build, Pose
from .hats import hat
from .hoodies import hoodie
from .kinds import BY_NAME
from .making import Making
from .outerwear import jacket
from .panels import Garment, bent
from .prints import Cloth
from .shirts import blouse, shirt
from .shoes import WORN as SHOE_WORN
from .shoes import shoes
from .skirts import skirt
from .tops import tshirt

_CUTTERS = {
    "t-shirt": tshirt, "shirt": shirt, "blouse": blouse, "jacket": jacket, "coat": coat, "hoodie": hoodie, "short dress": dress,
    "long dress": dress, "trousers": trousers, "jeans": jeans, "shorts": shorts, "skirt": skirt, "shoes": shoes, "bag": bag, "hat": hat,
}  # fmt: skip
_METALS = ("#b9b4a6", "#c3a468", "#8d8a86", "#a9825a")


def build_of(design: Design) -> Build:
    """The body a design is cut for."""
    return MAN if design.category[0] == "Men" else WOMAN


def cloth(design: Design, colourway: int = 0) -> Cloth:
    """The design's cloth in one of its colourways: the same in every picture."""
    kind, way = BY_NAME[design.kind], design.colourways[colourway % len(design.colourways)]
    draw = dice(design.seed, design.index, "cloth")
    leaf = draw.choice(("#5d7350", "#3f5d4a", "#7c8a5a", "#46624f"))
    return Cloth(
        design.print, way.base, way.accent, way.second, kind.scale * draw.choice((0.78, 1.0, 1.25)), draw.randrange(24),
        draw.randrange(1 << 16), design.weave, _span(design), {"leaf": leaf},
    )  # fmt: skip


def _span(design: Design) -> tuple[float, float]:
    """Where the garment starts and ends, for what runs from its top to its bottom."""
    top, bottom = BY_NAME[design.kind].span
    if design.kind in ("skirt", "short dress", "long dress", "coat"):
        bottom = {"mini": 980.0, "knee": 1190.0, "midi": 1360.0, "maxi": 1570.0, "short": 1060.0}[design.cut["length"]]
    if design.position == "feet" and design.cut["style"] in ("boot", "high-top"):
        top = -260.0
    return top, bottom


def tailored(
    design: Design, pose: Pose, colourway: int = 0, back: bool = False, worn: bool = False, build: Build | None = None
) -> tuple[Garment, Cloth]:
    """The garment in its pose, and the cloth to paint it with."""
    stuff = cloth(design, colourway)
    if worn and design.position in ("feet", "bag"):
        stuff = replace(stuff, scale=stuff.scale * (SHOE_WORN if design.position == "feet" else BAG_WORN))
    draw = dice(design.seed, design.index, "metal")
    making = Making(design.cut, stuff, build or build_of(design), pose, back, stuff.seed, worn, draw.choice(_METALS))
    return bent(_CUTTERS[design.kind](making), pose.warp()), stuff
