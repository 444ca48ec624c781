"""How good a network in training is on photos that are held out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from visualsearch.ml import boxes, transforms
from visualsearch.ml.datasets.detection import CLASSES, POSITIONS, Cache
from visualsearch.ml.evaluate.detection import average_precisions
from visualsearch.ml.train import precision
from visualsearch.ml.train.detector_pictures import PAD
from visualsearch.ml.weights import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.train.detector_start import Network

LEAST = 0.01
MOST = 120  # photos of a set that are looked at after each epoch


def entry(network: Network, size: int) -> Weights:
    """What the boxes of a network depend on, as a registry entry without a file."""
    return Weights(
        name="", task="detector", file="", sha256="", licence="", data="",
        input_size=size, mean=network.mean, std=network.std, pad=PAD,
        classes=CLASSES, positions=POSITIONS, anchors=tuple(scale.anchors for scale in network.scales),
        strides=tuple(scale.stride for scale in network.scales),
    )  # fmt: skip


def measure(
    network: Network, held_out: Sequence[Cache], size: int, half: bool, *, device: str = "cpu"
) -> dict[str, float]:
    """mAP@0.5 on each held-out cache, named by its first photo's set."""
    figures = {}
    for cache in held_out:
        photos = range(min(MOST, len(cache)))
        found = [find(network, cache, index, size, half, device=device) for index in photos]
        truth = [cache.labels(index) for index in photos]
        precisions = average_precisions(found, truth, len(CLASSES))
        figures["mAP " + cache.names[0].split("/")[0]] = round(float(np.nanmean(precisions)), 4)
    return figures


def find(
    network: Network, cache: Cache, index: int, size: int, half: bool, *, device: str = "cpu"
) -> NDArray[np.float32]:
    """What a network in evaluation mode finds in one photo of a cache: (N, 6) class, score, corners in fractions."""
    square, letterbox = transforms.letterboxed(cache.picture(index), size, PAD)
    pixels = torch.from_numpy(transforms.as_array(square, network.mean, network.std))[None]  # (1, 3, S, S)
    pixels = pixels.to(device, memory_format=torch.channels_last)
    with torch.inference_mode(), precision.mixed(half, device):
        maps = [raw[0].float().cpu().numpy() for raw in network(pixels)]
    corners, scores, labels = boxes.candidates(maps, entry(network, size), LEAST)
    return np.concatenate([labels[:, None], scores[:, None], letterbox.fractions(corners)], 1).astype(np.float32)
