"""bfloat16 where matrices are multiplied in it (a GPU, or Intel's AMX): a step takes a half to a third of the time.

On a processor without AMX it would take longer. With AMX the gradients of depthwise convolutions alone would take most
of a step, so these few weights stay as they came; everything around them learns. On a GPU all learn.
"""

from __future__ import annotations

import torch
from torch import nn


def available(device: str = "cpu") -> bool:
    """Whether bfloat16 is quicker there."""
    return device != "cpu" or bool(torch.cpu.get_capabilities().get("amx_bf16"))


def mixed(half: bool, device: str = "cpu") -> torch.autocast:
    """A context in which convolutions and products are computed in bfloat16, if `half`."""
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=half)


def spare(network: nn.Module, half: bool, device: str = "cpu") -> None:
    """Leave out of learning what would cost most of a step there."""
    if half and device == "cpu":
        keep_depthwise(network)


def keep_depthwise(network: nn.Module) -> None:
    """Leave depthwise convolutions as they are, biases too: the gradients of kernel and bias are computed together."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1:
            module.requires_grad_(False)
