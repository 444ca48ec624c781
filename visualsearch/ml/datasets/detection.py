"""Photos with boxes: readers of the detection sets, and a cache of decoded pictures to read at random."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from visualsearch.ml.datasets.garments import garment_box

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = ("sunglass", "hat", "jacket", "shirt", "pants", "shorts", "skirt", "dress", "bag", "shoe")
POSITIONS = ("head", "head", "upper", "upper", "lower", "lower", "lower", "full", "bag", "feet")

# Clothing Co-Parsing's tags. Belts, jewellery, stockings, scarfs and clear glasses are no class of ours.
CCP_TAGS = {
    "sunglasses": "sunglass", "hat": "hat",
    "jacket": "jacket", "coat": "jacket", "blazer": "jacket", "cardigan": "jacket", "vest": "jacket", "cape": "jacket",
    "shirt": "shirt", "blouse": "shirt", "sweater": "shirt", "t-shirt": "shirt", "top": "shirt", "sweatshirt": "shirt",
    "hoodie": "shirt", "jumper": "shirt", "bodysuit": "shirt",
    "pants": "pants", "jeans": "pants", "leggings": "pants", "shorts": "shorts", "skirt": "skirt",
    "dress": "dress", "romper": "dress", "bag": "bag", "purse": "bag", "wallet": "bag",
    "shoes": "shoe", "boots": "shoe", "sandals": "shoe", "loafers": "shoe", "heels": "shoe", "sneakers": "shoe",
    "pumps": "shoe", "flats": "shoe", "wedges": "shoe",
}  # fmt: skip

CC0_LABELS = {
    "T-Shirt": "shirt", "Longsleeve": "shirt", "Shirt": "shirt", "Polo": "shirt", "Undershirt": "shirt",
    "Hoodie": "shirt", "Top": "shirt", "Blouse": "shirt", "Outwear": "jacket", "Blazer": "jacket", "Pants": "pants",
    "Shorts": "shorts", "Skirt": "skirt", "Dress": "dress", "Shoes": "shoe", "Hat": "hat",
}  # fmt: skip

HELD_OUT = 12  # training learns from all photos of a set but one in so many
PARTS = ("test", "trainval", "held-out", "all")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture file in bytes with its true boxes: (N, 5) float32 class, x1, y1, x2, y2 in fractions."""

    name: str
    data: bytes
    labels: NDArray[np.float32]

    def picture(self) -> Image.Image:
        """The decoded picture, RGB."""
        return Image.open(io.BytesIO(self.data)).convert("RGB")


def colorful(path: Path, part: str) -> Iterator[Photo]:
    """`detection-colorful.zip`, the photos of `ImageSets/Main/<part>.txt`: `trainval` to learn, `test` to report."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.read(f"ImageSets/Main/{part}.txt").decode().split():
            rows = archive.read(f"Annotations_txt/{name}.txt").decode().splitlines()
            labels = [_from_centre([float(part) for part in row.split()]) for row in rows if row.strip()]
            yield Photo(f"colorful/{name}", archive.read(f"images/{name}.webp"), _rows(labels))


def co_parsing(path: Path) -> Iterator[Photo]:
    """`detection-ccp-dev.zip`, tags mapped by `CCP_TAGS`; no photos with a suit, which is two garments in one box.

    Its boxes are the parts of pixel masks: a shirt seen left and right of a tie is two, a shoe is one. As in the other
    sets a photo shows one person, so the parts of a class are joined to one garment, and shoes to a pair. Not bags.
    """
    with zipfile.ZipFile(path) as archive:
        for name, tags in json.loads(archive.read("boxes.json"))["images"].items():
            if any(tag == "suit" for tag, *_ in tags):
                continue
            rows = _rows([[CLASSES.index(CCP_TAGS[tag]), *box] for tag, *box in tags if tag in CCP_TAGS])
            yield Photo(f"ccp/{name}", archive.read(f"images/{name}.webp"), _joined(rows))


def clothing_cc0(path: Path) -> Iterator[Photo]:
    """`clothing-cc0.zip`: photos whose garment stands out from the ground it lies on; the others are left out."""
    with zipfile.ZipFile(path) as archive:
        there = set(archive.namelist())
        for row in csv.DictReader(io.StringIO(archive.read("labels.csv").decode())):
            name, label = f"images/{row['image']}.webp", CC0_LABELS.get(row["label"])
            if label is None or name not in there:
                continue
            data = archive.read(name)
            box = garment_box(Image.open(io.BytesIO(data)).convert("RGB"))
            if box is not None:
                rows = np.array([[CLASSES.index(label), *box]], np.float32)
                yield Photo(f"cc0/{row['image']}", data, rows)


def folder(path: Path) -> Iterator[Photo]:
    """Every `boxes.json` in a folder, `{picture: [{label, box}]}`, with its pictures: what `catalog.studio` saves."""
    for file in sorted(path.rglob("boxes.json")):
        truth: dict[str, list[dict[str, Any]]] = json.loads(file.read_text())
        for name, items in sorted(truth.items()):
            labels = [[CLASSES.index(item["label"]), *item["box"]] for item in items]
            yield Photo(f"{path.name}/{name}", file.with_name(name).read_bytes(), _rows(labels))


def read(path: Path, part: str = "trainval") -> Iterator[Photo]:
    """The photos of a set, told by its name; `part` is for the one that has parts. Raises `ValueError` when unknown."""
    if path.is_dir():
        return folder(path)
    for word, reader in (("ccp", co_parsing), ("cc0", clothing_cc0)):
        if word in path.name:
            return reader(path)
    if "colorful" in path.name:
        return colorful(path, part)
    raise ValueError(f"{path} is no detection set: colorful, ccp or cc0 in its name, or a folder with a boxes.json.")


def default_part(path: Path) -> str:
    """The part of a set that no training has learned from: of a folder, which is yours to choose, all."""
    return "all" if path.is_dir() else "test" if "colorful" in path.name else "held-out"


def measured(path: Path, part: str) -> Iterator[Photo]:
    """The photos of one of `PARTS` of a set; `held-out` is what training on it keeps back.

    Raises `ValueError` for a part that the set has not.
    """
    if part == "held-out":
        return (photo for index, photo in enumerate(read(path)) if index % HELD_OUT == 0)
    parted = default_part(path) == "test"
    if (part == "all") == parted:
        raise ValueError(f"{path} has no part {part!r}, only {'test, trainval' if parted else 'all'} and held-out.")
    return read(path, part)


def _from_centre(row: list[float]) -> list[float]:
    """YOLO's class, centre and sides to class and corners, clipped to the picture."""
    label, cx, cy, w, h = row
    corners = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
    return [label, *(min(1.0, max(0.0, value)) for value in corners)]


