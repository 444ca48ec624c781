"""Recall@K against cases worked out by hand."""

import numpy as np
import pytest

from visualsearch.ml.evaluate.retrieval import Vectors, hits, nearest, neighbours, recall, reranked


def vectors(*rows: tuple[tuple[float, ...], str] | tuple[tuple[float, ...], str, str]) -> Vectors:
    """Each row is an embedding, a product, and a position if that matters."""
    positions = [row[2] if len(row) > 2 else "" for row in rows]
    return Vectors(
        np.array([row[0] for row in rows], np.float32), np.array([row[1] for row in rows]), np.array(positions)
    )


EAST, NORTH, NORTHEAST, WEST = (1.0, 0.0), (0.0, 1.0), (0.8, 0.6), (-1.0, 0.0)


def test_a_right_picture_counts_from_its_place_on():
    gallery = vectors((EAST, "a"), (NORTHEAST, "b"), (NORTH, "c"))
    found = recall(vectors((EAST, "a"), (EAST, "b"), (EAST, "c"), (NORTH, "c")), gallery, ks=(1, 2, 3))
    assert found == {1: 0.5, 2: 0.75, 3: 1.0}


def test_one_right_picture_of_several_is_enough():
    gallery = vectors((NORTH, "a"), (EAST, "a"), (NORTHEAST, "b"))
    assert recall(vectors((EAST, "a")), gallery, ks=(1,)) == {1: 1.0}


def test_ties_count_as_often_as_a_random_order_would_hit():
    gallery = vectors((EAST, "a"), (EAST, "b"), (EAST, "c"), (WEST, "d"))
    assert recall(vectors((EAST, "b")), gallery, ks=(1, 2, 3)) == pytest.approx({1: 1 / 3, 2: 2 / 3, 3: 1.0})


def test_two_right_ones_in_a_tie_of_four_with_one_ahead():
    gallery = vectors((EAST, "x"), *[(NORTHEAST, name) for name in ("a", "a", "x", "x")])
    # One place left of two: 2 of 4. Two places: 1 - (2 * 1) / (4 * 3).
    assert recall(vectors((EAST, "a")), gallery, ks=(1, 2, 3)) == pytest.approx({1: 0.0, 2: 0.5, 3: 5 / 6})


def test_duplicates_take_places_unless_products_are_counted():
    gallery = vectors((EAST, "b"), (EAST, "b"), (NORTHEAST, "a"))
    question = vectors((EAST, "a"))
    assert recall(question, gallery, ks=(2, 3)) == {2: 0.0, 3: 1.0}
    assert recall(question, gallery, ks=(1, 2), by_product=True) == {1: 0.0, 2: 1.0}


def test_another_position_is_not_looked_at():
    gallery = vectors((EAST, "dress", "full"), (NORTHEAST, "top", "upper"))
    question = vectors((EAST, "top", "upper"), (EAST, "dress", "upper"))
    assert recall(question, gallery, ks=(1,), same_position=True) == {1: 0.5}
    assert recall(question, gallery, ks=(1,), same_position=True, by_product=True) == {1: 0.5}


def test_a_product_that_is_not_there_is_missed():
    assert recall(vectors((EAST, "z")), vectors((EAST, "a")), ks=(1,)) == {1: 0.0}


def test_sign_bits_compare_by_hamming_distance():
    gallery = vectors(((0.9, 0.1, 0.1), "a"), ((0.1, -0.9, 0.1), "b"))
    question = vectors(((0.1, -0.1, 0.9), "b"))
    near = question.signs().embeddings @ gallery.signs().embeddings.T
    assert near.tolist() == [[1.0, 3.0]]  # 3 bits less twice the distances 1 and 0
    assert recall(question.signs(), gallery.signs(), ks=(1,)) == {1: 1.0}


def test_reranking_puts_the_nearest_bits_in_their_true_order():
    gallery = vectors(((0.6, 0.8), "b"), ((0.8, 0.6), "a"), ((-0.1, 0.995), "c"))
    question = vectors(((0.9, 0.436), "a"))
    assert recall(question.signs(), gallery.signs(), ks=(1,)) == {1: 0.5}  # "a" and "b" have the same bits
    assert reranked(question, gallery, ks=(1,), first=2) == {1: 1.0}
    assert reranked(vectors((EAST, "c")), gallery, ks=(3,), first=2) == {3: 0.0}


def test_the_nearest_other_picture_decides_the_kind():
    kinds = vectors((EAST, "1", "hat"), (NORTHEAST, "2", "hat"), (NORTH, "3", "bag"))
    assert neighbours(kinds) == pytest.approx(2 / 3)


