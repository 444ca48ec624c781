"""How a training begins: pictures put at hand, a network with the anchors of the data, weights to start from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from visualsearch.ml import cfg, darknet, lite, parameters
from visualsearch.ml.datasets.detection import CLASSES, HELD_OUT, Cache, Photo, fill, read
from visualsearch.ml.export import folded
from visualsearch.ml.liteyolo import LiteYOLO
from visualsearch.ml.train.ahead import CPU, Machine
from visualsearch.ml.train.detector import Recipe, Run
from visualsearch.ml.train.detector_anchors import anchors
from visualsearch.ml.weights import named
from visualsearch.ml.yolov3 import YOLOv3, load_weights, transplant

Network = YOLOv3 | LiteYOLO

DARKNETS = {
    "yolov3-tiny-3l": (cfg.yolov3_tiny_3l, 9),
    "yolov3-tiny": (cfg.yolov3_tiny, 6),
    "yolov3": (cfg.yolov3, 9),
}
SHAPE = "network.json"  # in a run's folder: trunk, size and anchors of a network that has no cfg
LITES = {"yolov3-lite0": "lite0", "yolov3-lite1": "lite1", "yolov3-lite2": "lite2"}


def prepare(sources: Sequence[Path], folder: Path) -> tuple[list[Cache], list[Cache]]:
    """A cache a set to train on and one to measure on, under `folder`. The test part of a set is never read."""
    caches: tuple[list[Cache], list[Cache]] = ([], [])
    for source in sources:
        for which, part in enumerate(("train", "val")):
            path = folder / f"{source.parent.name}-{source.stem}-{part}"
            photos = iter(()) if (path / "index.npz").is_file() else _part(source, part)
            caches[which].append(fill(path, photos))
    return caches


def _part(source: Path, part: str) -> Iterator[Photo]:
    """The photos of a set that are held out (`val`), or the others."""
    for index, photo in enumerate(read(source)):
        if (index % HELD_OUT == 0) == (part == "val"):
            yield photo


def start(
    arch: str,
    recipe: Recipe,
    caches: Sequence[Cache],
    folder: Path,
    weights: str | None = None,
    *,
    machine: Machine = CPU,
) -> Run:
    """A new run of a network of `DARKNETS` or `LITES`.

    `weights`, if given, is what it starts from: a Darknet file with its cfg beside it; or, for a Lite trunk, another
    run's `last.pt` or registered weights, whose anchors stay. Without, a Lite trunk starts from ImageNet and a Darknet
    from nothing. Raises `WeightsError` or `DarknetError` when they are not of this network.
    """
    torch.manual_seed(recipe.seed)
    folder.mkdir(parents=True, exist_ok=True)
    if arch in LITES:
        known = _lite(LITES[arch], recipe, caches, folder, weights)
        return Run(known, recipe, folder, sum(1 for _ in known.trunk_convolutions()), machine=machine)
    write, count = DARKNETS[arch]
    text = write(len(CLASSES), anchors(caches, count, recipe.size, recipe.seed), recipe.size)
    (folder / "network.cfg").write_text(text)
    network = YOLOv3(darknet.parse(text))
    quieten_heads(network)
    warm = transplant(_filled(Path(weights)), network) if weights else 0
    return Run(network, recipe, folder, warm, machine=machine)


def _lite(trunk: str, recipe: Recipe, caches: Sequence[Cache], folder: Path, weights: str | None) -> LiteYOLO:
    """The trunk's norms are folded into its convolutions: they keep ImageNet's statistics, and a step costs half."""
    if weights and Path(weights).is_file():
        (folder / SHAPE).write_text((Path(weights).parent / SHAPE).read_text())
        network = opened(folder)
        network.load_state_dict(torch.load(weights, "cpu", weights_only=True)["average"])
    elif weights:
        entry = named(weights)
        shape = {"trunk": trunk, "size": entry.input_size, "anchors": sum(reversed(entry.anchors), ()), "folded": True}
        (folder / SHAPE).write_text(json.dumps(shape))
        network = opened(folder)
        parameters.load(network, entry)
    else:
        shape = {"trunk": trunk, "size": recipe.size, "anchors": anchors(caches, 9, recipe.size, recipe.seed)}
        (folder / SHAPE).write_text(json.dumps(shape))
        network = opened(folder)
        assert isinstance(network, LiteYOLO)
        known = folded(lite.pretrained(trunk)).state_dict()
        network.trunk.load_state_dict({name: known[name] for name in network.trunk.state_dict()})
        quieten_heads(network)
    assert isinstance(network, LiteYOLO)
    return network


def opened(folder: Path) -> Network:
    """The network, not yet filled, that a run's folder describes; raises `FileNotFoundError` when there is none."""
    if (folder / "network.cfg").is_file():
        return YOLOv3(darknet.read_cfg(folder / "network.cfg"))
    if not (folder / SHAPE).is_file():
        raise FileNotFoundError(f"There is no run in {folder}: no network.cfg and no {SHAPE}.")
    shape = json.loads((folder / SHAPE).read_text())
    trunk = folded(lite.LiteTrunk(shape["trunk"]))
    network = LiteYOLO(len(CLASSES), [tuple(pair) for pair in shape["anchors"]], shape["size"], trunk)
    return folded(network) if shape.get("folded") else network


def frozen(arch: str) -> int:
    """How many first convolutions stay as they came: of a Lite trunk the stem and two stages, half a step's cost."""
    return {"yolov3-lite0": 9, "yolov3-lite1": 12, "yolov3-lite2": 12}.get(arch, 3)


def take_up(recipe: Recipe, folder: Path, machine: Machine = CPU) -> Run:
    """The run in `folder` where it stopped; raises `FileNotFoundError` when there is none."""
    if not (folder / "last.pt").is_file():
        raise FileNotFoundError(f"There is no run to resume in {folder}.")
    run = Run(opened(folder), recipe, folder, machine=machine)
    run.resume()
    return run


def quieten_heads(network: Network) -> None:
    """Start every head at "nothing here" (1 in 100), so that the empty cells do not drown the first steps."""
    for conv in network.answers():
        torch.nn.init.normal_(conv.weight, std=0.01)
        assert conv.bias is not None
        with torch.no_grad():
            conv.bias.zero_()
            conv.bias.view(-1, 5 + network.classes)[:, 4:] = -math.log(99)
            conv.bias.view(-1, 5 + network.classes)[:, 5:] = -math.log(network.classes)


def _filled(weights: Path) -> YOLOv3:
    """The network of a Darknet file with its cfg beside it."""
    network = YOLOv3(darknet.read_cfg(weights.with_suffix(".cfg")))
    load_weights(network, weights)
    return network
