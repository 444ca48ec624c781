"""Photos on which a detector did well and badly, chosen by rule, so that nobody's taste decides what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import ImageDraw, ImageFont

from visualsearch.ml.evaluate.detection import taken
from visualsearch.ml.evaluate.detector import SAME, Report
from visualsearch.ml.evaluate.drawing import COLOURS
from visualsearch.ml.evaluate.sheets import Section, Tile
from visualsearch.ml.types import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from visualsearch.ml.datasets.detection import Photo

MOST = 12  # successes
TRUE = "white"


class Example(NamedTuple):
    """A photo by its number, and the box that it is shown for: its class, how bad it is (more is worse), corners."""

    photo: int
    label: int
    weight: float
    corners: NDArray[np.float32]


def missed(report: Report, threshold: float) -> list[Example]:
    """The largest true box of each class that no sure box of the class lies on."""
    every = (
        Example(photo, label, float(np.prod(box[2:] - box[:2])), box)
        for photo, label, _, truth, took in _by_class(report, threshold)
        for index, box in enumerate(truth)
        if index not in took
    )
    return _worst(every)


def false_alarms(report: Report, threshold: float) -> list[Example]:
    """The surest box of each class that lies on nothing of its class."""
    every = (
        Example(photo, label, float(box[0]), box[1:])
        for photo, label, found, _, took in _by_class(report, threshold)
        for box, true in zip(found, took.tolist(), strict=True)
        if true < 0
    )
    return _worst(every)


def successes(report: Report, threshold: float, seed: int = 0) -> list[int]:
    """Photos, drawn by the seed, on which everything was found and nothing else."""
    right = [True] * len(report.truth)
    for photo, _, found, truth, took in _by_class(report, threshold):
        right[photo] &= len(found) == len(truth) == int((took >= 0).sum())
    all_right = [photo for photo, fine in enumerate(right) if fine and len(report.truth[photo])]
    return sorted(Random(seed).sample(all_right, min(MOST, len(all_right))))  # noqa: S311 - a choice, no secret


def sections(
    report: Report, photos: Sequence[Photo], positions: Sequence[str], threshold: float, seed: int = 0
) -> list[Section]:
    """What `sheets.save` draws: true boxes white with their class below, found ones in colour with their score."""

    def tile(photo: int, words: str) -> Tile:
        sure = report.found[photo][report.found[photo][:, 1] >= threshold]
        picture = photos[photo].picture()
        return Tile(framed(picture, report.truth[photo], sure, report.classes, positions), words)

    def of(examples: Sequence[Example], words: str) -> list[Tile]:
        return [tile(e.photo, f"{report.classes[e.label]} {words.format(e.weight)}") for e in examples]

    return [
        Section(f"Found: all of it and nothing else, drawn with seed {seed}",
                [tile(photo, photos[photo].name) for photo in successes(report, threshold, seed)]),
        Section(f"Missed: the largest of each class, at a score of {threshold}",
                of(missed(report, threshold), "missed, {:.0%} of the photo")),
        Section(f"Mistaken: the surest of each class where none of it is, at a score of {threshold}",
                of(false_alarms(report, threshold), "mistaken, {:.2f}")),
    ]  # fmt: skip


def framed(
    picture: Image.Image,
    truth: NDArray[np.float32],
    found: NDArray[np.float32],
    classes: Sequence[str],
    positions: Sequence[str],
) -> Image.Image:
    """A copy with true boxes (M, 5) and found ones (N, 6), each named."""
    copy = picture.convert("RGB")
    pen, line = ImageDraw.Draw(copy), max(2, round(max(copy.size) / 160))
    for label, *corners in truth.tolist():
        _frame(pen, Box(*corners).pixels(*copy.size), TRUE, classes[int(label)], 2 * line)
    for label, score, *corners in found[::-1].tolist():
        colour = COLOURS.get(positions[int(label)], "#495057")
        _frame(pen, Box(*corners).pixels(*copy.size), colour, f"{classes[int(label)]} {score:.2f}", line)
    return copy


def _frame(
    pen: ImageDraw.ImageDraw,
    edges: tuple[int, int, int, int],
    colour: str,
    words: str,
    line: int,
) -> None:
    """A box with its name inside: at the bottom of a true one, at the top of one that was found."""
    font = ImageFont.load_default(14)
    pen.rectangle(edges, outline=colour, width=line)
    place = edges[0] + line, (edges[3] - line - 18 if colour == TRUE else edges[1] + line)
    pen.rectangle(pen.textbbox(place, words, font), fill=colour)
    pen.text(place, words, "black" if colour == TRUE else "white", font)


def _by_class(
    report: Report, threshold: float
) -> Iterator[tuple[int, int, NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]]:
    """Photo, class, what was found of it (N, 5) score and corners, what is there (M, 4), which each took (N,)."""
    for photo, (found, truth) in enumerate(zip(report.found, report.truth, strict=True)):
        for label in np.unique([*found[:, 0], *truth[:, 0]]).astype(int).tolist():
            ours = found[(found[:, 0] == label) & (found[:, 1] >= threshold), 1:]
            ours, theirs = ours[np.argsort(-ours[:, 0], kind="stable")], truth[truth[:, 0] == label, 1:]
            yield photo, label, ours, theirs, taken(ours[:, 1:], theirs, SAME)


def _worst(examples: Iterator[Example]) -> list[Example]:
    """The weightiest of each class, in the order of the classes."""
    worst: dict[int, Example] = {}
    for one in examples:
        if one.label not in worst or one.weight > worst[one.label].weight:
            worst[one.label] = one
    return [worst[label] for label in sorted(worst)]
