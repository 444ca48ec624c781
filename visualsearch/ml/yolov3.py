"""YOLOv3 (arXiv 1804.02767) in torch, built layer by layer from a parsed Darknet cfg: full, tiny, any of the family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from visualsearch.ml import darknet
from visualsearch.ml.darknet import DarknetError, Header, Section

EPSILON = 1e-6  # of BatchNorm, as Darknet and OpenCV have it; torch's own 1e-5 moves boxes
# Options of later Darknets that change what a layer computes, with the value at which they change nothing.
NEUTRAL = {"groups": 1, "dilation": 1, "scale_x_y": 1, "new_coords": 0, "group_id": 0, "antialiasing": 0, "reverse": 0}


@dataclass(frozen=True, slots=True)
class Scale:
    """One [yolo]: how many input pixels a cell is wide, and its anchors (width, height) in input pixels."""

    stride: int
    anchors: tuple[tuple[float, float], ...]


class Pool(nn.Module):
    """Darknet's max pooling: at stride 1 the picture keeps its size, padded more at the right and the bottom."""

    def __init__(self, size: int, stride: int):
        super().__init__()
        self.size, self.stride = size, stride

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) -> (N, C, ceil(H / stride), ceil(W / stride))."""
        if self.stride > 1:
            return F.max_pool2d(x, self.size, self.stride, ceil_mode=True)
        spare = 1 - self.size % 2  # an even window, padded on both sides, gives a row and a column too many
        return F.max_pool2d(x, self.size, 1, padding=self.size // 2)[..., spare:, spare:]


class Join(nn.Module):
    """A [route] (channels side by side) or a [shortcut] (sum) of earlier layers, named by their absolute index."""

    def __init__(self, sources: Sequence[int], add: bool):
        super().__init__()
        self.sources, self.add = tuple(sources), add

    def forward(self, outputs: Sequence[torch.Tensor]) -> torch.Tensor:
        """Take the outputs of all layers so far."""
        chosen = [outputs[source] for source in self.sources]
        if self.add:
            return chosen[0] + chosen[1]
        return chosen[0] if len(chosen) == 1 else torch.cat(chosen, 1)


class YOLOv3(nn.Module):
    """The network of a cfg. `forward` gives the raw map of every scale, coarse first as in the cfg."""

    mean, std = 0.0, 255.0  # pictures come as (pixel - mean) / std

    def __init__(self, sections: Sequence[Section]):
        """Raises `DarknetError` when a section is not one of YOLOv3's."""
        super().__init__()
        self.size = sections[0].number("width", 416)
        self.classes = next(s.number("classes", 20) for s in sections if s.kind == "yolo")
        self.layers, self.scales = nn.ModuleList(), list[Scale]()
        widths, strides = [3], [1]  # channels and stride in front of each layer
        for section in sections[1:]:
            layer, width, stride = _layer(section, len(self.layers), widths, strides)
            self.layers.append(layer)
            widths.append(width)
            strides.append(stride)
            if section.kind == "yolo":
                self.scales.append(Scale(stride, _anchors(section)))
        darknet.check_classes(sections, self.classes)
        used = {source for layer in self.layers if isinstance(layer, Join) for source in layer.sources}
        self.kept, self.heads = used, [i for i, s in enumerate(sections[1:]) if s.kind == "yolo"]

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        """(N, 3, S, S), RGB 0 to 1 -> a scale each (N, A * (5 + C), S / stride, S / stride), logits."""
        outputs, maps = list[torch.Tensor](), list[torch.Tensor]()
        for index, layer in enumerate(self.layers):
            x = layer(outputs) if isinstance(layer, Join) else layer(x)
            outputs.append(x if index in self.kept else x[:0])  # let go of what no later layer asks for
            if index in self.heads:
                maps.append(x)
        return maps

    def convolutions(self) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
        """Every convolution with its normalisation, in the order of the file."""
        for layer in self.layers:
            if isinstance(layer, nn.Sequential):
                yield layer[0], layer[1] if isinstance(layer[1], nn.BatchNorm2d) else None  # type: ignore[misc]

    def answers(self) -> Iterator[nn.Conv2d]:
        """The convolution in front of each [yolo]."""
        for head in self.heads:
            yield self.layers[head - 1][0]  # type: ignore[index]

    def in_file_order(self) -> Iterator[torch.Tensor]:
        """Every parameter as a `.weights` file has them: beta, gamma, mean, variance, kernel; or bias, kernel."""
        for conv, norm in self.convolutions():
            if norm is not None:
                yield from (norm.bias, norm.weight, norm.running_mean, norm.running_var)  # type: ignore[misc]
            elif conv.bias is not None:
                yield conv.bias
            yield conv.weight


