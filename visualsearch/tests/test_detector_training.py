"""A small detector learns coloured rectangles, stops, goes on as if it had not stopped, and is registered."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from visualsearch.ml import darknet
from visualsearch.ml.datasets import detection
from visualsearch.ml.session import Detector
from visualsearch.ml.train import detector, detector_loss, detector_pictures, detector_start
from visualsearch.ml.train.detector import Recipe, Run
from visualsearch.ml.train.detector_anchors import cluster
from visualsearch.ml.train.detector_release import averaged, release
from visualsearch.ml.weights import read_entry
from visualsearch.ml.yolov3 import Scale, YOLOv3

SMALL = """[net]
width=64
[convolutional]
batch_normalize=1
filters=8
size=3
stride=2
pad=1
activation=leaky
[convolutional]
batch_normalize=1
filters=16
size=3
stride=4
pad=1
activation=leaky
[convolutional]
filters=30
size=1
activation=linear
[yolo]
mask=0,1
anchors=14,14, 30,30
classes=10
"""
QUICK = Recipe(seed=3, epochs=2, batch=4, size=64, sizes=(64,), warm=1, rate=3e-3, half=False, frozen=0)


@pytest.fixture
def cache(tmp_path: Path) -> detection.Cache:
    """Sixteen photos of a red or blue square on grey, written as the studio writes them and read back."""
    folder, truth, chance = tmp_path / "squares", {}, np.random.default_rng(0)
    folder.mkdir()
    for number in range(16):
        x, y, side = (int(v) for v in (*chance.integers(0, 30, 2), chance.integers(16, 32)))
        picture = Image.new("RGB", (64, 64), (128, 128, 128))
        picture.paste((200, 30, 30) if number % 2 else (30, 30, 200), (x, y, x + side, y + side))
        picture.save(folder / f"{number:02}.png")
        box = [x / 64, y / 64, (x + side) / 64, (y + side) / 64]
        truth[f"{number:02}.png"] = [{"label": "shirt" if number % 2 else "bag", "position": "upper", "box": box}]
    (folder / "boxes.json").write_text(json.dumps(truth))
    return detection.fill(tmp_path / "cache", detection.read(folder))


def small_run(folder: Path, recipe: Recipe = QUICK) -> Run:
    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "network.cfg").write_text(SMALL)
    network = YOLOv3(darknet.parse(SMALL))
    detector_start.quieten_heads(network)
    return Run(network, recipe, folder)


def test_a_few_epochs_lower_the_loss(tmp_path: Path, cache: detection.Cache, capsys):
    small_run(tmp_path / "run", Recipe(**{**detector_fields(), "epochs": 6})).train([cache], [2.0], [cache])
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in log] == list(range(6))
    assert log[-1]["loss"] < 0.7 * log[0]["loss"]
    assert "mAP squares" in log[0]


def detector_fields() -> dict:
    return {name: getattr(QUICK, name) for name in QUICK.__dataclass_fields__}


def test_a_run_that_is_taken_up_gives_the_same_weights(tmp_path: Path, cache: detection.Cache, monkeypatch, capsys):
    whole = small_run(tmp_path / "whole")
    whole.train([cache], [1.0], [cache])
    with monkeypatch.context() as patch:
        patch.setattr(detector, "measure", interrupted)
        with pytest.raises(KeyboardInterrupt):
            small_run(tmp_path / "part").train([cache], [1.0], [cache])
    resumed = detector_start.take_up(QUICK, tmp_path / "part")
    assert resumed.epoch == 1
    resumed.train([cache], [1.0], [cache])
    assert resumed.step == whole.step
    for name in ("network", "average"):
        ours, theirs = getattr(resumed, name).state_dict(), getattr(whole, name).state_dict()
        assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def interrupted(*_, **__) -> dict:
    raise KeyboardInterrupt


def test_frozen_layers_stay_as_they_came(tmp_path: Path, cache: detection.Cache, capsys):
    run = small_run(tmp_path / "run")
    run.recipe, run.warm_layers = Recipe(**{**detector_fields(), "epochs": 1, "frozen": 1}), 2
    before = {name: tensor.clone() for name, tensor in run.network.state_dict().items()}
    run.train([cache], [1.0], [cache])
    after = run.network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before if name.startswith("layers.0."))
    assert not torch.equal(before["layers.1.0.weight"], after["layers.1.0.weight"])


def test_there_has_to_be_a_run_to_take_up(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="no run to resume"):
        detector_start.take_up(QUICK, tmp_path)


def test_the_mean_of_some_epochs_can_be_had_instead_of_the_last(tmp_path: Path, cache: detection.Cache, capsys):
    run = small_run(tmp_path / "run")
    run.train([cache], [1.0], [cache])
    one, other = (averaged(tmp_path / "run", [epoch]).state_dict() for epoch in (1, 2))
    mean = averaged(tmp_path / "run", [1, 2]).state_dict()
    kernel = "layers.0.0.weight"
    assert not torch.equal(one[kernel], other[kernel])
    assert torch.allclose(mean[kernel], (one[kernel] + other[kernel]) / 2)
    assert torch.allclose(other[kernel], run.average.state_dict()[kernel], atol=1e-3)
    with pytest.raises(FileNotFoundError, match="no epoch 9: it has had 2"):
        averaged(tmp_path / "run", [9])


def test_a_trained_network_is_registered_and_serves(tmp_path: Path):
    run = small_run(tmp_path / "run")
    run.save()
    entry = release(averaged(tmp_path / "run"), tmp_path, name="small", size=64, threshold=0.0)
    assert read_entry(tmp_path / "small.json") == entry
    assert (entry.strides, entry.anchors) == ((8,), (((14.0, 14.0), (30.0, 30.0)),))
    found = Detector(entry).detect(Image.new("RGB", (90, 50)))
    assert found
    assert all(0 <= corner <= 1 for one in found for corner in one.box.as_list())


def test_a_perfect_answer_has_no_loss():
    scale = Scale(8, ((14.0, 14.0), (30.0, 30.0)))
    truths = torch.tensor(
        [[0, 3, 10.0, 26.0, 24.0, 40.0]]
    )  # centre (17, 33): column 2, row 4; the first anchor's shape
    raw = torch.full((1, 2, 15, 8, 8), -20.0)
    raw[0, 0, :2, 4, 2] = torch.logit(torch.tensor(1 / 8))
    raw[0, 0, 2:4, 4, 2] = 0.0
    raw[0, 0, 4, 4, 2], raw[0, 0, 8, 4, 2] = 20.0, 20.0
    total, parts = detector_loss.loss([raw.view(1, 30, 8, 8)], truths, [scale])
    assert float(total) == pytest.approx(0, abs=1e-3)
    assert set(parts) == {"box", "object", "class"}


def test_a_picture_without_garments_asks_for_silence_only():
    scale = Scale(8, ((14.0, 14.0),))
    total, parts = detector_loss.loss([torch.zeros(1, 15, 2, 2)], torch.zeros(0, 6), [scale])
    assert (parts["box"], parts["class"]) == (0, 0)
    assert float(total) == pytest.approx(4 * np.log(2), rel=1e-5)


def test_a_box_that_already_lies_on_a_garment_is_not_told_off():
    scale = Scale(8, ((14.0, 14.0), (13.0, 13.0)))  # both shapes lie on the garment; only cells elsewhere may be wrong
    truths = torch.tensor([[0, 0, 0.0, 0.0, 14.0, 14.0]])
    raw = torch.full((1, 2, 15, 2, 2), -20.0)
    raw[0, :, 2:4], raw[0, :, :2] = 0.0, 3.0  # all boxes 14 px wide at the far corner of their cell
    raw[0, :, 4, 0, 0] = 20.0
    _, parts = detector_loss.loss([raw.view(1, 30, 2, 2)], truths, [scale])
    assert parts["object"] == pytest.approx(0, abs=1e-3)


def test_complete_overlap_falls_with_distance_and_shape():
    one = torch.tensor([[0.0, 0.0, 2.0, 2.0]]).repeat(3, 1)
    other = torch.tensor([[0.0, 0.0, 2.0, 2.0], [1.0, 0.0, 3.0, 2.0], [4.0, 0.0, 6.0, 2.0]])
    same, near, far = detector_loss.complete_iou(one, other).tolist()
    assert same == pytest.approx(1)
    assert near == pytest.approx(1 / 3 - 1 / 13)
    assert far == pytest.approx(-16 / 40)


def test_anchors_are_the_middles_of_the_shapes():
    shapes = np.array([[10, 20], [11, 20], [12, 20], [100, 50], [110, 50], [120, 50]], float)
    assert cluster(shapes, 2, np.random.default_rng(1)).tolist() == [[11, 20], [110, 50]]


def test_pictures_follow_their_chance_and_keep_boxes_inside(cache: detection.Cache):
    photos = [(cache, index) for index in range(4)]
    for seed in range(20):
        square, rows = detector_pictures.example(photos, 96, np.random.default_rng(seed), mosaic=0.5)
        again, same = detector_pictures.example(photos, 96, np.random.default_rng(seed), mosaic=0.5)
        assert square.size == (96, 96)
        assert square.tobytes() == again.tobytes()
        assert (rows == same).all()
        assert ((rows[:, 1:] >= 0) & (rows[:, 1:] <= 96)).all()
        assert (rows[:, 3:] > rows[:, 1:3]).all()


def test_boxes_stay_on_their_garments(cache: detection.Cache):
    """Wherever a picture is moved, turned or scaled to, the middle of each box shows its square and not the ground."""
    photos, shown = [(cache, index) for index in range(4)], 0
    for seed in range(20):
        chance = np.random.default_rng(seed)
        square, rows = detector_pictures._mosaic(photos, 96, chance)
        for row in rows:
            red, _, blue = square.getpixel((int((row[1] + row[3]) / 2), int((row[2] + row[4]) / 2)))
            shown += 1
            assert abs(red - blue) > 30, (seed, row)
    assert shown > 20


def test_an_epoch_shows_a_set_as_often_as_its_share(cache: detection.Cache):
    order = detector.epoch_order([cache, cache], [2.0, 0.5], seed=1, epoch=0)
    counts = np.bincount(order[:, 0])
    assert counts[0] == 32
    assert 2 <= counts[1] <= 14
    assert not (order[:32] == detector.epoch_order([cache, cache], [2.0, 0.5], seed=1, epoch=1)[:32]).all()