def _joined(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """One box around all boxes of a class; bags stay apart."""
    bag = CLASSES.index("bag")
    hulls = [rows[rows[:, 0] == bag]]
    for label in np.unique(rows[rows[:, 0] != bag, 0]):
        same = rows[rows[:, 0] == label]
        hulls.append(np.concatenate([same[:, :3].min(0), same[:, 3:].max(0)])[None])
    return np.concatenate(hulls)


def _rows(labels: list[list[float]]) -> NDArray[np.float32]:
    return np.array(labels, np.float32).reshape(-1, 5)


class Cache:
    """Decoded pictures in one file, mapped into memory: uint8 (H, W, 3), longest side as given when it was filled."""

    def __init__(self, path: Path):
        """Open a cache that `fill` wrote; raises `OSError` when there is none."""
        with np.load(path / "index.npz") as index:
            self.names: list[str] = index["names"].tolist()
            self.shapes, self.starts = index["shapes"], index["starts"]  # (N, 2), (N,)
            self._labels, self._splits = index["labels"], index["splits"]
        self._pixels = np.memmap(path / "pictures.bin", np.uint8, "r")

    def __len__(self) -> int:
        return len(self.names)

    def picture(self, index: int) -> Image.Image:
        """One picture, RGB."""
        (height, width), start = self.shapes[index], self.starts[index]
        return Image.fromarray(self._pixels[start : start + height * width * 3].reshape(height, width, 3))

    def labels(self, index: int) -> NDArray[np.float32]:
        """Its boxes (N, 5): class, x1, y1, x2, y2 in fractions."""
        return self._labels[self._splits[index] : self._splits[index + 1]]


def fill(path: Path, photos: Iterable[Photo], side: int = 448) -> Cache:
    """Decode photos once into the folder `path`, no side longer than `side` px; a cache already there is opened."""
    if (path / "index.npz").is_file():
        return Cache(path)
    path.mkdir(parents=True, exist_ok=True)
    names, shapes, labels = list[str](), list[tuple[int, int]](), list["NDArray[np.float32]"]()
    with (path / "pictures.bin").open("wb") as file:
        for photo in photos:
            picture = photo.picture()
            picture.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
            file.write(np.asarray(picture).tobytes())
            names.append(photo.name)
            shapes.append((picture.height, picture.width))
            labels.append(photo.labels)
    sizes = np.array(shapes, np.int64).reshape(-1, 2)
    starts, splits = np.cumsum([0, *(3 * sizes.prod(1))]), np.cumsum([0, *map(len, labels)])
    rows = np.concatenate([*labels, np.zeros((0, 5), np.float32)])
    np.savez(path / "index.npz", names=names, shapes=sizes, starts=starts, labels=rows, splits=splits)
    return Cache(path)
