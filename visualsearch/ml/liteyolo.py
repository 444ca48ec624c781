"""YOLOv3's three scales (arXiv 1804.02767, section 2.3) on an EfficientNet-Lite trunk that has seen ImageNet.

The paper's Darknet-53 takes four times the time that a shopper should wait for on two cores. Here the trunk is small
and knows pictures; what is added on top, a scale each, is narrow: reduce, look around, reduce, look around, answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import nn
from torch.nn import functional

from visualsearch.ml import lite
from visualsearch.ml.yolov3 import Scale

TAPS = (6, 4, 2)  # the trunk's stages that are read, coarse first: 1/32, 1/16 and 1/8 of the picture's side
STRIDES = (32, 16, 8)
WIDTHS = {"lite0": (192, 96, 48), "lite1": (256, 128, 64), "lite2": (256, 128, 64)}  # channels of each scale


class Reading(nn.Module):
    """One scale: features of `inputs` channels to `width` for the next finer scale, and to raw answers."""

    def __init__(self, inputs: int, width: int, answers: int):
        super().__init__()
        self.features = nn.Sequential(
            *_conv(inputs, width, 1), *_conv(width, 2 * width, 3), *_conv(2 * width, width, 1)
        )
        self.answer = nn.Sequential(*_conv(width, 2 * width, 3), nn.Conv2d(2 * width, answers, 1))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, inputs, H, W) -> features (N, width, H, W) and raw answers (N, answers, H, W)."""
        features = self.features(x)
        return features, self.answer(features)


class LiteYOLO(nn.Module):
    """Trunk and three scales. `forward` gives the raw map of every scale, coarse first, as `YOLOv3` does."""

    mean, std = lite.MEAN, lite.STD  # pictures come as (pixel - mean) / std

    def __init__(
        self, classes: int, anchors: Sequence[tuple[float, float]], size: int = 416, trunk: lite.LiteTrunk | None = None
    ):
        """Nine anchors, small first, in pixels of a picture of `size`; without a trunk, an empty Lite0."""
        super().__init__()
        self.size, self.classes = size, classes
        per_scale = len(anchors) // len(STRIDES)
        groups = [tuple(anchors[i : i + per_scale]) for i in range(0, len(anchors), per_scale)]
        self.scales = [Scale(stride, group) for stride, group in zip(STRIDES, reversed(groups), strict=True)]
        self.trunk = trunk or lite.LiteTrunk()
        self.trunk.head = nn.Sequential()  # the layer that only ImageNet's classifier reads
        widths = WIDTHS[self.trunk.size]
        self.readings, self.lifts = nn.ModuleList(), nn.ModuleList()
        finer = 0
        for tap, width in zip(TAPS, widths, strict=True):
            self.readings.append(Reading(self.trunk.widths[tap] + finer, width, per_scale * (5 + classes)))
            if width != widths[-1]:
                finer = width // 2
                self.lifts.append(nn.Sequential(*_conv(width, finer, 1)))

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        """(N, 3, S, S), normalised -> a scale each (N, A * (5 + C), S / stride, S / stride), logits."""
        x, taps = self.trunk.stem(x), {}
        for number, stage in enumerate(self.trunk.stages):
            x = stage(x)
            taps[number] = x
        maps, features = list[torch.Tensor](), taps[TAPS[0]]
        for number, reading in enumerate(self.readings):
            if number:
                lifted = functional.interpolate(self.lifts[number - 1](features), scale_factor=2.0, mode="nearest")
                features = torch.cat([lifted, taps[TAPS[number]]], 1)
            features, raw = reading(features)
            maps.append(raw)
        return maps

    def convolutions(self) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
        """Every convolution with its normalisation, the trunk's first."""
        yield from self.trunk_convolutions()
        yield from _convolutions(self.readings)
        yield from _convolutions(self.lifts)

    def trunk_convolutions(self) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
        """Those that know ImageNet from the start."""
        return _convolutions(self.trunk)

    def answers(self) -> Iterator[nn.Conv2d]:
        """The last convolution of each scale."""
        for reading in self.readings:
            yield reading.answer[-1]  # type: ignore[misc, index]


def _conv(inputs: int, outputs: int, size: int) -> list[nn.Module]:
    """Convolution, BatchNorm and leaky ReLU, as everywhere in YOLOv3."""
    conv = nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False)
    return [conv, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.1, inplace=True)]


def _convolutions(part: nn.Module) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    modules = list(part.modules())
    for module, following in zip(modules, [*modules[1:], None], strict=True):
        if isinstance(module, nn.Conv2d):
            yield module, following if isinstance(following, nn.BatchNorm2d) else None
