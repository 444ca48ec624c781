"""Our YOLOv3 held against OpenCV's Darknet reader: same files, same picture, same boxes; and against its own ONNX."""

import os
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
import torch

from visualsearch.ml import boxes, cfg, darknet
from visualsearch.ml.darknet import DarknetError, Header
from visualsearch.ml.export import export_onnx, folded
from visualsearch.ml.yolov3 import YOLOv3, load_weights, save_weights, transplant

COCO_TINY = os.environ.get("VITRINE_COCO_TINY", "")  # the official yolov3-tiny.weights


def random_network(text: str, seed: int = 0) -> YOLOv3:
    """A network with weights that keep signals alive through all layers and give boxes of sensible size."""
    torch.manual_seed(seed)
    network = YOLOv3(darknet.parse(text)).eval()
    for conv, norm in network.convolutions():
        spread = (2 / (conv.weight[0].numel() * 1.01)) ** 0.5 if norm else 0.02
        torch.nn.init.normal_(conv.weight, std=spread)
        if norm is not None:
            for tensor, low, high in ((norm.weight, 0.7, 1.0), (norm.running_var, 0.8, 1.4)):
                torch.nn.init.uniform_(tensor, low, high)
            for tensor in (norm.bias, norm.running_mean):
                torch.nn.init.normal_(tensor, std=0.1)
        else:
            torch.nn.init.normal_(conv.bias, std=0.3)
    return network


def picture(size: int, seed: int = 0) -> np.ndarray:
    """A smooth random picture (1, 3, S, S), 0 to 1."""
    coarse = np.random.default_rng(seed).random((8, 8, 3), dtype=np.float32)
    return np.ascontiguousarray(cv2.resize(coarse, (size, size)).transpose(2, 0, 1)[None])


def opencv_rows(cfg_path: Path, weights_path: Path, x: np.ndarray) -> list[np.ndarray]:
    """OpenCV's boxes, a scale each (H * W * A, 5 + C): centre, sides as fractions, objectness, class scores."""
    candid = cfg_path.read_bytes().replace(b"[yolo]", b"[yolo]\nthresh=1e-9")  # it blanks scores under 0.2 otherwise
    network = cv2.dnn.readNetFromDarknet(np.frombuffer(candid, np.uint8), np.fromfile(weights_path, np.uint8))
    network.setInput(x)
    return list(network.forward(network.getUnconnectedOutLayersNames()))


