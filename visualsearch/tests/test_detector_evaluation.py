"""Average precision on cases worked out by hand, and a detector's report."""

import numpy as np
import pytest
from PIL import Image

from visualsearch.ml.datasets.detection import Photo
from visualsearch.ml.evaluate import detection
from visualsearch.ml.evaluate.detector import examine
from visualsearch.ml.types import Box, Detection

A, B = [0.0, 0.0, 0.4, 0.4], [0.5, 0.5, 0.9, 0.9]


def found(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 6)


def truth(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 5)


def ap(ours: list[np.ndarray], theirs: list[np.ndarray], threshold: float = 0.5) -> float:
    return float(detection.average_precisions(ours, theirs, 1, [threshold])[0, 0])


def test_all_found_and_nothing_else_is_one():
    assert ap([found([0, 0.9, *A], [0, 0.8, *B])], [truth([0, *A], [0, *B])]) == 1.0


def test_half_found_is_half():
    assert ap([found([0, 0.9, *A])], [truth([0, *A], [0, *B])]) == pytest.approx(51 / 101)


def test_a_surer_mistake_halves_the_precision():
    assert ap([found([0, 0.9, *B], [0, 0.8, *A])], [truth([0, *A])]) == pytest.approx(0.5)


def test_a_mistake_after_everything_is_found_costs_nothing():
    assert ap([found([0, 0.9, *A], [0, 0.8, *B])], [truth([0, *A])]) == 1.0


def test_the_same_garment_found_twice_is_one_mistake():
    ours = [found([0, 0.9, *A], [0, 0.8, *A], [0, 0.7, *B])]
    # Recall 0.5 at precision 1, then 1 at 2/3: 51 recalls at 1 and 50 at 2/3.
    assert ap(ours, [truth([0, *A], [0, *B])]) == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_pictures_are_ranked_together():
    ours = [found([0, 0.5, *A]), found([0, 0.9, *B])]
    assert ap(ours, [truth([0, *A]), truth()]) == pytest.approx(0.5)


def test_a_box_that_overlaps_too_little_is_a_mistake():
    shifted = [0.2, 0.0, 0.6, 0.4]  # IoU 1/3
    assert ap([found([0, 0.9, *shifted])], [truth([0, *A])], 0.5) == 0.0
    assert ap([found([0, 0.9, *shifted])], [truth([0, *A])], 0.3) == 1.0


def test_a_class_that_is_nowhere_has_no_precision():
    table = detection.average_precisions([found([1, 0.9, *A])], [truth([0, *A])], 2)
    assert table[0, 0] == 0.0
    assert np.isnan(table[1, 0])


def test_of_two_truths_the_better_overlap_is_taken():
    near = [0.02, 0.0, 0.42, 0.4]
    scores, hits = detection.matches(
        [np.array([[0.9, *near], [0.8, *A]], np.float32)], [np.array([near, A], np.float32)], 0.5
    )
    assert (scores.tolist(), hits.tolist()) == (pytest.approx([0.9, 0.8]), [True, True])


def test_precision_and_recall_at_a_threshold():
    ours = [found([0, 0.9, *A], [1, 0.6, *A], [0, 0.2, *B])]
    theirs = [truth([0, *A], [0, *B])]
    assert detection.operating_point(ours, theirs, 0.5) == (1.0, 0.5)
    assert detection.operating_point(ours, theirs, 0.1) == (1.0, 1.0)


class Sure:
    """A detector that sees a hat in the corner of everything."""

    def detect(self, picture: Image.Image, threshold: float | None = None) -> list[Detection]:
        return [Detection("hat", "head", 0.75, Box(*A))]


def test_a_report_has_a_row_for_each_class_shown(tmp_path):
    Image.new("RGB", (20, 30)).save(tmp_path / "p.png")
    photo = Photo("p", (tmp_path / "p.png").read_bytes(), truth([1, *A], [0, *B]))
    report = examine(Sure(), ("bag", "hat", "shoe"), [photo])
    assert report.rows() == [("bag", 1, 0.0, 0.0), ("hat", 1, 1.0, pytest.approx(1.0))]
    assert report.means() == (0.5, pytest.approx(0.5))
    assert report.at(0.5) == (1.0, 0.5)
