"""From a trained network to what serving reads: the ONNX file and its registry entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from visualsearch.ml.export import export_onnx
from visualsearch.ml.liteyolo import LiteYOLO
from visualsearch.ml.train.detector_measure import entry
from visualsearch.ml.train.detector_start import Network, opened
from visualsearch.ml.weights import Weights, hash_file, write_entry
from visualsearch.ml.yolov3 import YOLOv3

NAME = "detector-lite2"
LICENCES = {
    LiteYOLO: "MIT; trunk started from EfficientNet-Lite's ImageNet weights, Apache-2.0",
    YOLOv3: "MIT; may have started from Darknet's COCO weights (public domain)",
}
DATA = "detection-colorful trainval, detection-ccp-dev (Apache-2.0), clothing-cc0 (CC0), pictures of our own studio"
THRESHOLD = 0.15
MAPS = ("coarse", "middle", "fine")


def averaged(folder: Path, epochs: Sequence[int] = ()) -> Network:
    """The averaged network of the run in `folder`, in evaluation mode: as it is, or the mean of what it was after some
    epochs (arXiv 1803.05407). Raises `FileNotFoundError` for an epoch that it did not come to.
    """
    network = opened(folder)
    if not epochs:
        network.load_state_dict(torch.load(folder / "last.pt", "cpu", weights_only=True)["average"])
        return network.eval()
    files = {epoch: folder / f"epoch-{epoch}.pt" for epoch in epochs}
    if missing := [epoch for epoch, file in files.items() if not file.is_file()]:
        raise FileNotFoundError(f"The run in {folder} has no epoch {missing[0]}: it has had {_epochs(folder)}.")
    states = [torch.load(file, "cpu", weights_only=True) for file in files.values()]
    for name, ours in network.state_dict().items():
        several = torch.stack([state[name] for state in states])
        ours.copy_(several.float().mean(0) if ours.is_floating_point() else several[-1])
    return network.eval()


def _epochs(folder: Path) -> int:
    return len(list(folder.glob("epoch-*.pt")))


def release(
    network: Network,
    folder: Path,
    *,
    name: str = NAME,
    size: int = 416,
    threshold: float = THRESHOLD,
    figures: dict[str, float] | None = None,
    data: str = DATA,
    architecture: str = "",
) -> Weights:
    """Write `<name>.onnx` and `<name>.json` into `folder` and return the entry."""
    outputs = MAPS[: len(network.scales)]
    path = export_onnx(network, torch.zeros(1, 3, size, size), folder / f"{name}.onnx", outputs)
    weights = replace(
        entry(network, size), name=name, file=path.name, sha256=hash_file(path), data=data,
        licence=LICENCES[type(network)], architecture=architecture, threshold=threshold,
        figures=figures or {}, folder=folder,
    )  # fmt: skip
    write_entry(weights)
    return weights
