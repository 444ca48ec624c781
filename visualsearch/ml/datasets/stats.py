"""What is in a data set: kinds, products and views of pictures by product; objects by class and position of photos."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from visualsearch.ml.datasets import detection, retrieval

if TYPE_CHECKING:
    from PIL import Image

    from visualsearch.ml.datasets.detection import Photo
    from visualsearch.ml.datasets.retrieval import Shot
    from visualsearch.ml.session import DetectsGarments

UNNAMED = "(no kind named)"


class Views(NamedTuple):
    """Products of a kind, their pictures, and how many pictures a product has."""

    kind: str
    products: int
    pictures: int
    fewest: int
    mean: float
    most: int


class Objects(NamedTuple):
    """Boxes of a class and position, and how many pictures show one or more."""

    label: str
    position: str
    objects: int
    pictures: int


def shots_of(path: Path) -> list[Shot]:
    """The pictures by product of a set, told by its name or layout; none of a set that has boxes only."""
    if _is(path, "colorful", "ccp") or (path / "boxes.json").is_file():
        return []
    if _is(path, "luma"):
        return retrieval.luma(path)
    try:
        return retrieval.inshop(path)
    except retrieval.NoInShop:
        return retrieval.training_shots(path)


def photos_of(path: Path) -> Iterator[Photo]:
    """The photos with boxes of a set, of all its parts; none of a set that has products only."""
    if _is(path, "colorful"):
        yield from (photo for part in ("trainval", "test") for photo in detection.read(path, part))
    elif _is(path, "ccp", "cc0") or (path / "boxes.json").is_file():
        yield from detection.read(path)


def views(shots: Iterable[Shot]) -> list[Views]:
    """A row for each kind, by name, and one for all, which is last."""
    by_kind: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    everything: dict[str, set[str]] = defaultdict(set)
    for shot in shots:
        by_kind[shot.label or UNNAMED][shot.product].add(shot.member)
        everything[shot.product].add(shot.member)
    return [_views(kind, products) for kind, products in [*sorted(by_kind.items()), ("all", everything)]]


def objects(photos: Iterable[Sequence[tuple[str, str]]]) -> list[Objects]:
    """A row for each class and position, by position, of photos as the (class, position) of each of their boxes."""
    counts, showing = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for boxes in photos:
        counts.update(boxes)
        showing.update(set(boxes))
    return [Objects(*name, counts[name], showing[name]) for name in sorted(counts, key=lambda name: (name[1], name[0]))]


def named_boxes(photo: Photo) -> list[tuple[str, str]]:
    """Class and position of each true box."""
    return [(detection.CLASSES[label], detection.POSITIONS[label]) for label in photo.labels[:, 0].astype(int)]


def found_boxes(detector: DetectsGarments, pictures: Iterable[Image.Image]) -> Iterator[list[tuple[str, str]]]:
    """Class and position of each object that the detector finds, a picture after the other."""
    for picture in pictures:
        yield [(item.label, item.position) for item in detector.detect(picture)]


def some_pictures(sources: Sequence[Shot | Photo], most: int, seed: int = 0) -> list[Shot | Photo]:
    """What has a picture, each picture once and uncut, at most so many, drawn by the seed; 0 is all."""
    once: dict[object, Shot | Photo] = {}
    for source in sources:
        if isinstance(source, retrieval.Shot):
            once.setdefault((source.source, source.member), replace(source, box=None))
        else:
            once.setdefault(source.name, source)
    every = list(once.values())
    return Random(seed).sample(every, most) if 0 < most < len(every) else every  # noqa: S311 - a sample, no secret


def _views(kind: str, products: dict[str, set[str]]) -> Views:
    counts = [len(pictures) for pictures in products.values()]
    pictures = len(set().union(*products.values()))
    return Views(kind, len(products), pictures, min(counts), sum(counts) / len(counts), max(counts))


def _is(path: Path, *words: str) -> bool:
    """Whether a zip is one of those that are told by their name."""
    return not path.is_dir() and any(word in path.name for word in words)
