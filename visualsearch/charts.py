"""Columns of numbers as an SVG that the server draws: places in per cent, so that words keep their size on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

FILLED = 0.8  # of a column's place
STEPS = (1, 2, 5)  # times a power of ten: where the scale may end


class Part(NamedTuple):
    """A part of a column: its place from the top and its height, in per cent of the chart; `shade` counts from 1."""

    top: float
    height: float
    shade: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its place and width in per cent, its parts from the bottom up, and what it says."""

    left: float
    width: float
    parts: list[Part]
    said: str


class Mark(NamedTuple):
    """A word below the chart, `left` in per cent; which end of it stands there is `anchor`."""

    left: float
    word: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over a scale that begins at zero and ends at `top`."""

    columns: list[Column]
    marks: list[Mark]
    top: int


def chart(rows: Sequence[tuple[str, Sequence[int], str]], marked: int = 3) -> Chart:
    """A column for each row: its name, the numbers to stand on each other, and a sentence. `marked` names are shown."""
    top = scale(max((sum(numbers) for _, numbers, _ in rows), default=0))
    place = 100 / max(1, len(rows))
    columns = [
        Column(place * (i + (1 - FILLED) / 2), place * FILLED, _parts(numbers, top), said)
        for i, (_, numbers, said) in enumerate(rows)
    ]
    return Chart(columns, _marks([name for name, _, _ in rows], marked), top)


def scale(most: int) -> int:
    """The round number at or above `most` that the scale ends at."""
    power = 1
    while True:
        for step in STEPS:
            if step * power >= max(most, 1):
                return step * power
        power *= 10


def _parts(numbers: Sequence[int], top: int) -> list[Part]:
    tops = [100 - 100 * sum(numbers[:i]) / top for i in range(len(numbers) + 1)]
    return [Part(upper, lower - upper, i) for i, (lower, upper) in enumerate(pairwise(tops), 1)]


def _marks(names: list[str], most: int) -> list[Mark]:
    """Some of the names, evenly apart, the first and the last among them; all if they are few."""
    if len(names) <= max(7, most):
        return [Mark(100 * (i + 0.5) / len(names), name, "middle") for i, name in enumerate(names)]
    chosen = sorted({round(i * (len(names) - 1) / (most - 1)) for i in range(most)})
    anchors = {chosen[0]: "start", chosen[-1]: "end"}
    return [Mark(100 * i / (len(names) - 1), names[i], anchors.get(i, "middle")) for i in chosen]
