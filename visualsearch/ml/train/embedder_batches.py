"""Batches for metric learning: every product is a class, every class comes equally often, every picture as a shopper's.

Everything random follows from (seed, epoch, place in the epoch), so an interrupted run continues as if it had not been.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from visualsearch.ml import augment, lite, transforms
from visualsearch.ml.train.ahead import CPU, Machine, ahead, normalised

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from visualsearch.ml.datasets.retrieval import Shot

AT_ONCE = 32  # pictures embedded together outside of training
WIDEST = 0.15  # a detector's box may leave this much around the item, or cut into it


class Batches:
    """Pictures and class numbers of the shots, drawn ahead. `classes[i]` is the product of number i."""

    def __init__(
        self,
        shots: Sequence[Shot],
        size: int,
        batch: int,
        seed: int,
        views: int = 4,
        *,
        changes: Sequence[str] = augment.CHANGES,
        machine: Machine = CPU,
    ):
        """`views`: at most so many shots of a class an epoch; `changes`: of `augment.CHANGES`, what is done to them."""
        self.changes, self.machine = changes, machine
        self.shots, self.size, self.batch, self.seed, self.views = list(shots), size, batch, seed, views
        self.classes = sorted({shot.product for shot in shots})
        numbers = {product: number for number, product in enumerate(self.classes)}
        self.numbers = np.array([numbers[shot.product] for shot in shots])
        order = np.argsort(self.numbers, kind="stable")
        self.members = np.split(order, np.flatnonzero(np.diff(self.numbers[order])) + 1)  # the shots of each class

    def epoch(self, number: int) -> NDArray[np.int64]:
        """The shots of an epoch (M,), whole batches only: up to `views` different ones of every class, mixed."""
        draw = np.random.default_rng((self.seed, number))
        chosen = np.concatenate([draw.permutation(members)[: self.views] for members in self.members])
        return draw.permutation(chosen)[: len(chosen) // self.batch * self.batch]

    def drawn(self, epoch: int, start: int = 0) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The batches of an epoch from number `start` on: pictures (B, 3, S, S), normalised, and classes (B,)."""
        order = self.epoch(epoch)
        places = range(start, len(order) // self.batch)
        for squares, classes in ahead(partial(self._batch, order, epoch), places, self.machine.workers):
            yield normalised(squares, lite.MEAN, lite.STD, self.machine.device), classes.to(self.machine.device)

    def clean(self, chosen: Sequence[int]) -> Iterator[torch.Tensor]:
        """Those shots as they would be indexed, in their order: (at most AT_ONCE, 3, S, S) each time."""
        parts = [chosen[i : i + AT_ONCE] for i in range(0, len(chosen), AT_ONCE)]
        draw = partial(self._uncut_part, parts)
        for squares in ahead(draw, range(len(parts)), self.machine.workers):
            yield normalised(squares, lite.MEAN, lite.STD, self.machine.device)

    def _uncut_part(self, parts: Sequence[Sequence[int]], at: int) -> torch.Tensor:
        return stacked([self._uncut(number) for number in parts[at]])

    def _uncut(self, number: int) -> Image.Image:
        return transforms.letterboxed(whole(self.shots[number]), self.size, augment.PAD)[0]

    def _batch(self, order: NDArray[np.int64], epoch: int, at: int) -> tuple[torch.Tensor, torch.Tensor]:
        chosen = order[at * self.batch : (at + 1) * self.batch]
        draw = np.random.default_rng((self.seed, epoch, at))
        return stacked([self._as_shopper(i, draw) for i in chosen]), torch.from_numpy(self.numbers[chosen])

    def _as_shopper(self, number: int, draw: np.random.Generator) -> Image.Image:
        """One shot, augmented; a packshot may get another shot's picture as its background."""
        shot = self.shots[number]
        if not self.changes:
            return self._uncut(number)
        elsewhere = self.shots[draw.integers(len(self.shots))].picture() if draw.random() < 0.6 else None
        uncut = shot.part == "gallery" and draw.random() < 0.5
        picture = whole(shot) if uncut else shot.picture(draw.uniform(-0.02, WIDEST))
        return augment.as_shopper(picture, self.size, draw, elsewhere, self.changes)


def whole(shot: Shot) -> Image.Image:
    """A product's picture uncut, as the region `whole` is; an item of a street photo stays cut to its box."""
    return replace(shot, box=None).picture() if shot.part == "gallery" else shot.picture()


def stacked(squares: Sequence[Image.Image]) -> torch.Tensor:
    """Squares of one size to uint8 (N, S, S, 3)."""
    return torch.from_numpy(np.stack([np.asarray(square) for square in squares]))
