"""YOLOv3's scales on a Lite trunk: the maps it promises, what it starts from, and that serving gives the same."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from visualsearch.ml import lite, transforms
from visualsearch.ml.export import folded
from visualsearch.ml.liteyolo import LiteYOLO
from visualsearch.ml.session import open_session
from visualsearch.ml.train import detector_start
from visualsearch.ml.train.detector import Recipe
from visualsearch.ml.train.detector_release import averaged, release
from visualsearch.tests.test_detector_training import cache  # noqa: F401 - a fixture

ANCHORS = [(8, 8), (12, 16), (20, 14), (24, 30), (30, 50), (50, 40), (60, 90), (90, 70), (100, 110)]


@pytest.fixture
def network() -> LiteYOLO:
    torch.manual_seed(0)
    return LiteYOLO(10, ANCHORS, 96).eval()


def test_maps_come_coarse_first_with_the_large_anchors(network: LiteYOLO):
    maps = network(torch.zeros(2, 3, 96, 96))
    assert [tuple(m.shape) for m in maps] == [(2, 45, 3, 3), (2, 45, 6, 6), (2, 45, 12, 12)]
    assert [(s.stride, s.anchors[0]) for s in network.scales] == [(32, (60, 90)), (16, (24, 30)), (8, (8, 8))]


def test_every_convolution_is_named_once_the_trunks_first(network: LiteYOLO):
    named = [conv for conv, _ in network.convolutions()]
    assert len(named) == len(set(named)) == sum(isinstance(m, torch.nn.Conv2d) for m in network.modules())
    trunk = sum(1 for _ in network.trunk_convolutions())
    assert named[trunk - 1] in set(network.trunk.modules())
    assert named[trunk] not in set(network.trunk.modules())
    assert [conv.out_channels for conv in network.answers()] == [45, 45, 45]
    assert all(norm is None or norm.num_features == conv.out_channels for conv, norm in network.convolutions())


@pytest.fixture
def run(tmp_path: Path, cache, monkeypatch):  # noqa: F811
    """A run on ImageNet's trunk, here an untrained one, as `train_detector --arch yolov3-lite0` begins it."""
    torch.manual_seed(4)
    trunk = lite.LiteTrunk("lite0")
    monkeypatch.setattr(lite, "pretrained", lambda size: trunk)
    recipe = Recipe(seed=3, epochs=1, batch=4, size=64, sizes=(64,), warm=1, rate=1e-3, half=False, frozen=9)
    return trunk, cache, detector_start.start("yolov3-lite0", recipe, [cache], tmp_path / "run")


def test_a_run_starts_from_imagenet_and_leaves_the_first_stages_as_they_were(run, tmp_path: Path, capsys):
    trunk, pictures, started = run
    before = {name: tensor.clone() for name, tensor in started.network.state_dict().items()}
    known = folded(trunk).state_dict()
    assert all(torch.equal(tensor, known[name]) for name, tensor in started.network.trunk.state_dict().items())
    started.train([pictures], [1.0], [pictures])
    after = started.network.state_dict()
    same = {name for name in before if torch.equal(before[name], after[name])}
    frozen = {name for name in before if name.startswith(("trunk.stem", "trunk.stages.0.", "trunk.stages.1."))}
    assert frozen <= same
    assert {"trunk.stages.2.0.layers.0.weight", "trunk.stages.6.0.layers.6.weight"}.isdisjoint(same)
    log = json.loads((tmp_path / "run" / "log.jsonl").read_text())
    assert log["loss"] > 0

    last = str(tmp_path / "run" / "last.pt")
    other = detector_start.start("yolov3-lite0", started.recipe, [pictures], tmp_path / "next", last)
    assert all(
        torch.equal(other.network.state_dict()[name], tensor) for name, tensor in started.average.state_dict().items()
    )


def test_serving_gives_what_torch_gives(run, tmp_path: Path):
    started = run[2]
    started.save()
    network = averaged(tmp_path / "run")
    for conv in network.answers():  # as loud as a trained one
        torch.nn.init.normal_(conv.weight, std=0.5)
    entry = release(network, tmp_path, name="lite", size=64)
    assert (entry.mean, entry.std) == (127.0, 128.0)
    draw = np.random.default_rng(1)
    picture = Image.fromarray(draw.integers(0, 255, (64, 48, 3), np.uint8))
    batch = transforms.as_array(transforms.letterboxed(picture, 64, 128)[0], entry.mean, entry.std)[None]
    with torch.no_grad():
        for conv in (conv for conv, _ in network.convolutions()):
            conv.weight.copy_(conv.weight.half().float())  # the file keeps half floats
        expected = [m.numpy() for m in network(torch.from_numpy(batch))]
    served = open_session(entry).run(None, {"pictures": batch})
    for ours, theirs in zip(served, expected, strict=True):
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() < 0.01 * np.abs(theirs).max()


def test_a_run_can_start_from_what_was_registered(run, tmp_path: Path, monkeypatch):
    _, pictures, started = run
    for name, tensor in started.average.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(tensor, std=0.1)  # as after training: equal tensors would be written only once
    started.save()
    entry = release(averaged(tmp_path / "run"), tmp_path, name="shipped", size=64, architecture="yolov3-lite0")
    monkeypatch.setattr(detector_start, "named", lambda name: entry)
    again = detector_start.start("yolov3-lite0", started.recipe, [pictures], tmp_path / "again", "shipped")
    assert [scale.anchors for scale in again.network.scales] == list(entry.anchors)
    batch = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        for ours, theirs in zip(again.average.eval()(batch), averaged(tmp_path / "run")(batch), strict=True):
            assert (ours - theirs).abs().max() < 0.02 * theirs.abs().max()
    again.save()
    averaged(tmp_path / "again")
