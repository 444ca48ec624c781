"""Street photos: items of the catalogue worn in town or laid out together, with their true boxes."""

import json
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from .backdrops import SURFACES, rendered
from .bodies import HAIRS, SKINS, STYLES, Person
from .cameras import Camera, framing
from .chance import dice
from .designs import Design
from .figures import MAN, WOMAN, Pose
from .outfits import Outfit, chosen, dress_up, stream
from .phones import light_of, photographed
from .places import PLACES
from .scenes import Item, Picture, Scene, Shadow
from .tailoring import tailored


def street_photo(catalogue_seed: int, photo_seed: int, among: int = 240, width: int = 720) -> Picture:
    """Two to four of the catalogue's first `among` designs, photographed with a phone: `width` x 4/3 `width`."""
    draw = dice(catalogue_seed, "street", photo_seed, among)
    size = (width, round(width * 4 / 3))
    while True:
        scene, pieces = (_worn if draw.random() < 0.68 else _laid)(catalogue_seed, among, size, draw)
        boxes = scene.boxes(0.002)
        if 2 <= len(boxes) <= 4:
            break
    items = tuple(Item(p.index, p.seed, p.label, p.position, boxes[p.index]) for p in pieces if p.index in boxes)
    return Picture(photographed(scene.canvas, scene.light, draw), items)


def _worn(seed: int, among: int, size: tuple[int, int], draw: Random) -> tuple[Scene, tuple[Design, ...]]:
    outfit = chosen(seed, among, draw)
    person = _person(outfit, draw)
    camera = _camera(outfit, size, draw)
    ground = (camera.pixels(np.array([[0.0, 1560.0]]))[0, 1] / size[1]) * 480
    place = draw.choice(PLACES)(draw, float(np.clip(ground, 250, 470)))
    scene = Scene(rendered(place, size, blur=draw.choice((0.0, 0.004, 0.012, 0.02)), detail=0.45), light_of(draw))
    _ground_shadow(scene, camera)
    dress_up(scene, person, outfit, camera, tuck=draw.random() < 0.4)
    return scene, outfit.pieces


def _person(outfit: Outfit, draw: Random) -> Person:
    hands = [draw.uniform(0.14, 0.34), draw.uniform(0.14, 0.34)]
    elbows = [draw.uniform(-0.3, 0.05), draw.uniform(-0.3, 0.05)]
    if draw.random() < 0.35:  # a hand on the hip
        hands[1], elbows[1] = draw.uniform(0.55, 0.7), draw.uniform(-1.5, -1.2)
    legs = (draw.uniform(0.02, 0.09), draw.uniform(0.02, 0.09))
    pose = Pose((hands[0], hands[1]), (elbows[0], elbows[1]), legs, draw.uniform(-26, 26), draw.uniform(-0.32, 0.32))
    styles = STYLES if outfit.wearer == "Women" else ("short", "crop", "curls", "short")
    return Person(
        MAN if outfit.wearer == "Men" else WOMAN, pose, draw.choice(SKINS), draw.choice(HAIRS), draw.choice(styles)
    )


def _camera(outfit: Outfit, size: tuple[int, int], draw: Random) -> Camera:
    """Head to toe most of the time, sometimes nearer: to the knees or the hips."""
    top, bottom = draw.choice(((-150, 1790), (-150, 1790), (-170, 1340), (-150, 1160), (180, 1790)))
    if len(outfit.pieces) < 4 and bottom < 1300:
        bottom = 1340
    span = (bottom - top) * draw.uniform(1.0, 1.16)
    scale = size[1] / span
    at = (size[0] * draw.uniform(0.42, 0.58), size[1] * draw.uniform(0.49, 0.51))
    return Camera(scale, (0.0, (top + bottom) / 2), at, draw.uniform(-0.07, 0.07), draw.choice((1.0, 1.0, -1.0)))


