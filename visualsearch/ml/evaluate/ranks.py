"""Where the right product stood in lists that were shown to somebody, as figures beside those of a model alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from visualsearch.ml.evaluate import intervals, retrieval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.datasets.retrieval import Shot
    from visualsearch.ml.evaluate.retrieval import Vectors
    from visualsearch.ml.session import EmbedsPictures

Rank = int | None  # 1 is the first; None: not in the list, or there was no list


@dataclass(frozen=True, slots=True)
class Line:
    """A way to ask, and whether each question was answered within the first K: (N, K), 0 or 1 but for ties."""

    name: str
    hits: NDArray[np.float64]

    def recalls(self) -> list[tuple[float, float, float]]:
        """For each K the share, and its 95% interval by a bootstrap over the questions, 0 to 1."""
        between = intervals.of_means(self.hits).tolist()
        return [(share, *sides) for share, sides in zip(self.hits.mean(0).tolist(), between, strict=True)]


def line(name: str, ranks: Sequence[Rank], ks: Sequence[int]) -> Line:
    """Of ranks: a question without one is a miss."""
    return Line(name, np.array([[rank is not None and rank <= k for k in ks] for rank in ranks], float))


def rank_of(right: Sequence[bool]) -> Rank:
    """The place of the first that is right, from 1 on."""
    return right.index(True) + 1 if True in right else None


def best(ranks: Sequence[Rank]) -> Rank:
    """The lowest of several."""
    return min((rank for rank in ranks if rank is not None), default=None)


def model_only(
    embedder: EmbedsPictures, asked: Sequence[Shot], there: Sequence[Shot], ks: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hits of whole pictures by the embedder alone: in the exact colour, as `evaluate_retrieval` counts; by style.

    Styles fill one place each with their nearest picture, as products do in the shop.
    """
    queries, gallery = retrieval.embedded(embedder, asked), retrieval.embedded(embedder, there)
    exact = retrieval.hits(queries, gallery, ks)
    asked_styles, styles = _by_style(queries, asked), _by_style(gallery, there)
    return exact, retrieval.hits(asked_styles, styles, ks, by_product=True)


def style_of(shot: Shot) -> str:
    """The style where the data know one, else the product."""
    return shot.style or shot.product


def _by_style(vectors: Vectors, shots: Sequence[Shot]) -> Vectors:
    return replace(vectors, products=np.array([style_of(shot) for shot in shots]))
