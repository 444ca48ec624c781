"""An embedder asked by a protocol: all questions with their answers, to count, to group and to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from visualsearch.ml import transforms
from visualsearch.ml.evaluate import intervals, retrieval
from visualsearch.ml.evaluate.sheets import Section, Tile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.datasets.retrieval import Shot
    from visualsearch.ml.session import EmbedsPictures

STREET_KS = (1, 3, 10)
SHOWN = 5  # answers that are kept of each question
ROWS = 8  # questions of a kind on a sheet
UNNAMED = "(no kind named)"


class Row(NamedTuple):
    """Questions about one kind of thing: how many, and the share answered within the first K, 0 to 1 each."""

    kind: str
    asked: int
    recalls: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """The questions and the gallery; by each way, the chance that a question is answered within the first K, (N, K).

    The ways are the full vectors, under the empty name, their signs, `binary`, and others. `answers` (N, SHOWN) are the
    rows of the gallery that are nearest to each question by the full vectors, -1 where there are no more.
    """

    ks: tuple[int, ...]
    questions: list[Shot]
    gallery: list[Shot]
    hits: dict[str, NDArray[np.float64]]
    answers: NDArray[np.int64]

    def figures(self) -> dict[str, float]:
        """Per cent, by way and K: `R@1`, `binary R@10`."""
        return {
            f"{way} R@{k}".strip(): round(100 * value, 2)
            for way, hits in self.hits.items()
            for k, value in zip(self.ks, hits.mean(0).tolist(), strict=True)
        }

    def intervals(self, times: int = intervals.TIMES) -> dict[str, tuple[float, float]]:
        """The 95% interval of each figure, by a bootstrap over the questions."""
        return {
            f"{way} R@{k}".strip(): (round(100 * low, 2), round(100 * high, 2))
            for way, hits in self.hits.items()
            for k, (low, high) in zip(self.ks, intervals.of_means(hits, times).tolist(), strict=True)
        }

    def kinds(self) -> list[Row]:
        """A row for each kind of thing that is asked for, by the full vectors."""
        labels = np.array([shot.label or UNNAMED for shot in self.questions])
        return [
            Row(label, int((labels == label).sum()), tuple(self.hits[""][labels == label].mean(0).tolist()))
            for label in sorted(set(labels.tolist()))
        ]

    def failures(self) -> Counter[str]:
        """What the nearest picture shows where it does not show the product that was asked for."""
        return Counter(self.failure(number) for number in range(len(self.questions)) if not self.right(number))

    def right(self, number: int) -> bool:
        """Whether the nearest picture shows the product that the question is about."""
        first = self.answers[number, 0]
        return bool(first >= 0 and self.gallery[first].product == self.questions[number].product)

    def failure(self, number: int) -> str:
        """How the nearest picture, of another product, is related to the question."""
        if self.answers[number, 0] < 0:
            return "nothing to compare with"
        asked, shown = self.questions[number], self.gallery[self.answers[number, 0]]
        if asked.style and asked.style == shown.style:
            return "the same style in another colour"
        if not asked.label or not shown.label:
            return "another product"
        return "another product of the same kind" if asked.label == shown.label else "another kind of thing"

    def sections(self, seed: int = 0) -> list[Section]:
        """What `sheets.save` draws, SHOWN + 1 tiles a row: a question, then its answers, the right one framed.

        Successes are drawn by the seed; so are failures, of each group of `failures` as many.
        """
        draw = Random(seed)  # noqa: S311 - a choice, no secret
        numbers = range(len(self.questions))
        groups: dict[str, list[int]] = {"": [number for number in numbers if self.right(number)]}
        for number in numbers:
            if not self.right(number):
                groups.setdefault(self.failure(number), []).append(number)
        successes = _some(groups.pop(""), ROWS, draw)
        each = max(2, ROWS // max(1, len(groups)))
        failed = [(group, number) for group in sorted(groups) for number in _some(groups[group], each, draw)]
        return [
            Section(f"Found: the nearest is right, drawn with seed {seed}",
                    [tile for number in successes for tile in self._row(number, self.questions[number].label)]),
            Section(f"Missed: the nearest is another, drawn with seed {seed} from each group",
                    [tile for group, number in failed for tile in self._row(number, group)]),
        ]  # fmt: skip

    def _row(self, number: int, words: str) -> list[Tile]:
        asked = self.questions[number]
        tiles = [Tile(asked.picture(transforms.MARGIN), f"asked: {asked.product}; {words}")]
        for answer in self.answers[number]:
            if answer < 0:
                tiles.append(Tile(Image.new("RGB", (8, 8), "white")))
                continue
            shown = self.gallery[answer]
            tiles.append(Tile(shown.picture(transforms.MARGIN), shown.product, shown.product == asked.product))
        return tiles


def two_parts(embedder: EmbedsPictures, shots: Sequence[Shot], ks: Sequence[int] = retrieval.KS) -> Trial:
    """The `query` shots against the `gallery` shots: by full vectors, by their signs, and by signs reranked."""
    asked, there = parts(shots)
    queries, gallery = retrieval.embedded(embedder, asked), retrieval.embedded(embedder, there)
    hits = {
        "": retrieval.hits(queries, gallery, ks),
        "binary": retrieval.hits(queries.signs(), gallery.signs(), ks),
        "reranked": retrieval.reranked_hits(queries, gallery, ks),
    }
    return Trial(tuple(ks), asked, there, hits, retrieval.nearest(queries, gallery, SHOWN))


def street(
    embedder: EmbedsPictures, shots: Sequence[Shot], jitter: float = 0.05, ks: Sequence[int] = STREET_KS
) -> Trial:
    """Items of street photos against the items of the catalogue's pictures of the same position, each product once.

    The boxes are the true ones moved by `jitter`: what a good detector would give. `whole` asks among all positions
    with the uncut pictures added.
    """
    asked, there = parts(shots)
    gallery = retrieval.embedded(embedder, there)
    uncut = retrieval.embedded(embedder, [replace(shot, box=None) for shot in there])
    queries = retrieval.embedded(embedder, asked, jitter)
    hits = {
        "": retrieval.hits(queries, gallery, ks, by_product=True, same_position=True),
        "binary": retrieval.hits(queries.signs(), gallery.signs(), ks, by_product=True, same_position=True),
        "whole": retrieval.hits(queries, gallery + uncut, ks, by_product=True),
    }
    answers = retrieval.nearest(queries, gallery, SHOWN, by_product=True, same_position=True)
    return Trial(tuple(ks), asked, there, hits, answers)


def parts(shots: Sequence[Shot]) -> tuple[list[Shot], list[Shot]]:
    """The questions and the gallery; raises `ValueError` if either is empty."""
    asked, there = ([shot for shot in shots if shot.part == part] for part in ("query", "gallery"))
    if not asked or not there:
        raise ValueError(f"There are {len(asked)} pictures to ask with and {len(there)} to ask among: some are needed.")
    return asked, there


def _some(numbers: list[int], most: int, draw: Random) -> list[int]:
    return sorted(draw.sample(numbers, min(most, len(numbers))))