def _ground_shadow(scene: Scene, camera: Camera) -> None:
    """The dark patch under the feet."""
    x, y = camera.pixels(np.array([[10.0, 1694.0]]))[0]
    columns, rows = scene.size
    xs, ys = np.arange(columns, dtype=np.float32)[None, :] - x, np.arange(rows, dtype=np.float32)[:, None] - y
    wide, high = 260 * camera.scale, 34 * camera.scale
    scene.canvas *= 1 - 0.5 * np.exp(-((xs / wide) ** 2) - (ys / high) ** 2)[..., None]


def _laid(seed: int, among: int, size: tuple[int, int], draw: Random) -> tuple[Scene, tuple[Design, ...]]:
    """Three or four things on a floor, a bed, a lawn, overlapping a little."""
    count = draw.choice((2, 3, 3, 4, 4))
    pieces: list[Design] = []
    for piece in stream(seed, among, draw):
        if len(pieces) < count and piece.position not in {p.position for p in pieces}:
            pieces.append(piece)
    scene = Scene(
        rendered(draw.choice(SURFACES)(draw), size, blur=draw.choice((0.0, 0.002)), detail=0.55), light_of(draw)
    )
    pieces.sort(key=lambda p: ("full", "lower", "upper", "bag", "feet", "head").index(p.position))
    for piece, cell in zip(pieces, _cells(count, draw), strict=True):
        _lay(scene, piece, cell, draw)
    return scene, tuple(pieces)


def _cells(count: int, draw: Random) -> list[tuple[float, float, float, float]]:
    """Places for the things, large ones first: x, y, width, height in shares of the picture."""
    layouts = {
        2: [(0.29, 0.5, 0.56, 0.86), (0.72, 0.48, 0.5, 0.6)],
        3: [(0.29, 0.55, 0.56, 0.86), (0.72, 0.3, 0.5, 0.52), (0.72, 0.76, 0.46, 0.4)],
        4: [(0.29, 0.6, 0.56, 0.74), (0.71, 0.28, 0.56, 0.52), (0.72, 0.72, 0.46, 0.42), (0.26, 0.15, 0.4, 0.28)],
    }  # fmt: skip
    mirrored = draw.random() < 0.5
    return [
        ((1 - x if mirrored else x) + draw.uniform(-0.03, 0.03), y + draw.uniform(-0.03, 0.03), w, h)
        for x, y, w, h in layouts[count]
    ]


def _lay(scene: Scene, piece: Design, cell: tuple[float, float, float, float], draw: Random) -> None:
    lift = draw.uniform(0.25, 0.6)
    bend = (draw.uniform(-0.6, 0.0), draw.uniform(-0.6, 0.0))
    pose = Pose(
        (lift, lift + draw.uniform(-0.1, 0.1)),
        bend,
        (draw.uniform(0.03, 0.1), draw.uniform(0.03, 0.1)),
        draw.uniform(-14, 14),
    )
    garment, cloth = tailored(piece, pose)
    columns, rows = scene.size
    x, y, wide, high = cell
    fit = framing(
        garment.all, (round(columns * wide), round(rows * high)), draw.uniform(0.86, 1.06), draw.uniform(-0.35, 0.35)
    )
    camera = Camera(fit.scale, fit.centre, (columns * x, rows * y), fit.turn)
    scene.put(garment.all, cloth, camera, piece.index, Shadow(0.006, 0.010, 0.010, 0.5))


def save_street_photos(
    directory: str | Path, catalogue_seed: int, count: int, seed: int, among: int = 240, width: int = 720
) -> Path:
    """Write `count` JPEGs and `boxes.json` ({file: [{label, position, product, box}]}); photo k is seeded seed + k."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, list[dict[str, object]]] = {}
    for k in range(count):
        name, picture = f"street-{seed + k:06d}.jpg", street_photo(catalogue_seed, seed + k, among, width)
        _save(picture.image, folder / name)
        known[name] = [
            {"label": i.label, "position": i.position, "product": i.index, "box": list(i.box)} for i in picture.items
        ]
    (folder / "boxes.json").write_text(json.dumps(known, indent=1))
    return folder / "boxes.json"


def _save(image: Image.Image, path: Path) -> None:
    image.save(path, "JPEG", quality=92)