def test_more_queries_than_are_compared_at_once():
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(1200, 4)).astype(np.float32)
    names = np.array([str(i) for i in range(1200)])
    everything = Vectors(rows / np.linalg.norm(rows, axis=1, keepdims=True), names, names)
    assert recall(everything, everything, ks=(1,)) == {1: 1.0}


def test_each_query_has_its_chance():
    gallery = vectors((EAST, "a"), (EAST, "b"), (WEST, "c"))
    chances = hits(vectors((EAST, "a"), (WEST, "c"), (WEST, "a")), gallery, ks=(1, 2))
    assert chances.tolist() == [[0.5, 1.0], [1.0, 1.0], [0.0, 0.5]]


def test_the_nearest_come_first_and_end_where_there_are_no_more():
    gallery = vectors((NORTH, "c", "upper"), (EAST, "a", "upper"), (NORTHEAST, "a", "upper"), (EAST, "b", "lower"))
    question = vectors((EAST, "a", "upper"))
    assert nearest(question, gallery, 3).tolist() == [[1, 3, 2]]
    assert nearest(question, gallery, 3, by_product=True).tolist() == [[1, 3, 0]]
    assert nearest(question, gallery, 3, by_product=True, same_position=True).tolist() == [[1, 0, -1]]


def crowd(count: int, products: int, seed: int) -> Vectors:
    """Unit vectors near one of `products` centres each."""
    draw, centres = np.random.default_rng(seed), np.random.default_rng(99).normal(size=(products, 8))
    names = draw.integers(products, size=count)
    rows = centres[names] + draw.normal(0, 1.2, (count, 8))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Vectors(rows.astype(np.float32), names.astype(str), np.full(count, ""))


def test_scikit_learns_neighbours_give_the_same_recall():
    from sklearn.neighbors import NearestNeighbors

    queries, gallery = crowd(200, 30, 1), crowd(300, 30, 2)
    near = NearestNeighbors(metric="cosine", algorithm="brute").fit(gallery.embeddings)
    rows = near.kneighbors(queries.embeddings, 20, return_distance=False)
    right = gallery.products[rows] == queries.products[:, None]
    ks = (1, 5, 10, 20)
    mine = recall(queries, gallery, ks)
    assert mine == pytest.approx({k: right[:, :k].any(1).mean() for k in ks})
    assert 0.2 < mine[1] < mine[20] < 1
    assert nearest(queries, gallery, 20).tolist() == rows.tolist()


def test_scikit_learns_neighbours_by_hamming_distance_give_the_same_recall():
    from sklearn.neighbors import NearestNeighbors

    queries, gallery = crowd(200, 30, 3), crowd(300, 30, 4)
    near = NearestNeighbors(metric="hamming", algorithm="brute").fit(gallery.embeddings > 0)
    distances, rows = near.kneighbors(queries.embeddings > 0, len(gallery.products))
    chances = [tied_chance(d, gallery.products[r] == name)  # bits tie: any order of those equally near is as good
               for d, r, name in zip(distances, rows, queries.products, strict=True)]  # fmt: skip
    assert recall(queries.signs(), gallery.signs(), ks=(1,))[1] == pytest.approx(np.mean(chances))


def tied_chance(distances: np.ndarray, right: np.ndarray) -> float:
    """That the first of all orders of the nearest is right."""
    first = np.isclose(distances, distances.min())
    return float(right[first].mean())


def test_scikit_learns_top_k_accuracy_is_recall_by_product():
    from sklearn.metrics import top_k_accuracy_score

    queries, gallery = crowd(200, 30, 5), crowd(300, 30, 6)
    names = np.unique(gallery.products)
    near = queries.embeddings @ gallery.embeddings.T
    scores = np.stack([near[:, gallery.products == name].max(1) for name in names], 1)
    ks = (1, 3, 10)
    mine = recall(queries, gallery, ks, by_product=True)
    assert mine == pytest.approx({k: top_k_accuracy_score(queries.products, scores, k=k, labels=names) for k in ks})


def test_reranking_the_whole_gallery_is_the_exact_order():
    queries, gallery = crowd(700, 30, 7), crowd(300, 30, 8)
    assert reranked(queries, gallery, (1, 10), first=300) == pytest.approx(recall(queries, gallery, (1, 10)))
    assert reranked(queries, gallery, (1,), first=5)[1] < recall(queries, gallery, (1,))[1]
