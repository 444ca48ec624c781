"""torchvision's ResNet-50 as a trunk, for those who have its weights: none can be installed from a package index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from visualsearch.ml import lite

if TYPE_CHECKING:
    from collections.abc import Iterator

FEATURES = 2048
# What torchvision's weights were trained with, on pixels from 0 to 1.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class ResNetTrunk(nn.Module):
    """ResNet-50 (arXiv 1512.03385) without its classifier; takes pictures normalised as every trunk here does."""

    scale: Tensor
    shift: Tensor

    def __init__(self) -> None:
        super().__init__()
        net = _torchvision().models.resnet50(weights=None)
        self.stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
        self.stages = nn.Sequential(net.layer1, net.layer2, net.layer3, net.layer4)
        self.register_buffer("scale", (lite.STD / 255 / torch.tensor(STD)).view(1, 3, 1, 1))
        self.register_buffer("shift", ((lite.MEAN / 255 - torch.tensor(MEAN)) / torch.tensor(STD)).view(1, 3, 1, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S), (pixel - 127) / 128 -> (N, 2048, S / 32, S / 32)."""
        return self.stages(self.stem(pictures * self.scale + self.shift))

    def first(self, stages: int) -> list[nn.Module]:
        """The stem and the first stages."""
        return [self.stem, *list(self.stages)[:stages]]


def from_file(path: Path) -> ResNetTrunk:
    """The trunk with torchvision's `resnet50-*.pth` in it; raises `ValueError` when the file is something else."""
    trunk = ResNetTrunk()
    try:
        known = dict(_renamed(torch.load(path, map_location="cpu", weights_only=True)))
        trunk.load_state_dict(trunk.state_dict() | known)
    except Exception as error:  # torch raises many kinds for many kinds of wrong files
        raise ValueError(f"{path.name} does not hold torchvision's weights of ResNet-50: {error}") from error
    if len(known) < len(trunk.state_dict()) - 2:
        raise ValueError(f"{path.name} does not hold torchvision's weights of ResNet-50: parameters are missing.")
    return trunk


def _renamed(state: dict[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """torchvision's names as they are called here, without the classifier."""
    places = {"conv1": "stem.0", "bn1": "stem.1"} | {f"layer{i + 1}": f"stages.{i}" for i in range(4)}
    for name, tensor in state.items():
        head, _, rest = name.partition(".")
        if head != "fc":
            yield f"{places[head]}.{rest}", tensor


def _torchvision() -> Any:
    """torchvision beside a CPU build of torch: its import asks for operators that only its own build declares."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        if not hasattr(torch.ops.torchvision, name):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    KEPT.append(library)
    import torchvision

    return torchvision


KEPT: list[torch.library.Library] = []  # what a Library declares goes with it
