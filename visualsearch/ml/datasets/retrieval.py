"""Pictures by product: readers of the sets that the embedder learns from and is measured on.

Every reader gives `Shot`s: a picture, the product that it shows, and its part (`train`, `gallery` or `query`).
"""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from visualsearch.ml import transforms
from visualsearch.ml.types import Box

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
TALL = 4 / 3  # height over width of the shop photos that products-kaggle marks as squashed to a square


class DatasetError(Exception):
    """A data set is not laid out as its reader expects. The message says which file and what is missing."""


class NoInShop(DatasetError):
    """A data set without the list that makes it the In-shop benchmark."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of one product: file `member` of a folder or zip, all of it or a box. `label` is its kind.

    `style` is the same for a product in all its colours, where the data say so.
    """

    source: Path
    member: str
    product: str
    part: str = "train"
    label: str = ""
    position: str = ""
    box: Box | None = None
    squashed: bool = False
    colour: str = ""
    style: str = ""

    def content(self) -> bytes:
        """The bytes of the file; raises `DatasetError` when it is not there (any more)."""
        return _content(self.source, self.member)

    def picture(self, margin: float = 0.0) -> Image.Image:
        """The upright RGB picture, read now, cut to the box widened by `margin`; a squashed one stretched back."""
        picture = Image.open(io.BytesIO(self.content()))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        if self.squashed:
            return upright.resize((round(upright.height / TALL), upright.height))
        return transforms.crop(upright, self.box, margin) if self.box else upright


def products_kaggle(path: Path) -> list[Shot]:
    """`products-kaggle.zip`: every product is a class, one view each. Cosmetics and gifts are left out."""
    worn = ("Apparel", "Footwear", "Accessories")
    return [
        Shot(path, f"images/{row['id']}.webp", f"kaggle/{row['id']}", label=row["articleType"],
             colour=row.get("baseColour", ""), squashed=row["squashed"] == "1")
        for row in _table(path, "products.csv") if row["masterCategory"] in worn
    ]  # fmt: skip


def clothing_cc0(path: Path) -> list[Shot]:
    """`clothing-cc0.zip`: every photo is a class of its own; what the senders could not name is left out."""
    named = {row["image"]: row["label"] for row in _table(path, "labels.csv")}
    names = sorted(name for name in _members(path) if name.startswith("images/"))
    shots = (Shot(path, name, f"cc0/{Path(name).stem}", label=named.get(Path(name).stem, "")) for name in names)
    return [shot for shot in shots if shot.label not in ("", "Skip", "Other", "Not sure")]


def luma(path: Path) -> list[Shot]:
    """`catalogue-luma.zip`, for reporting only: main views are the gallery, other views of the same ask.

    A product is an SKU in one colour: `images/mh01-black_main.webp`, `images/mh01-black_alt1.webp`. Its style is the
    SKU, its kind the last part of its first category in `products.csv`.
    """
    kinds = _luma_kinds(path)
    stems = {Path(name).stem: name for name in _members(path) if name.startswith("images/") and "_" in Path(name).stem}
    shots = []
    for stem, name in sorted(stems.items()):
        product, _, view = stem.partition("_")
        if view == "main" or f"{product}_main" in stems:
            part, style = "gallery" if view == "main" else "query", product.partition("-")[0]
            shots.append(Shot(path, name, product, part, label=kinds.get(style, ""), style=style))
    return shots


def _luma_kinds(path: Path) -> dict[str, str]:
    """The kind of each SKU: `Default Category/Men/Tops/Hoodies & Sweatshirts,...` are hoodies and sweatshirts."""
    sheets = [name for name in _members(path) if name.endswith("ConfigurableSampleData/products.csv")]
    return {
        row["sku"].lower(): row["categories"].split(",")[0].rpartition("/")[2]
        for sheet in sheets for row in _table(path, sheet) if row["product_type"] == "configurable"
    }  # fmt: skip


def folder(path: Path) -> list[Shot]:
    """A folder or zip with a folder for each product: its first picture by name is the gallery, the others ask."""
    products: dict[str, list[str]] = {}
    for name in sorted(_members(path)):
        if Path(name).suffix.lower() in PICTURES and "/" in name:
            products.setdefault(name.rpartition("/")[0], []).append(name)
    if not products:
        raise DatasetError(f"{path} holds no pictures in folders: one folder a product is expected.")
    return [
        Shot(path, name, product, "gallery" if name == names[0] else "query")
        for product, names in products.items()
        for name in names
    ]


