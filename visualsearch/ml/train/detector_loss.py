"""YOLOv3's loss (arXiv 1804.02767, section 2) with complete IoU for the boxes (arXiv 1911.08287), in torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    from visualsearch.ml.yolov3 import Scale

FITS = 0.3  # an anchor whose shape overlaps a garment's by more is responsible for it too, beside the best one
IGNORED = 0.7  # a box that overlaps a garment by more is no mistake, though it is not the responsible one
SURE = -2.2  # objectness (a logit) from which such a box is looked for; below, its mistake costs next to nothing
BOX, OBJECT, CLASS = 2.0, 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which cells of one scale answer for which truths: index tensors (P,) of picture, anchor, row, column, truth."""

    picture: torch.Tensor
    anchor: torch.Tensor
    row: torch.Tensor
    column: torch.Tensor
    truth: torch.Tensor


def loss(
    maps: Sequence[torch.Tensor], truths: torch.Tensor, scales: Sequence[Scale]
) -> tuple[torch.Tensor, dict[str, float]]:
    """The loss of a batch and its parts.

    `maps`: raw, a scale each (N, A * (5 + C), H, W). `truths` (M, 6): picture, class, x1, y1, x2, y2 in input pixels.
    Objectness is summed over all cells and divided by the number of responsible ones; box and class are their means.
    """
    assigned = assign(truths, scales, maps)
    count = max(1, sum(len(one.truth) for one in assigned))
    parts = torch.zeros(3, device=truths.device)
    for raw, scale, one in zip(maps, scales, assigned, strict=True):
        cells = spread(raw, scale)  # (N, A, H, W, 5 + C)
        chosen = cells[one.picture, one.anchor, one.row, one.column]  # (P, 5 + C)
        wanted = truths[one.truth]
        boxes = corners(chosen, one, scale)
        classes = F.one_hot(wanted[:, 1].long(), cells.shape[-1] - 5).float()
        parts[0] = parts[0] + (1 - complete_iou(boxes, wanted[:, 2:])).sum()
        parts[1] = parts[1] + objectness(cells, one, truths, scale)
        parts[2] = parts[2] + F.binary_cross_entropy_with_logits(chosen[:, 5:], classes, reduction="sum")
    parts = parts / count * parts.new_tensor([BOX, OBJECT, CLASS])
    names = ("box", "object", "class")
    return parts.sum(), dict(zip(names, parts.detach().tolist(), strict=True))


def spread(raw: torch.Tensor, scale: Scale) -> torch.Tensor:
    """A raw map (N, A * (5 + C), H, W) as (N, A, H, W, 5 + C) in fp32."""
    count, (batch, channels, height, width) = len(scale.anchors), raw.shape
    return raw.float().view(batch, count, channels // count, height, width).permute(0, 1, 3, 4, 2)


def assign(truths: torch.Tensor, scales: Sequence[Scale], maps: Sequence[torch.Tensor]) -> list[Assignment]:
    """For each truth the cell of its centre, at the anchor of the best shape over all scales and at those that fit."""
    anchors = truths.new_tensor([anchor for scale in scales for anchor in scale.anchors])  # (K, 2)
    sides, centres = truths[:, 4:] - truths[:, 2:4], (truths[:, 4:] + truths[:, 2:4]) / 2
    shared = torch.minimum(sides[:, None], anchors[None]).prod(-1)  # (M, K)
    shape = shared / (sides.prod(-1)[:, None] + anchors.prod(-1)[None] - shared)
    fits = shape > FITS
    if len(truths):
        fits[torch.arange(len(truths), device=fits.device), shape.argmax(1)] = True
    found, start = [], 0
    for scale, raw in zip(scales, maps, strict=True):
        truth, anchor = fits[:, start : start + len(scale.anchors)].nonzero(as_tuple=True)
        start += len(scale.anchors)
        cell = (centres[truth] / scale.stride).long()
        column, row = cell[:, 0].clamp(0, raw.shape[3] - 1), cell[:, 1].clamp(0, raw.shape[2] - 1)
        found.append(Assignment(truths[truth, 0].long(), anchor, row, column, truth))
    return found


def corners(cells: torch.Tensor, at: Assignment, scale: Scale) -> torch.Tensor:
    """Decode chosen cells (P, 5 + C) to corners (P, 4) in input pixels: equations of section 2.1."""
    origin = torch.stack([at.column, at.row], 1)
    centre = (cells[:, :2].sigmoid() + origin) * scale.stride
    sides = cells[:, 2:4].clamp(max=8).exp() * cells.new_tensor(scale.anchors)[at.anchor]
    return torch.cat([centre - sides / 2, centre + sides / 2], 1)


def objectness(cells: torch.Tensor, at: Assignment, truths: torch.Tensor, scale: Scale) -> torch.Tensor:
    """Sum over all cells: 1 where responsible, else 0, except boxes that already lie on a garment."""
    logits = cells[..., 4]
    target, weight = torch.zeros_like(logits), torch.ones_like(logits)
    with torch.no_grad():
        picture, anchor, row, column = (logits > SURE).nonzero(as_tuple=True)
        sure = Assignment(picture, anchor, row, column, truth=torch.empty(0))
        boxes = corners(cells[sure.picture, sure.anchor, sure.row, sure.column], sure, scale)
        same = sure.picture[:, None] == truths[None, :, 0].long()
        near = ((iou(boxes[:, None], truths[None, :, 2:]) * same) > IGNORED).any(1)
        weight[sure.picture[near], sure.anchor[near], sure.row[near], sure.column[near]] = 0
        place = (at.picture, at.anchor, at.row, at.column)
        target[place], weight[place] = 1.0, 1.0
    return F.binary_cross_entropy_with_logits(logits, target, weight, reduction="sum")


def iou(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """IoU of corners (..., 4), element by element."""
    sides = torch.minimum(one[..., 2:], other[..., 2:]) - torch.maximum(one[..., :2], other[..., :2])
    shared = sides.clamp(0).prod(-1)
    union = (one[..., 2:] - one[..., :2]).prod(-1) + (other[..., 2:] - other[..., :2]).prod(-1) - shared
    return shared / (union + 1e-9)


def complete_iou(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """IoU less the distance of the centres and the difference of the aspect ratios, (P, 4) and (P, 4) -> (P,)."""
    overlap = iou(one, other)
    hull = torch.maximum(one[:, 2:], other[:, 2:]) - torch.minimum(one[:, :2], other[:, :2])
    apart = (one[:, :2] + one[:, 2:] - other[:, :2] - other[:, 2:]).square().sum(1) / 4
    w1, h1 = (one[:, 2:] - one[:, :2]).clamp(min=1e-6).unbind(1)
    w2, h2 = (other[:, 2:] - other[:, :2]).clamp(min=1e-6).unbind(1)
    aspect = 4 / math.pi**2 * (torch.atan(w2 / h2) - torch.atan(w1 / h1)).square()
    with torch.no_grad():
        alpha = aspect / (1 - overlap + aspect + 1e-9)
    return overlap - apart / (hull.square().sum(1) + 1e-9) - alpha * aspect
