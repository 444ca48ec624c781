"""Recall@K, exactly: how often one of the K nearest entries of a gallery shows the product that was asked for.

Ties: entries equally near stand in random order, and the figure is the expected value over all orders, so that it
depends on no sort. Duplicates: a gallery may hold several pictures of a product; each fills a place of its own (as
In-shop counts), or a product fills one place with its nearest picture (`by_product`, as the shop shows results).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from visualsearch.ml import transforms
from visualsearch.ml.types import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from visualsearch.ml.datasets.retrieval import Shot
    from visualsearch.ml.session import EmbedsPictures

KS = (1, 5, 10, 20)
AT_ONCE = 16  # pictures embedded together
ROWS = 512  # queries compared together


@dataclass(frozen=True, slots=True)
class Vectors:
    """Embeddings (N, D), unit length, with the product (N,) and the position or kind (N,) of each."""

    embeddings: NDArray[np.float32]
    products: NDArray[np.str_]
    positions: NDArray[np.str_]

    def __add__(self, other: Vectors) -> Vectors:
        """Both, one after the other."""
        return Vectors(
            np.concatenate([self.embeddings, other.embeddings]),
            np.concatenate([self.products, other.products]),
            np.concatenate([self.positions, other.positions]),
        )

    def signs(self) -> Vectors:
        """The binary vectors: +1 or -1 by sign, whose product is the dimension minus twice the Hamming distance."""
        return replace(self, embeddings=np.where(self.embeddings > 0, 1, -1).astype(np.float32))


def embedded(embedder: EmbedsPictures, shots: Sequence[Shot], jitter: float = 0.0, seed: int = 0) -> Vectors:
    """The shots through the embedder; boxes are moved by `jitter` of their sides and cropped as the pipeline does."""
    draw = np.random.default_rng(seed)
    moved = [replace(s, box=_jittered(s.box, jitter, draw)) if s.box else s for s in shots]
    parts = [embedder.embed(_pictures(moved[i : i + AT_ONCE])) for i in range(0, len(moved), AT_ONCE)]
    names = np.array([s.product for s in shots]), np.array([s.position for s in shots])
    return Vectors(np.concatenate(parts).astype(np.float32), *names)


def recall(
    queries: Vectors, gallery: Vectors, ks: Sequence[int] = KS, by_product: bool = False, same_position: bool = False
) -> dict[int, float]:
    """Recall@K for each K, 0 to 1. A query whose product is not in the gallery counts as missed."""
    return dict(zip(ks, hits(queries, gallery, ks, by_product, same_position).mean(0).tolist(), strict=True))


def hits(
    queries: Vectors, gallery: Vectors, ks: Sequence[int] = KS, by_product: bool = False, same_position: bool = False
) -> NDArray[np.float64]:
    """The chance of each query (N,) to have its product among the first K: (N, len(ks)), 0 or 1 but for ties."""
    compared = _compared(queries, gallery, by_product, same_position)
    return np.concatenate([_hits(scores, own, ks) for scores, own in compared])


def nearest(
    queries: Vectors, gallery: Vectors, count: int, by_product: bool = False, same_position: bool = False
) -> NDArray[np.int64]:
    """The rows of the gallery that are nearest to each query, nearest first: (N, count), -1 where there are no more.

    `by_product` gives each product once, with its nearest picture.
    """
    return np.concatenate([
        _first(scores, gallery.products if by_product else None, count)
        for scores, _ in _compared(queries, gallery, False, same_position)
    ])  # fmt: skip


def neighbours(vectors: Vectors) -> float:
    """How often the nearest other picture is of the same kind (`positions`): leave-one-out 1-NN, 0 to 1."""
    near = vectors.embeddings @ vectors.embeddings.T  # (N, N)
    np.fill_diagonal(near, -np.inf)
    return float((vectors.positions[near.argmax(1)] == vectors.positions).mean())


def reranked(queries: Vectors, gallery: Vectors, ks: Sequence[int] = KS, first: int = 100) -> dict[int, float]:
    """Recall@K when the `first` nearest by sign bits are put in order by the full vectors."""
    return dict(zip(ks, reranked_hits(queries, gallery, ks, first).mean(0).tolist(), strict=True))


def reranked_hits(queries: Vectors, gallery: Vectors, ks: Sequence[int] = KS, first: int = 100) -> NDArray[np.float64]:
    """As `hits`, of the order that `reranked` speaks of; equal bits at the end of the first are taken as they lie."""
    by_bits, exactly = _compared(queries.signs(), gallery.signs()), _compared(queries, gallery)
    parts = []
    for (bits, own), (exact, _) in zip(by_bits, exactly, strict=True):
        kept = np.argsort(-bits, axis=1, kind="stable")[:, :first]
        scores = np.full_like(exact, -np.inf)
        np.put_along_axis(scores, kept, np.take_along_axis(exact, kept, 1), 1)
        parts.append(_hits(scores, own, ks))
    return np.concatenate(parts)


def _compared(
    queries: Vectors, gallery: Vectors, by_product: bool = False, same_position: bool = False
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """For some queries at a time: similarities (n, M) and which of the M entries are right (n, M)."""
    names, column = np.unique(gallery.products, return_inverse=True)
    for start in range(0, len(queries.products), ROWS):
        rows = slice(start, start + ROWS)
        scores = queries.embeddings[rows] @ gallery.embeddings.T  # (n, M)
        if same_position:
            scores[queries.positions[rows, None] != gallery.positions] = -np.inf
        if by_product:
            best = np.full((len(names), len(scores)), -np.inf, np.float32)
            np.maximum.at(best, column, scores.T)
            scores = best.T  # (n, products)
        yield scores, queries.products[rows, None] == (names if by_product else gallery.products)


def _first(scores: NDArray[np.float32], products: NDArray[np.str_] | None, count: int) -> NDArray[np.int64]:
    """The columns of the highest scores (n, M) in each row, those at -inf left out; each of `products` (M,) once."""
    rows = np.full((len(scores), count), -1)
    for row, order in enumerate(np.argsort(-scores, 1, kind="stable")):
        there = order[np.isfinite(scores[row, order])]
        if products is not None:
            there = there[np.sort(np.unique(products[there], return_index=True)[1])]
        rows[row, : min(count, len(there))] = there[:count]
    return rows


def _hits(scores: NDArray[np.float32], right: NDArray[np.bool_], ks: Sequence[int]) -> NDArray[np.float64]:
    """The chance of each query (n,) to have a right entry among the first K: (n, len(ks))."""
    best = np.where(right, scores, -np.inf).max(1, keepdims=True)
    ahead = (scores > best).sum(1)
    tied, tied_right = (scores == best).sum(1), ((scores == best) & right).sum(1)
    rows = zip(best[:, 0], ahead.tolist(), tied.tolist(), tied_right.tolist(), strict=True)
    return np.array([[_chance(k - a, t, r) if np.isfinite(b) else 0.0 for k in ks] for b, a, t, r in rows])


def _chance(places: int, tied: int, right: int) -> float:
    """That at least one of `right` among `tied` entries in random order comes in the first `places`."""
    if places <= 0:
        return 0.0
    return 1.0 - comb(tied - right, min(places, tied)) / comb(tied, min(places, tied))


def _jittered(box: Box | None, jitter: float, draw: np.random.Generator) -> Box:
    """The box with each side moved by up to `jitter` of its length, kept inside the picture."""
    assert box is not None
    w, h = jitter * (box.x2 - box.x1), jitter * (box.y2 - box.y1)
    x1, y1, x2, y2 = np.clip(np.array(box.as_list()) + draw.uniform(-1, 1, 4) * (w, h, w, h), 0, 1).tolist()
    return Box(x1, y1, x2, y2)


def _pictures(shots: Sequence[Shot]) -> list[Image.Image]:
    return [shot.picture(transforms.MARGIN) for shot in shots]