def inshop(path: Path) -> list[Shot]:
    """DeepFashion In-shop Clothes Retrieval: `list_eval_partition.txt` (also under `Eval/`) names pictures and items.

    Two header lines, then `image_name item_id evaluation_status`; pictures lie in `img/` beside it (or `Img/img/`).
    """
    lists = [name for name in _members(path) if name.endswith("list_eval_partition.txt")]
    if not lists:
        raise NoInShop(f"{path} has no list_eval_partition.txt: it is not the In-shop benchmark.")
    rows = [line.split() for line in _content(path, lists[0]).decode().splitlines()[2:] if line.strip()]
    present = _members(path)
    where = {name[name.find("img/") :]: name for name in present if "img/" in name}
    if missing := [row[0] for row in rows if len(row) != 3 or row[0] not in where]:
        raise DatasetError(f"{path}: {len(missing)} of {len(rows)} listed pictures are missing, first {missing[0]}.")
    return [Shot(path, where[name], item, part, label=name.split("/")[2]) for name, item, part in rows]


def studio(path: Path) -> list[Shot]:
    """A drawn catalogue: items in `products/<index>/` are the gallery, items in `street/` ask; boxes are the true ones.

    Each of these folders has a `boxes.json`: `{picture: [{label, position, product, box}]}`.
    """
    folders = sorted((path / "products").glob("*/boxes.json"))
    gallery = [shot for file in folders for shot in _boxed(path, file, "gallery")]
    known = {shot.product for shot in gallery}
    return gallery + [s for s in _boxed(path, path / "street" / "boxes.json", "query") if s.product in known]


READERS: dict[str, Callable[[Path], list[Shot]]] = {"luma": luma, "folder": folder, "inshop": inshop, "studio": studio}


def training_shots(path: Path) -> list[Shot]:
    """The shots of a set to learn from, told by its name: products-kaggle, clothing-cc0, or a folder of products."""
    if "luma" in path.name:
        raise DatasetError(f"{path.name} is for reporting only and is never trained on.")
    for name, reader in (("products-kaggle", products_kaggle), ("clothing-cc0", clothing_cc0)):
        if name in path.name:
            return reader(path)
    if any(name.endswith("list_eval_partition.txt") for name in _members(path)):
        return [shot for shot in inshop(path) if shot.part == "train"]
    return studio(path) if (path / "street").is_dir() else folder(path)


def _boxed(path: Path, file: Path, part: str) -> list[Shot]:
    """The items of one `boxes.json`."""
    truth: dict[str, list[dict[str, Any]]] = json.loads(_content(path, str(file.relative_to(path))))
    return [
        Shot(path, str(file.with_name(name).relative_to(path)), f"{path.name}/{item['product']}", part,
             item["label"], item["position"], Box(*item["box"]))
        for name, items in sorted(truth.items()) for item in items
    ]  # fmt: skip


def _table(path: Path, member: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(_content(path, member).decode("utf-8-sig")))


@cache
def _archive(path: Path) -> zipfile.ZipFile:
    """Opened once a process: the directory of a large zip takes long to read. Reading from threads is safe."""
    return zipfile.ZipFile(path)


os.register_at_fork(after_in_child=_archive.cache_clear)  # parent and child would share a place in the file


@cache
def _members(path: Path) -> tuple[str, ...]:
    """The files in a folder or zip, as relative names with forward slashes."""
    if path.is_dir():
        return tuple(str(file.relative_to(path).as_posix()) for file in path.rglob("*") if file.is_file())
    if not zipfile.is_zipfile(path):
        raise DatasetError(f"{path} is neither a folder nor a zip.")
    return tuple(name for name in _archive(path).namelist() if not name.endswith("/"))


def _content(source: Path, member: str) -> bytes:
    """The bytes of one file; raises `DatasetError` when there is none."""
    try:
        return (source / member).read_bytes() if source.is_dir() else _archive(source).read(member)
    except (KeyError, OSError) as error:
        raise DatasetError(f"{source} has no readable {member}.") from error
