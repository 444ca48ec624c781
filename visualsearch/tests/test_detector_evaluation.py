"""Average precision on cases worked out by hand, and a detector's report."""

import numpy as np
import pytest
from PIL import Image

from visualsearch.ml.datasets.detection import Photo
from visualsearch.ml.evaluate import detection
from visualsearch.ml.evaluate.detector import Report, examine
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
    assert detection.operating_point(ours, theirs, 0.8) == (1.0, 0.5)
    assert detection.operating_point(ours, theirs, 0.1) == (pytest.approx(2 / 3), 1.0)


def test_a_class_that_no_photo_shows_can_only_be_mistaken():
    assert detection.operating_point([found([1, 0.9, *A])], [truth([0, *A])], 0.5) == (0.0, 0.0)


def test_boxes_equally_sure_stand_in_the_order_of_the_photos():
    ours = [found([0, 0.5, *B]), found([0, 0.5, *A])]
    assert ap(ours, [truth([0, *A]), truth([0, *A])]) == pytest.approx(51 / 101 * 0.5)
    assert ap(ours[::-1], [truth([0, *A]), truth([0, *A])]) == pytest.approx(51 / 101)


def test_a_photo_that_counts_twice_is_a_photo_that_is_there_twice():
    ours, theirs = random_photos(12, ties=False)
    weights = np.array([[1, 2, 0, 1, 3, 1, 0, 1, 1, 2, 1, 1]], float)
    twice = np.repeat(np.arange(12), weights[0].astype(int))
    by_weight = [each.precisions(weights)[0] for each in detection.rankings(ours, theirs, 3, detection.COCO)]
    again = detection.average_precisions([ours[i] for i in twice], [theirs[i] for i in twice], 3, detection.COCO)
    assert np.array(by_weight) == pytest.approx(again)


@pytest.mark.parametrize("seed", range(5))
def test_cocos_own_program_gives_the_same(seed: int, capsys):
    ours, theirs = random_photos(40, seed)
    mine = detection.average_precisions(ours, theirs, 3, detection.COCO)
    assert mine == pytest.approx(by_pycocotools(ours, theirs), abs=1e-9)
    assert 0.1 < mine.mean() < 0.9


def random_photos(count: int, seed: int = 0, ties: bool = True) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Photos with true boxes of three classes, some found more or less, some twice, some mistaken."""
    draw = np.random.default_rng(seed)
    ours, theirs = [], []
    for _ in range(count):
        labels, corner = draw.integers(3, size=4), draw.uniform(0, 0.6, (4, 2))
        true = np.concatenate([labels[:, None], corner, corner + draw.uniform(0.1, 0.4, (4, 2))], 1)
        again = true[draw.integers(4, size=7)]
        again[:, 1:] += draw.normal(0, 0.02, (7, 4))
        again[:, 0] = np.where(draw.random(7) < 0.2, draw.integers(3, size=7), again[:, 0])
        theirs.append(true.astype(np.float32))
        scores = draw.integers(1, 20, size=7) / 20 if ties else draw.random(7)
        ours.append(np.insert(again, 1, scores, axis=1).astype(np.float32))
    return ours, theirs


def by_pycocotools(ours: list[np.ndarray], theirs: list[np.ndarray]) -> np.ndarray:
    """AP of each class at each of COCO's thresholds, as pycocotools computes it."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def rows(photos, score):
        for photo, boxes in enumerate(photos):
            for row in boxes.astype(float):
                x1, y1, x2, y2 = row[-4:] * 1000
                yield {"image_id": photo + 1, "category_id": int(row[0]) + 1, "bbox": [x1, y1, x2 - x1, y2 - y1],
                       "area": (x2 - x1) * (y2 - y1), "iscrowd": 0} | ({"score": row[1]} if score else {})  # fmt: skip

    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": i + 1} for i in range(len(theirs))],
        "categories": [{"id": i + 1} for i in range(3)],
        "annotations": [row | {"id": i + 1} for i, row in enumerate(rows(theirs, False))],
    }
    truth.createIndex()
    judge = COCOeval(truth, truth.loadRes(list(rows(ours, True))), "bbox")
    judge.evaluate()
    judge.accumulate()
    return judge.eval["precision"][:, :, :, 0, -1].mean(1).T  # (T, R, C, areas, most) -> (C, T)


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


def a_report(*photos: tuple[np.ndarray, np.ndarray]) -> Report:
    return Report(("shirt", "jacket", "pants"), [each[0] for each in photos], [each[1] for each in photos])


def test_a_garment_is_found_by_its_class_or_at_least_by_its_position():
    report = a_report(
        (found([0, 0.6, *A]), truth([0, *A])),
        (found([1, 0.6, *A], [0, 0.6, *B]), truth([0, *A])),
        (found([2, 0.6, *A]), truth([0, *A])),
        (found([0, 0.4, *A]), truth([0, *A])),
        (found(), truth([0, *A])),
    )
    assert report.single()
    assert report.garments(("upper", "upper", "lower"), 0.5).tolist() == [
        [True, True], [False, True], [False, False], [False, False], [False, False],
    ]  # fmt: skip


def test_photos_of_several_garments_are_no_photos_of_one():
    assert not a_report((found(), truth([0, *A], [1, *B]))).single()


def test_an_interval_holds_the_mean_and_is_the_same_again():
    report = a_report(*zip(*random_photos(60), strict=True))
    (low, high), (coco_low, coco_high) = report.intervals(200)
    half, coco = report.means()
    assert low < half < high
    assert coco_low < coco < coco_high
    assert report.intervals(200) == ((low, high), (coco_low, coco_high))


def test_where_all_photos_are_alike_there_is_no_doubt():
    report = a_report(*[(found([0, 0.9, *A]), truth([0, *A], [0, *B]))] * 5)
    assert report.intervals(50)[0] == pytest.approx((51 / 101, 51 / 101))
