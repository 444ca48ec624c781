"""Which photos stand for a detector's successes and failures, and how they are drawn."""

import io

import numpy as np
from PIL import Image

from visualsearch.ml.datasets.detection import Photo
from visualsearch.ml.evaluate.detector import Report
from visualsearch.ml.evaluate.detector_examples import MOST, false_alarms, missed, sections, successes

A, B, LARGE = [0.0, 0.0, 0.4, 0.4], [0.5, 0.5, 0.9, 0.9], [0.1, 0.1, 0.9, 0.9]


def found(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 6)


def truth(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 5)


def a_report(*photos: tuple[np.ndarray, np.ndarray]) -> Report:
    return Report(("hat", "bag"), [each[0] for each in photos], [each[1] for each in photos])


ALL_FOUND = found([0, 0.9, *A], [1, 0.05, *B]), truth([0, *A])  # the doubtful bag is not shown
MISSED = found(), truth([0, *A], [1, *B])
MISSED_LARGE = found([0, 0.4, *LARGE]), truth([0, *LARGE])
TWICE = found([0, 0.9, *A], [0, 0.8, *A]), truth([0, *A])
ELSEWHERE = found([0, 0.95, *B]), truth([0, *A])


def test_a_success_has_everything_and_nothing_else():
    report = a_report(ALL_FOUND, MISSED, TWICE, (found(), truth()), ALL_FOUND)
    assert successes(report, 0.5) == [0, 4]


def test_successes_are_drawn_by_the_seed():
    report = a_report(*[ALL_FOUND] * 40)
    assert len(successes(report, 0.5)) == MOST
    assert successes(report, 0.5, 1) == successes(report, 0.5, 1) != successes(report, 0.5, 2)


def test_the_largest_miss_of_each_class_is_shown():
    report = a_report(ALL_FOUND, MISSED, MISSED_LARGE)
    assert [(one.label, one.photo) for one in missed(report, 0.5)] == [(0, 2), (1, 1)]
    assert [(one.label, one.photo) for one in missed(report, 0.3)] == [(0, 1), (1, 1)]


def test_the_surest_mistake_of_each_class_is_shown():
    report = a_report(ALL_FOUND, TWICE, ELSEWHERE, (found([1, 0.6, *A]), truth([0, *A])))
    assert [(one.label, one.photo, round(one.weight, 2)) for one in false_alarms(report, 0.5)] == [
        (0, 2, 0.95), (1, 3, 0.6),
    ]  # fmt: skip


def test_tiles_show_what_is_there_and_what_was_found():
    data = io.BytesIO()
    Image.new("RGB", (200, 200), "gray").save(data, "PNG")
    photo = Photo("street/1", data.getvalue(), truth([0, *A]))
    right, wrong, mistaken = sections(a_report(ELSEWHERE), [photo], ("head", "bag"), 0.5)
    assert (right.tiles, wrong.tiles[0].words, mistaken.tiles[0].words) == (
        [], "hat missed, 16% of the photo", "hat mistaken, 0.95",
    )  # fmt: skip
    drawn = wrong.tiles[0].picture
    assert drawn.getpixel((0, 20)) == (255, 255, 255)  # the true box
    assert drawn.getpixel((100, 150)) == (0x0B, 0x72, 0x85)  # the found one, in the colour of its position
    assert drawn.getpixel((150, 50)) == (128, 128, 128)
