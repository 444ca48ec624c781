"""torch -> ONNX: one network, one file, the parameters stored as half floats and computed with as floats.

Storing fp16 halves the file; a Cast behind each parameter gives fp32 back, and ONNX Runtime folds the casts on loading.
"""

from __future__ import annotations

import copy
import warnings
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

if TYPE_CHECKING:
    from collections.abc import Sequence

Module = TypeVar("Module", bound=nn.Module)

OPSET = 18
INPUT = "pictures"
HALF = ".half"  # added to the name of a parameter that is stored as fp16
SMALLEST_HALVED = 256  # parameters of fewer numbers are not worth a node


def export_onnx(
    module: nn.Module,
    example: torch.Tensor,
    path: Path,
    outputs: Sequence[str],
    *,
    dynamic_batch: bool = True,
    half: bool = True,
) -> Path:
    """Write `module` as ONNX and return `path`; the input is called `pictures`, the outputs as `outputs` says.

    `example` (N, 3, S, S) fixes the size; the batch stays open unless `dynamic_batch` is false. BatchNorm is folded
    into the convolution before it. With `half` every large parameter is rounded to fp16 (about 3 decimal digits).
    """
    _trace(folded(module), example, path, outputs, dynamic_batch)
    model = onnx.load(str(path))
    if half:
        store_halved(model)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))
    return path


def folded(module: Module) -> Module:
    """A copy in evaluation mode, on the CPU, fp32, where each `Sequential`'s Conv2d + BatchNorm2d is one Conv2d."""
    copied = copy.deepcopy(module).float().cpu().eval()
    for parent in list(copied.modules()):
        names = list(parent._modules) if isinstance(parent, nn.Sequential) else []
        for first, second in pairwise(names):
            conv, norm = parent._modules[first], parent._modules[second]
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                parent._modules[first] = fuse_conv_bn_eval(conv, norm).requires_grad_()  # else its bias would not learn
                parent._modules[second] = nn.Identity()
    return copied


def store_halved(model: onnx.ModelProto) -> None:
    """Replace each large fp32 parameter by its fp16 rounding and a Cast to fp32; what fp16 cannot hold stays."""
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor) if tensor.data_type == TensorProto.FLOAT else np.empty(0)
        if values.size < SMALLEST_HALVED or np.abs(values).max() > np.finfo(np.float16).max:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + HALF))
        casts.append(helper.make_node("Cast", [name + HALF], [name], name + ".cast", to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(casts + nodes)


def _trace(module: nn.Module, example: torch.Tensor, path: Path, outputs: Sequence[str], dynamic_batch: bool) -> None:
    """Let torch write the graph in fp32, parameters inside the file."""
    axes = {name: {0: "batch"} for name in (INPUT, *outputs)} if dynamic_batch else None
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch announces its other exporter
        torch.onnx.export(
            module,
            (example.float().cpu().contiguous(),),
            str(path),
            input_names=[INPUT],
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
