"""Product pictures: front, back, flat on a table, close up, and on the studio's figure."""

from dataclasses import dataclass
from random import Random

import numpy as np

from .backdrops import linen, rendered, studio, wood
from .bodies import Person, arms, head, stand, trunk
from .cameras import Camera, extent, framing
from .chance import dice
from .designs import Design
from .figures import Pose
from .panels import Garment, Panel, Warp, warped
from .prints import Cloth
from .scenes import Item, Picture, Scene, Shadow, to_image
from .tailoring import build_of, tailored

FILL = {"shoes": 0.76, "bag": 0.78, "hat": 0.7, "shorts": 0.68, "skirt": 0.78}  # small things keep more air
_SKIN = Cloth("plain", "#e6dfd3", "#e6dfd3", "#e6dfd3", weave="skin")


@dataclass(frozen=True, slots=True)
class View:
    """One picture of a product: front, back, flat, close or figure, in one of its colourways."""

    name: str
    colourway: int = 0


def views(design: Design, count: int = 3) -> tuple[View, ...]:
    """The pictures a product has, the front first."""
    others = (
        ["figure", "flat", "back", "close"]
        if design.position not in ("feet", "bag")
        else ["flat", "close", "figure", "back"]
    )
    chance = dice(design.seed, design.index, "views")
    first = others.pop(0) if chance.random() < 0.6 else others.pop(1)
    rest = chance.sample(others, len(others))
    return tuple(View(name) for name in ("front", first, *rest)[: max(1, count)])


def draw(design: Design, view: View, width: int = 800) -> Picture:
    """The picture, `width` x 1.25 `width`, and the product's box in it."""
    chance = dice(design.seed, design.index, view.name, view.colourway)
    size = (width, round(width * 1.25))
    scene = {"front": _front, "back": _front, "flat": _flat, "close": _close, "figure": _figure}[view.name](
        design, view, size, chance
    )
    box = scene.boxes(0.0)[0]
    return Picture(to_image(scene.canvas), (Item(design.index, design.seed, design.label, design.position, box),))


def stance(design: Design, chance: Random) -> Pose:
    """How a garment hangs by itself: short sleeves held out a little, long ones falling."""
    short = design.cut.get("sleeve") in ("short", "cap", "elbow", "flutter", "puff", "none")
    lift = chance.uniform(0.36, 0.44) if short else chance.uniform(0.19, 0.24)
    spread = 0.045 if design.kind in ("trousers", "jeans", "shorts") else 0.05
    return Pose(arms=(lift, lift), elbows=(-0.03, -0.03), legs=(spread, spread))


def _front(design: Design, view: View, size: tuple[int, int], chance: Random) -> Scene:
    garment, cloth = tailored(design, stance(design, chance), view.colourway, back=view.name == "back")
    standing = design.position in ("feet", "bag")
    scene = Scene(studio(size, chance, horizon=0.72 if standing else 0.84))
    camera = framing(garment.all, size, fill=FILL.get(design.kind, 0.86))
    if view.name == "back" and standing:
        camera = Camera(camera.scale, camera.centre, camera.at, 0.0, flip=-1.0)
    shadow = Shadow(0.012, 0.02, 0.03, 0.30)
    scene.put(garment.all, cloth, camera, 0, shadow)
    return scene


def _flat(design: Design, view: View, size: tuple[int, int], chance: Random) -> Scene:
    lift = chance.uniform(0.3, 0.55)
    pose = Pose(
        arms=(lift, lift + chance.uniform(-0.08, 0.08)),
        elbows=(chance.uniform(-0.5, -0.1), chance.uniform(-0.5, -0.1)),
        legs=(0.09, 0.04),
    )
    garment, cloth = tailored(design, pose, view.colourway)
    surface = chance.choice((wood, linen, linen))
    scene = Scene(rendered(surface(chance), size, detail=0.4))
    camera = framing(garment.all, size, fill=0.9, turn=chance.uniform(-0.22, 0.22))
    scene.put(garment.all, cloth, camera, 0, Shadow(0.006, 0.01, 0.010, 0.5))
    return scene


def _close(design: Design, view: View, size: tuple[int, int], chance: Random) -> Scene:
    garment, cloth = tailored(design, stance(design, chance), view.colourway)
    x1, y1, x2, y2 = extent(garment.all)
    scene = Scene(studio(size, chance))
    focus = {
        "upper": (0.5, 0.3),
        "full": (0.5, 0.24),
        "lower": (0.5, 0.2),
        "feet": (0.62, 0.6),
        "bag": (0.5, 0.55),
        "head": (0.5, 0.5),
    }[design.position]
    centre = (
        x1 + (x2 - x1) * (focus[0] + chance.uniform(-0.06, 0.06)),
        y1 + (y2 - y1) * (focus[1] + chance.uniform(-0.03, 0.03)),
    )
    zoom = {"full": 2.6, "upper": 2.0, "lower": 2.4}.get(design.position, 1.6)
    scale = framing(garment.all, size, 0.86).scale * zoom
    camera = Camera(scale, centre, (size[0] / 2, size[1] / 2), chance.uniform(-0.1, 0.1))
    scene.put(garment.all, cloth, camera, 0, Shadow(0.02, 0.03, 0.04, 0.3))
    return scene


def _figure(design: Design, view: View, size: tuple[int, int], chance: Random) -> Scene:
    pose = Pose(
        arms=(chance.uniform(0.18, 0.3), chance.uniform(0.18, 0.3)),
        elbows=(-0.1, -0.1),
        legs=(0.05, 0.05),
        turn=chance.uniform(-0.18, 0.18),
        sway=chance.uniform(-10, 10),
    )
    garment, cloth = tailored(design, pose, view.colourway, worn=True)
    person = Person(build_of(design), pose)
    scene = Scene(studio(size, chance, horizon=0.9))
    camera = _portrait(design, garment, size)
    warp = pose.warp()
    strap = design.position == "bag"
    if not strap:
        scene.put(garment.under, cloth, camera, 0)
    scene.put(_bent((*stand(person.build), *trunk(person), *arms(person)), warp), _SKIN, camera, None, Shadow())
    if design.position == "head":
        scene.put(_bent(head(person), warp), _SKIN, camera)
    if strap:
        scene.put(garment.under, cloth, camera, None, Shadow(0.004, 0.008, 0.012, 0.3))
    scene.put(garment.panels, cloth, camera, 0, Shadow(0.004, 0.008, 0.012, 0.3))
    if design.position != "head":
        scene.put(_bent(head(person), warp), _SKIN, camera)
    return scene


def _bent(panels: tuple[Panel, ...], warp: Warp) -> tuple[Panel, ...]:
    return tuple(warped(panel, warp) for panel in panels)


def _portrait(design: Design, garment: Garment, size: tuple[int, int]) -> Camera:
    """The part of the figure that shows the garment."""
    high, low = {
        "upper": (-20, 1010),
        "full": (-20, 1740),
        "lower": (500, 1760),
        "feet": (1280, 1780),
        "bag": (240, 1400),
        "head": (-150, 560),
    }[design.position]
    x1, y1, x2, y2 = extent(garment.all)
    top, bottom = min(float(high), y1 - 40), max(float(low), y2 + 60)
    scale = min(size[1] / (bottom - top), size[0] / (x2 - x1 + 160))
    middle = 0.0 if design.position != "bag" else float(np.clip((x1 + x2) / 2, -80, 80))
    return Camera(scale, (middle, (top + bottom) / 2), (size[0] / 2, size[1] / 2))