def our_rows(network: YOLOv3, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Our corners in pixels and class scores, a scale each, in OpenCV's order: cell by cell, anchors inside."""
    rows = []
    with torch.inference_mode():
        maps = network(torch.from_numpy(x))
    for raw, scale in zip(maps, network.scales, strict=True):
        corners, scores = boxes.decode(raw[0].numpy(), scale.anchors, scale.stride)
        order = np.arange(len(corners)).reshape(len(scale.anchors), -1).T.ravel()
        rows.append((corners[order], scores[order]))
    return rows


def assert_same_as_opencv(network: YOLOv3, cfg_path: Path, weights_path: Path, x: np.ndarray) -> None:
    """Boxes within half a pixel, scores within 1e-3, wherever OpenCV reports a score."""
    side = x.shape[-1]
    theirs, ours = opencv_rows(cfg_path, weights_path, x), our_rows(network, x)
    assert len(theirs) == len(ours)
    for rows, (corners, scores) in zip(sorted(theirs, key=len), sorted(ours, key=lambda r: len(r[0])), strict=True):
        expected = np.concatenate([rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2], 1) * side
        on_screen = np.abs(rows[:, 2:4]).max(1) < 4  # a random network also dreams of boxes wider than the picture
        assert on_screen.any()
        assert np.abs(corners - expected)[on_screen].max() < 0.5
        shown = rows[:, 5:] > 0
        assert shown.mean() > 0.05
        assert np.abs(scores - rows[:, 5:])[shown].max(initial=0) < 1e-3


@pytest.mark.parametrize("text", [cfg.yolov3_tiny(), cfg.yolov3_tiny(13), cfg.yolov3_tiny_3l(10, cfg.COCO)])
def test_random_tiny_networks_agree_with_opencv(tmp_path: Path, text: str):
    network = random_network(text)
    (tmp_path / "n.cfg").write_text(text)
    weights = save_weights(network, Header(), tmp_path / "n.weights")
    assert_same_as_opencv(network, tmp_path / "n.cfg", weights, picture(416))


def test_full_yolov3_agrees_with_opencv(tmp_path: Path):
    text = cfg.yolov3(13, size=160)
    network = random_network(text)
    (tmp_path / "n.cfg").write_text(text)
    weights = save_weights(network, Header(), tmp_path / "n.weights")
    assert_same_as_opencv(network, tmp_path / "n.cfg", weights, picture(160))


def test_full_yolov3_has_the_size_of_the_official_file():
    network = YOLOv3(darknet.parse(cfg.yolov3()))
    assert 20 + 4 * sum(tensor.numel() for tensor in network.in_file_order()) == 248_007_048
    assert [scale.stride for scale in network.scales] == [32, 16, 8]


@pytest.mark.skipif(not COCO_TINY, reason="VITRINE_COCO_TINY names no yolov3-tiny.weights with its cfg beside it")
def test_the_official_tiny_file_agrees_with_opencv(tmp_path: Path):
    weights = Path(COCO_TINY)
    sections = darknet.read_cfg(weights.with_suffix(".cfg"))
    network = YOLOv3(sections)
    header = load_weights(network.eval(), weights)
    assert save_weights(network, header, tmp_path / "o.weights").read_bytes() == weights.read_bytes()
    assert darknet.write_cfg(sections, tmp_path / "o.cfg").read_bytes() == weights.with_suffix(".cfg").read_bytes()
    assert_same_as_opencv(network, weights.with_suffix(".cfg"), weights, picture(416))


def test_weights_survive_loading_and_saving(tmp_path: Path):
    first = save_weights(random_network(cfg.yolov3_tiny(2)), Header(seen=5), tmp_path / "a.weights")
    other = YOLOv3(darknet.parse(cfg.yolov3_tiny(2)))
    second = save_weights(other, load_weights(other, first), tmp_path / "b.weights")
    assert second.read_bytes() == first.read_bytes()


def test_weights_of_another_network_leave_this_one_as_it_was(tmp_path: Path):
    path = save_weights(random_network(cfg.yolov3_tiny(2)), Header(), tmp_path / "a.weights")
    network = random_network(cfg.yolov3_tiny(3), seed=1)
    before = [tensor.clone() for tensor in network.in_file_order()]
    with pytest.raises(DarknetError, match="cut off"):
        load_weights(network, path)
    assert all(torch.equal(a, b) for a, b in zip(before, network.in_file_order(), strict=True))


def test_other_heads_take_the_trunk_over():
    source, target = random_network(cfg.yolov3_tiny(80)), random_network(cfg.yolov3_tiny_3l(10, cfg.COCO), seed=1)
    assert transplant(source, target) == 11
    (ours, _), (theirs, _) = next(source.convolutions()), next(target.convolutions())
    assert torch.equal(ours.weight, theirs.weight)


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("[reorg]\nstride=2\n", r"is a \[reorg\]"),
        ("[convolutional]\nactivation=mish\n", "'mish'"),
        ("[convolutional]\ngroups=2\nactivation=linear\n", "groups"),
        ("[yolo]\nmask=0,3\nanchors=1,1,2,2\nclasses=1\n", r"the anchors \[0, 3\] of 2"),
        ("[convolutional]\nfilters=3\nactivation=linear\n", "need 6"),
        ("[route]\nlayers=-5\n", "does not come before"),
        ("[shortcut]\n", "whole number for from"),
    ],
)
def test_layers_that_are_not_yolov3s_are_named(section: str, sentence: str):
    with pytest.raises(DarknetError, match=sentence):
        YOLOv3(darknet.parse(f"[net]\nwidth=64\n{section}[yolo]\nmask=0\nanchors=1,1\nclasses=1\n"))


def test_onnx_gives_what_torch_gives(tmp_path: Path):
    network = random_network(cfg.yolov3_tiny_3l(10, cfg.COCO))
    x = torch.from_numpy(picture(96))
    path = export_onnx(network, x, tmp_path / "n.onnx", ["coarse", "middle", "fine"], half=False)
    session = onnxruntime.InferenceSession(path)
    for batch in (x, torch.cat([x, x.flip(3)])):
        for ours, theirs in zip(session.run(None, {"pictures": batch.numpy()}), network(batch), strict=True):
            assert np.abs(ours - theirs.detach().numpy()).max() < 1e-4


def test_halved_onnx_gives_what_torch_gives_with_halved_weights(tmp_path: Path):
    network = random_network(cfg.yolov3_tiny(3))
    x = torch.from_numpy(picture(96))
    path = export_onnx(network, x, tmp_path / "n.onnx", ["coarse", "fine"])
    rounded = folded(network)
    for parameter in rounded.parameters():
        if parameter.numel() >= 256:
            parameter.data = parameter.data.half().float()
    session = onnxruntime.InferenceSession(path)
    for ours, theirs in zip(session.run(None, {"pictures": x.numpy()}), rounded(x), strict=True):
        assert np.abs(ours - theirs.detach().numpy()).max() < 1e-4
    assert path.stat().st_size < 2.1 * sum(tensor.numel() for tensor in network.in_file_order())
