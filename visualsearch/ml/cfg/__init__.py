"""Darknet cfgs written by us: YOLOv3 (arXiv 1804.02767, table 1 and section 2.3), tiny, and tiny at three scales."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Anchors = Sequence[tuple[float, float]]

COCO: Anchors = (
    (10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326),
)  # fmt: skip
COCO_TINY: Anchors = ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319))


def yolov3(classes: int = 80, anchors: Anchors = COCO, size: int = 416) -> str:
    """Full YOLOv3: Darknet-53 and three scales, 106 layers; nine anchors, small first, in pixels of the input."""
    layers = [_net(size), _conv(32, 3)]
    for filters, blocks in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        layers += [_conv(filters, 3, stride=2)]
        layers += blocks * [_conv(filters // 2, 1), _conv(filters, 3), _section("shortcut", **{"from": -3})]
    for scale, (filters, skip) in enumerate(((512, 0), (256, 61), (128, 36))):
        if scale:
            layers += [_route(-4), _conv(filters, 1), _section("upsample", stride=2), _route(-1, skip)]
        layers += 3 * [_conv(filters, 1), _conv(2 * filters, 3)]
        layers += _head(classes, anchors, range(6 - 3 * scale, 9 - 3 * scale))
    return "\n".join(layers)


def yolov3_tiny(classes: int = 80, anchors: Anchors = COCO_TINY, size: int = 416) -> str:
    """YOLOv3-tiny: seven convolutions with pooling, and two scales; six anchors, small first."""
    layers = [_net(size), *_tiny_trunk(), *_head(classes, anchors, range(3, 6))]
    layers += [*_finer(128, 8), _conv(256, 3), *_head(classes, anchors, range(3))]
    return "\n".join(layers)


def yolov3_tiny_3l(classes: int, anchors: Anchors, size: int = 416) -> str:
    """YOLOv3-tiny with a third scale at stride 8, for small things such as sunglasses; nine anchors, small first."""
    layers = [_net(size), *_tiny_trunk(), *_head(classes, anchors, range(6, 9))]
    layers += [*_finer(128, 8), _conv(256, 3), *_head(classes, anchors, range(3, 6))]
    layers += [*_finer(128, 6), _conv(128, 3), *_head(classes, anchors, range(3))]
    return "\n".join(layers)


def _tiny_trunk() -> list[str]:
    """Layers 0 to 14: stride 32, 512 channels."""
    layers = []
    for filters in (16, 32, 64, 128, 256, 512):
        layers += [_conv(filters, 3), _section("maxpool", size=2, stride=1 if filters == 512 else 2)]
    return [*layers, _conv(1024, 3), _conv(256, 1), _conv(512, 3)]


def _finer(filters: int, skip: int) -> list[str]:
    """From the last features one scale down, joined with layer `skip`."""
    return [_route(-4), _conv(filters, 1), _section("upsample", stride=2), _route(-1, skip)]


def _head(classes: int, anchors: Anchors, mask: range) -> list[str]:
    """The linear convolution and the [yolo] that reads it."""
    pairs = ",  ".join(f"{w:g},{h:g}" for w, h in anchors)
    filters = _section("convolutional", size=1, stride=1, pad=1, filters=len(mask) * (5 + classes), activation="linear")
    yolo = {"mask": ",".join(map(str, mask)), "anchors": pairs, "classes": classes, "num": len(anchors)}
    return [filters, _section("yolo", **yolo, ignore_thresh=0.7)]


def _net(size: int) -> str:
    return _section("net", batch=1, subdivisions=1, width=size, height=size, channels=3)


def _conv(filters: int, size: int, stride: int = 1) -> str:
    return _section(
        "convolutional", batch_normalize=1, filters=filters, size=size, stride=stride, pad=1, activation="leaky"
    )


def _route(*layers: int) -> str:
    return _section("route", layers=",".join(map(str, layers)))


def _section(kind: str, **options: Any) -> str:
    return f"[{kind}]\n" + "".join(f"{key}={value}\n" for key, value in options.items())
