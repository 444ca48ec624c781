"""Batches for metric learning: every product is a class, every class comes equally often, every picture as a shopper's.

Everything random follows from (seed, epoch, place in the epoch), so an interrupted run continues as if it had not been.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from visualsearch.ml import augment, lite, transforms

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from visualsearch.ml.datasets.retrieval import Shot

AHEAD = 4  # batches drawn in advance
WIDEST = 0.15  # a detector's box may leave this much around the item, or cut into it


class Batches:
    """Pictures and class numbers of the shots, drawn ahead in a thread. `classes[i]` is the product of number i."""

    def __init__(
        self,
        shots: Sequence[Shot],
        size: int,
        batch: int,
        seed: int,
        views: int = 4,
        *,
        changes: Sequence[str] = augment.CHANGES,
    ):
        """`views`: at most so many shots of a class an epoch; `changes`: of `augment.CHANGES`, what is done to them."""
        self.changes = changes
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
        with ThreadPoolExecutor(1) as pool:
            waiting = [pool.submit(self._batch, order, epoch, at) for at in places[:AHEAD]]
            for at in places:
                if at + AHEAD in places:
                    waiting.append(pool.submit(self._batch, order, epoch, at + AHEAD))
                yield waiting.pop(0).result()

    def clean(self, chosen: Sequence[int]) -> torch.Tensor:
        """Those shots as they would be indexed: (len(chosen), 3, S, S)."""
        return as_tensor([transforms.letterboxed(whole(self.shots[i]), self.size, augment.PAD)[0] for i in chosen])

    def _batch(self, order: NDArray[np.int64], epoch: int, at: int) -> tuple[torch.Tensor, torch.Tensor]:
        chosen = order[at * self.batch : (at + 1) * self.batch]
        draw = np.random.default_rng((self.seed, epoch, at))
        return as_tensor([self._as_shopper(i, draw) for i in chosen]), torch.from_numpy(self.numbers[chosen])

    def _as_shopper(self, number: int, draw: np.random.Generator) -> Image.Image:
        """One shot, augmented; a packshot may get another shot's picture as its background."""
        shot = self.shots[number]
        if not self.changes:
            return transforms.letterboxed(whole(shot), self.size, augment.PAD)[0]
        elsewhere = self.shots[draw.integers(len(self.shots))].picture() if draw.random() < 0.6 else None
        uncut = shot.part == "gallery" and draw.random() < 0.5
        picture = whole(shot) if uncut else shot.picture(draw.uniform(-0.02, WIDEST))
        return augment.as_shopper(picture, self.size, draw, elsewhere, self.changes)


def whole(shot: Shot) -> Image.Image:
    """A product's picture uncut, as the region `whole` is; an item of a street photo stays cut to its box."""
    return replace(shot, box=None).picture() if shot.part == "gallery" else shot.picture()


def as_tensor(squares: Sequence[Image.Image]) -> torch.Tensor:
    """Squares of one size to (N, 3, S, S), normalised for a Lite trunk, channels last."""
    batch = np.stack([transforms.as_array(square, lite.MEAN, lite.STD) for square in squares])
    return torch.from_numpy(batch).to(memory_format=torch.channels_last)