def _layer(section: Section, index: int, widths: list[int], strides: list[int]) -> tuple[nn.Module, int, int]:
    """The module of a section, its channels and its stride."""
    width, stride = widths[-1], strides[-1]
    for key, neutral in NEUTRAL.items():
        if section.options.get(key) and section.numbers(key) != [neutral]:
            raise DarknetError(f"Layer {index}, a [{section.kind}], uses {key}, which YOLOv3 does not have.")
    match section.kind:
        case "convolutional":
            step, filters = section.number("stride", 1), section.number("filters", 1)
            return _convolution(section, width, filters, step), filters, stride * step
        case "maxpool":
            step = section.number("stride", 1)
            return Pool(section.number("size", step), step), width, stride * step
        case "upsample":
            step = section.number("stride", 2)
            return nn.Upsample(scale_factor=step, mode="nearest"), width, stride // step
        case "route" | "shortcut":
            return _join(section, index, widths, strides)
        case "yolo":
            return nn.Identity(), width, stride
    raise DarknetError(f"Layer {index} is a [{section.kind}]; known are {', '.join(darknet.LAYERS)}.")


def _convolution(section: Section, width: int, filters: int, stride: int) -> nn.Sequential:
    """Convolution, BatchNorm where asked for, and leaky ReLU (0.1) or nothing."""
    size, normalised = section.number("size", 1), section.number("batch_normalize", 0)
    padding = size // 2 if section.number("pad", 0) else section.number("padding", 0)
    layers: list[nn.Module] = [nn.Conv2d(width, filters, size, stride, padding, bias=not normalised)]
    layers += [nn.BatchNorm2d(filters, eps=EPSILON)] if normalised else []
    match section.options.get("activation", "logistic"):
        case "leaky":
            layers.append(nn.LeakyReLU(0.1, inplace=True))
        case "linear":
            layers.append(nn.Identity())
        case other:
            raise DarknetError(f"A [convolutional] asks for the activation {other!r}; known are leaky and linear.")
    return nn.Sequential(*layers)


def _join(section: Section, index: int, widths: list[int], strides: list[int]) -> tuple[nn.Module, int, int]:
    """A [route] or [shortcut]; layers count from the front, or backwards when negative."""
    add = section.kind == "shortcut"
    named = [-1, section.number("from")] if add else [int(n) for n in section.numbers("layers")]
    sources = [n + index if n < 0 else n for n in named]
    if any(not 0 <= source < index for source in sources):
        raise DarknetError(f"Layer {index}, a [{section.kind}], names a layer that does not come before it.")
    chosen = [widths[source + 1] for source in sources]
    return Join(sources, add), chosen[0] if add else sum(chosen), strides[sources[0] + 1]


def _anchors(section: Section) -> tuple[tuple[float, float], ...]:
    """The anchors that a [yolo] picks by its mask."""
    flat, mask = section.numbers("anchors"), [int(i) for i in section.numbers("mask")]
    if not mask or min(mask) < 0 or 2 * max(mask) + 1 >= len(flat):
        raise DarknetError(f"A [yolo] picks the anchors {mask} of {len(flat) // 2}.")
    return tuple((flat[2 * i], flat[2 * i + 1]) for i in mask)


def load_weights(network: YOLOv3, path: Path) -> Header:
    """Fill a network from a `.weights` file of the same cfg; if it does not fit, `DarknetError` and nothing changes."""
    tensors = list(network.in_file_order())
    header, arrays = darknet.read_weights(path, [tensor.numel() for tensor in tensors])
    with torch.no_grad():
        for tensor, array in zip(tensors, arrays, strict=True):
            tensor.copy_(torch.from_numpy(array.copy()).view_as(tensor))
    return header


def save_weights(network: YOLOv3, header: Header, path: Path) -> Path:
    """Write a network as a `.weights` file."""
    return darknet.write_weights(header, [t.detach().cpu().numpy().ravel() for t in network.in_file_order()], path)


def transplant(source: YOLOv3, target: YOLOv3) -> int:
    """Copy every convolution of the same shape at the same place; return how many. Heads of other classes stay."""
    pairs = zip(source.convolutions(), target.convolutions(), strict=False)
    fitting = [(a, b) for a, b in pairs if a[0].weight.shape == b[0].weight.shape]
    for (conv, norm), (other, its) in fitting:
        other.load_state_dict(conv.state_dict())
        if norm is not None and its is not None:
            its.load_state_dict(norm.state_dict())
    return len(fitting)
