"""A Darknet detector of somebody else becomes one of the registry: read, checked, exported, held against torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import torch

from visualsearch.ml import darknet
from visualsearch.ml.darknet import DarknetError
from visualsearch.ml.export import INPUT, export_onnx
from visualsearch.ml.session import open_session
from visualsearch.ml.weights import Weights, hash_file, remove_entry, write_entry
from visualsearch.ml.yolov3 import YOLOv3, load_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from visualsearch.ml.classmaps import ClassMap

    Maps = Sequence[NDArray[np.float32]]

MEAN, STD, PAD = 0.0, 255.0, 128  # Darknet's pictures: RGB 0 to 1, and grey where a letterbox is empty
LARGEST = 1280  # px a side: nine times the work of 416
# How far a logit may move, as a share of 1 + the spread of its map. Half floats move those of full YOLOv3s with random
# weights by 0.003 at most; at 0.02, where logits spread by 4, a score of 0.500 may become 0.525.
TOLERANCE = 0.02


def read(weights: Path, cfg: Path, classes: int) -> YOLOv3:
    """The network of a cfg with its weights, in evaluation mode; raises `DarknetError` if the three do not fit."""
    sections = darknet.read_cfg(cfg)
    darknet.check_classes(sections, classes)
    if sections[0].number("channels", 3) != 3:
        raise DarknetError(f"{cfg.name} is for pictures of {sections[0].number('channels', 3)} channels; ours have 3.")
    try:
        network = YOLOv3(sections)
    except DarknetError:
        raise
    except Exception as error:  # torch raises whatever a stranger's numbers make it trip over
        raise DarknetError(f"{cfg.name} describes no network that can be built: {_first_line(error)}") from error
    load_weights(network, weights)
    return network.eval()


def side(cfg: Path) -> int:
    """The side in px of the square pictures that a cfg is made for; raises `DarknetError` if they are not square."""
    net = darknet.read_cfg(cfg)[0]
    width, height = net.number("width", 416), net.number("height", net.number("width", 416))
    if width != height:
        raise DarknetError(f"{cfg.name} is for pictures of {width} x {height} px; ours are squares: give --size.")
    return width


def entry(network: YOLOv3, classes: ClassMap, *, name: str, size: int, folder: Path) -> Weights:
    """What serving needs to know of the network, without its file yet."""
    return Weights(
        name=name, task="detector", file=f"{name}.onnx", sha256="", input_size=size, mean=MEAN, std=STD, pad=PAD,
        licence="", data="", classes=tuple(classes), positions=tuple(classes.values()),
        anchors=tuple(scale.anchors for scale in network.scales),
        strides=tuple(scale.stride for scale in network.scales), folder=folder,
    )  # fmt: skip


def example(size: int) -> torch.Tensor:
    """A picture to compare on, (1, 3, S, S): coarse patches of colour with fine noise over them, the same each time."""
    chance = torch.Generator().manual_seed(0)
    patches = torch.rand(1, 3, 8, 8, generator=chance)
    smooth = torch.nn.functional.interpolate(patches, size=(size, size), mode="bilinear")
    return (0.9 * smooth + 0.1 * torch.rand(1, 3, size, size, generator=chance)).contiguous()


def check_size(network: YOLOv3, size: int) -> None:
    """Raise `DarknetError` unless the network's cells divide pictures of `size` px."""
    coarsest = max(1, *(scale.stride for scale in network.scales))
    if size % coarsest or not coarsest <= size <= LARGEST:
        raise DarknetError(
            f"Pictures of {size} px do not fit this network: give a --size that is a multiple of {coarsest}, "
            f"at most {LARGEST}."
        )


def maps_of(network: YOLOv3, picture: torch.Tensor) -> Maps:
    """The raw maps of a picture (1, 3, S, S), once they are what decoding expects; raises `DarknetError` otherwise."""
    try:
        with torch.inference_mode():
            maps = [raw.numpy() for raw in network(picture)]
    except Exception as error:  # see `read`
        raise DarknetError(f"The layers of the cfg do not fit together: {_first_line(error)}") from error
    for raw, scale in zip(maps, network.scales, strict=True):
        cells = picture.shape[-1] // max(1, scale.stride)
        if raw.shape != (1, len(scale.anchors) * (5 + network.classes), cells, cells):
            raise DarknetError(
                f"The cfg's map of stride {scale.stride} has the shape {raw.shape}, not {cells} x {cells}."
            )
        if not np.isfinite(raw).all():
            raise DarknetError(
                "The network gives no numbers for a picture: the weights are damaged, or of another cfg."
            )
    return maps


def register(network: YOLOv3, weights: Weights) -> Weights:
    """Write `<name>.onnx` and `<name>.json` into the entry's folder, both or none; gives the entry with its hash.

    Raises `DarknetError` when ONNX Runtime does not give what torch gives, and OSError when the folder is not writable.
    """
    check_size(network, weights.input_size)
    picture = example(weights.input_size)
    expected = maps_of(network, picture)
    weights.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".import-", dir=weights.folder) as workshop:
        draft = _exported(network, picture, expected, replace(weights, folder=Path(workshop)))
        draft.path.replace(weights.path)
    finished = replace(draft, folder=weights.folder)
    try:
        write_entry(finished)
    except BaseException:
        remove_entry(finished)
        raise
    return finished


def _exported(network: YOLOv3, picture: torch.Tensor, expected: Maps, draft: Weights) -> Weights:
    """Write the ONNX file: parameters as half floats, or whole ones where halves would move what the network finds."""
    outputs = [f"map{i}" for i in range(len(expected))]
    for half in (True, False):
        path = export_onnx(network, picture, draft.path, outputs, half=half)
        draft = replace(draft, sha256=hash_file(path))
        apart = difference(draft, picture, expected)
        if apart <= TOLERANCE:
            return draft
    raise DarknetError(f"The exported network does not give what the cfg's gives: its numbers are {apart:.2g} apart.")


def difference(weights: Weights, picture: torch.Tensor, expected: Maps) -> float:
    """How far ONNX Runtime's maps are from those expected, at most, as a share of 1 + the spread of the map."""
    maps = open_session(weights).run(None, {INPUT: picture.numpy()})
    pairs = zip(maps, expected, strict=True)
    return max(float(np.abs(ours - theirs).max() / (1 + theirs.std())) for ours, theirs in pairs)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
