"""From raw maps to garments: letterbox, decoding, overlap and suppression on cases worked out by hand."""

import numpy as np
import pytest

from visualsearch.ml import boxes
from visualsearch.ml.boxes import Letterbox
from visualsearch.ml.types import Box, Detection
from visualsearch.ml.weights import Weights


def weights(**changes) -> Weights:
    fields = {
        "name": "t", "task": "detector", "file": "", "sha256": "", "input_size": 64, "mean": 0.0, "std": 255.0,
        "licence": "", "data": "", "classes": ("shirt", "jacket", "bag"), "positions": ("upper", "upper", "bag"),
        "anchors": (((16.0, 32.0),),), "strides": (32,), "threshold": 0.3,
    }  # fmt: skip
    return Weights(**(fields | changes))


def raw_map(*cells: tuple[int, int, float, int]) -> np.ndarray:
    """A map (8, 2, 2) of one anchor and three classes, empty but for cells of (row, column, objectness, class)."""
    raw = np.full((8, 2, 2), -20.0, np.float32)
    raw[:4] = 0.0
    for row, column, objectness, label in cells:
        raw[4, row, column], raw[5 + label, row, column] = objectness, 20.0
    return raw


def detection(label: str, position: str, score: float, *corners: float) -> Detection:
    return Detection(label, position, score, Box(*corners))


def test_a_wide_picture_lies_in_the_middle_of_its_square():
    assert Letterbox.of(800, 400, 416) == Letterbox(416, 416, 208, (0, 104))


def test_a_tall_picture_is_scaled_up_to_the_square():
    assert Letterbox.of(50, 100, 416) == Letterbox(416, 208, 416, (104, 0))


def test_an_extremely_wide_picture_keeps_a_pixel_of_height():
    assert Letterbox.of(50_000, 10, 416) == Letterbox(416, 416, 1, (0, 207))


def test_boxes_come_back_as_fractions_of_the_picture():
    letterbox = Letterbox.of(800, 400, 416)
    corners = np.array([[0, 104, 208, 312], [104, 156, 416, 208]], np.float32)
    assert letterbox.fractions(corners) == pytest.approx(np.array([[0, 0, 0.5, 1], [0.25, 0.25, 1, 0.5]]))


def test_boxes_that_reach_into_the_padding_are_clipped():
    corners = np.array([[-10, 0, 430, 416]], np.float32)
    assert Letterbox.of(800, 400, 416).fractions(corners).tolist() == [[0, 0, 1, 1]]


def test_decoding_follows_the_paper():
    raw = np.zeros((8, 2, 2), np.float32)
    raw[2, 1, 0] = np.log(2)  # twice as wide as the anchor
    raw[4, 1, 0], raw[6, 1, 0] = np.log(3), np.log(9)  # objectness 0.75, second class 0.9
    corners, scores = boxes.decode(raw, [(16, 32)], 32)
    assert corners[2].tolist() == pytest.approx([0, 32, 32, 64])  # the centre of row 1, column 0 is (16, 48)
    assert scores[2].tolist() == pytest.approx([0.375, 0.675, 0.375])


def test_decoding_does_not_overflow():
    corners, scores = boxes.decode(np.full((8, 2, 2), 1e4, np.float32), [(16, 32)], 32)
    assert np.isfinite(corners).all()
    assert (scores == 1).all()


def test_overlap_of_half_shifted_boxes_is_a_third():
    one, other = np.array([[0, 0, 2, 2]], np.float32), np.array([[1, 0, 3, 2], [5, 5, 6, 6], [0, 0, 2, 2]], np.float32)
    assert boxes.overlaps(one, other)[0].tolist() == pytest.approx([1 / 3, 0, 1])


def test_overlap_with_nothing_is_zero_not_nan():
    empty = np.zeros((1, 4), np.float32)
    assert boxes.overlaps(empty, empty).tolist() == [[0.0]]


def test_suppression_keeps_the_surest_of_a_class_and_every_other_class():
    corners = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 10], [20, 0, 30, 10]], np.float32)
    kept = boxes.suppress(corners, np.array([0.5, 0.9, 0.8, 0.1], np.float32), np.array([0, 0, 1, 0]))
    assert kept.tolist() == [1, 2, 3]


def test_a_map_becomes_garments_surest_first():
    found = boxes.detections([raw_map((0, 0, 1.0, 2), (1, 1, 5.0, 0))], weights(), Letterbox.of(64, 64, 64), 0.3)
    assert [(one.label, one.position) for one in found] == [("shirt", "upper"), ("bag", "bag")]
    assert found[0].score == pytest.approx(1 / (1 + np.exp(-5.0)), abs=1e-5)
    assert found[0].box.as_list() == pytest.approx([0.625, 0.5, 0.875, 1.0])


def test_what_is_worn_nowhere_is_no_garment():
    maps = [raw_map((0, 0, 1.0, 2), (1, 1, 5.0, 0))]
    found = boxes.detections(maps, weights(positions=("", "upper", "bag")), Letterbox.of(64, 64, 64), 0.3)
    assert [(one.label, one.position) for one in found] == [("bag", "bag")]


def test_nothing_below_the_threshold_is_a_garment():
    assert boxes.detections([raw_map((0, 0, 0.0, 2))], weights(), Letterbox.of(64, 64, 64), 0.51) == []


def test_a_garment_in_the_padding_only_is_none():
    assert boxes.detections([raw_map((0, 0, 5.0, 2))], weights(), Letterbox.of(2, 64, 64), 0.3) == []


def test_one_chest_called_twice_is_one_garment():
    found = [detection("sling", "upper", 0.9, 0, 0, 0.5, 0.5), detection("vest", "upper", 0.8, 0, 0, 0.5, 0.45)]
    assert boxes.one_a_place(found) == found[:1]


def test_a_jacket_over_a_shirt_is_two_garments():
    found = [detection("jacket", "upper", 0.9, 0, 0, 0.5, 0.5), detection("shirt", "upper", 0.8, 0.1, 0, 0.4, 0.5)]
    assert boxes.one_a_place(found) == found


def test_a_jacket_that_might_be_a_shirt_is_one_garment():
    found = [detection("shirt", "upper", 0.9, 0, 0, 0.5, 0.5), detection("jacket", "upper", 0.8, 0, 0, 0.5, 0.48)]
    assert boxes.one_a_place(found) == found[:1]


def test_a_bag_before_a_skirt_and_two_people_keep_everything():
    found = [
        detection("skirt", "lower", 0.9, 0, 0, 0.5, 0.5),
        detection("bag", "bag", 0.8, 0, 0, 0.5, 0.5),
        detection("pants", "lower", 0.7, 0.4, 0, 0.9, 0.5),
    ]
    assert boxes.one_a_place(found) == found


def test_the_second_name_of_a_garment_is_kept_for_who_asks_for_everything():
    raw = raw_map((1, 1, 5.0, 0))
    raw[7, 1, 1] = 0.0  # of the same box: as like to be the third class as not
    entry, whole = weights(positions=("upper", "upper", "upper")), Letterbox.of(64, 64, 64)
    first, second = boxes.detections([raw], entry, whole, 0.01)
    assert (first.label, second.label) == ("shirt", "bag")
    assert second.score == pytest.approx(entry.threshold * (first.score / 2) ** 0.5, abs=1e-4)
    assert boxes.detections([raw], entry, whole, entry.threshold) == [first]
