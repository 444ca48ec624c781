"""Deep metric learning as a classification (Zhai and Wu, arXiv 1811.12649): pictures to unit vectors, and the loss.

Trunk -> mean over places -> LayerNorm without affine -> projection -> unit length. LayerNorm centres every picture's
features, which balances the signs of the embedding: the sign bits alone make a usable second, binary vector.
"""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from visualsearch.ml import lite

DIMENSION = 512
TEMPERATURE = 0.05


class Staged(Protocol):
    """A trunk that can say where it begins."""

    def first(self, stages: int) -> list[nn.Module]: ...


class EmbeddingNet(nn.Module):
    """The network that is served. `trunk` gives (N, `features`, h, w); the result is (N, `dimension`), unit length."""

    def __init__(self, trunk: nn.Module, features: int = lite.FEATURES, dimension: int = DIMENSION):
        super().__init__()
        self.trunk = trunk
        self.norm = nn.LayerNorm(features, elementwise_affine=False)
        self.projection = nn.Linear(features, dimension)

    def features(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S), normalised -> (N, features): what the projection sees."""
        return self.norm(self.trunk(pictures).mean((2, 3)))

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S), normalised -> (N, dimension), each row of length one."""
        return self.embedded(self.features(pictures))

    def embedded(self, features: Tensor) -> Tensor:
        """(N, features) -> (N, dimension), each row of length one."""
        return functional.normalize(self.projection(features))


class NormSoftmax(nn.Module):
    """Cross entropy over the cosines to one proxy a class, divided by a temperature: the paper's normalised softmax."""

    def __init__(self, classes: int, dimension: int = DIMENSION, temperature: float = TEMPERATURE):
        super().__init__()
        self.temperature = temperature
        self.proxies = nn.Parameter(functional.normalize(torch.randn(classes, dimension)))

    def forward(self, embeddings: Tensor, classes: Tensor) -> Tensor:
        """Mean loss of unit vectors (N, D) with their class numbers (N,)."""
        cosines = embeddings @ functional.normalize(self.proxies).T  # (N, C)
        return functional.cross_entropy(cosines / self.temperature, classes)

    @torch.no_grad()
    def start_at(self, embeddings: Tensor, classes: Tensor) -> None:
        """Put each class's proxy at the mean of its own embeddings (N, D); a class without one stays where it is.

        Random proxies throw a good trunk away for many epochs before it recovers; these keep it.
        """
        sums = torch.zeros_like(self.proxies).index_add_(0, classes, embeddings)
        seen = sums.norm(dim=1) > 0
        self.proxies[seen] = functional.normalize(sums[seen])


@torch.no_grad()
def start_projection(net: EmbeddingNet, features: Tensor, whitening: float = 0.5) -> None:
    """Set the projection to the principal axes of features (N, F), N above the dimension.

    `whitening` 0 keeps each axis's spread, 1 makes them equal; half is best for frozen ImageNet features.
    """
    mean = features.mean(0)
    _, spread, axes = torch.linalg.svd(features - mean, full_matrices=False)  # (K,), (K, F)
    kept = net.projection.out_features
    if len(spread) < kept:
        raise ValueError(f"{kept} axes need at least {kept} pictures and features, and there are {len(spread)}.")
    scale = (spread[:kept] / spread[0]).clamp_min(1e-6).pow(-whitening)
    net.projection.weight.copy_(axes[:kept] * scale[:, None])
    net.projection.bias.copy_(-net.projection.weight @ mean)


def freeze(net: EmbeddingNet, stages: int) -> None:
    """Leave the stem and the first `stages` stages of the trunk as they are: half the cost of a step lies there."""
    trunk = cast("Staged", net.trunk)
    for part in trunk.first(stages):
        part.requires_grad_(False).eval()
