"""Outfits: which designs go together, and the order in which a person wears them."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .bodies import Person, arms, hair_behind, head, trunk
from .cameras import Camera
from .designs import Design, design
from .figures import Build
from .panels import Garment, Panel, warped
from .prints import Cloth
from .scenes import Scene, Shadow
from .tailoring import tailored


@dataclass(frozen=True, slots=True)
class Outfit:
    """Two to four designs, one to a position."""

    pieces: tuple[Design, ...]
    wearer: str


def chosen(catalogue_seed: int, among: int, draw: Random) -> Outfit:
    """Something to stand in the street in: a top and bottom or a dress, shoes, and perhaps a bag or a hat."""
    wearer = draw.choice(("Women", "Women", "Men"))
    base = ("full",) if wearer == "Women" and draw.random() < 0.35 else ("upper", "lower")
    extra = draw.choice((("bag",), ("head",), ("bag",), ("bag", "head") if len(base) == 1 else ("head",), ()))
    wanted = (*base, "feet", *extra)
    found: list[Design] = []
    for piece in stream(catalogue_seed, among, draw):
        if (
            piece.position in wanted
            and piece.category[0] == wearer
            and piece.position not in {p.position for p in found}
        ):
            found.append(piece)
        if len(found) == len(wanted):
            break
    return Outfit(tuple(found), wearer)


def stream(catalogue_seed: int, among: int, draw: Random) -> Iterator[Design]:
    """The catalogue's first designs in a random order, each at most once."""
    order = list(range(among))
    draw.shuffle(order)
    return (design(catalogue_seed, index) for index in order)


def dress_up(scene: Scene, person: Person, outfit: Outfit, camera: Camera, tuck: bool) -> None:
    """Put a dressed person into the scene. Items are owned by their product index."""
    warp = person.pose.warp()
    skin = Cloth("plain", person.skin, person.skin, person.skin, weave="skin", seed=7)
    made = {piece.position: (piece.index, *_made(piece, person.pose, person.build)) for piece in outfit.pieces}
    soft = Shadow(0.004, 0.007, 0.010, 0.34)

    def bare(panels: tuple[Panel, ...], shadow: Shadow | None = None) -> None:
        scene.put(tuple(warped(p, warp) for p in panels), skin, camera, None, shadow)

    def wear(position: str, under: bool = False) -> None:
        if position in made:
            index, garment, cloth = made[position]
            scene.put(garment.under if under else garment.panels, cloth, camera, index, None if under else soft)

    for position in ("head", "upper", "full"):
        wear(position, under=True)
    bare(hair_behind(person))
    bare(trunk(person))
    bare(arms(person))
    tucked = tuck and any(piece.kind in ("t-shirt", "shirt", "blouse") for piece in outfit.pieces)
    order = ("feet", "upper", "lower", "full") if tucked else ("feet", "lower", "upper", "full")
    for position in order:
        wear(position)
    bare(head(person), soft)
    wear("head")
    if "bag" in made:  # the strap lies over the clothes, and belongs to no box
        scene.put(made["bag"][1].under, made["bag"][2], camera, None, soft)
    wear("bag")


def _made(piece: Design, pose: object, build: Build) -> tuple[Garment, Cloth]:
    return tailored(piece, pose, worn=True, build=build)  # type: ignore[arg-type]
