"""A registered network's parameters, back from ONNX into torch: what training starts from when nothing else is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from visualsearch.ml.export import HALF
from visualsearch.ml.weights import WeightsError

if TYPE_CHECKING:
    from visualsearch.ml.weights import Weights


def load(network: nn.Module, weights: Weights) -> None:
    """Fill a network, its norms folded in, from the file of its registry entry.

    Raises `WeightsError` when the file is not the one named, or holds another network; then nothing has changed.
    """
    found = parameters(weights)
    expected = {name: tensor.shape for name, tensor in network.state_dict().items()}
    if {name: tensor.shape for name, tensor in found.items()} != expected:
        raise WeightsError(f"The file of {weights.name} holds another network than the one that is to start from it.")
    network.load_state_dict(found)


def parameters(weights: Weights) -> dict[str, Tensor]:
    """Every parameter by its name in the network, as fp32. Raises `WeightsError` as `Weights.verify` does."""
    graph = onnx.load(str(weights.verify())).graph
    return {
        tensor.name.removesuffix(HALF): torch.from_numpy(numpy_helper.to_array(tensor).copy()).float()
        for tensor in graph.initializer
        if tensor.name.removesuffix(HALF).endswith((".weight", ".bias"))
    }
