"""Teaches a YOLOv3 of any cfg the ten kinds of garment: a recipe, a run that can be taken up again, a log.

Everything random follows from (seed, epoch, place in the epoch), so an interrupted run continues as if it had not been.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from visualsearch.ml.train import curves, precision
from visualsearch.ml.train.ahead import CPU, Machine, ahead, normalised
from visualsearch.ml.train.detector_loss import loss
from visualsearch.ml.train.detector_measure import measure
from visualsearch.ml.train.detector_pictures import example

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualsearch.ml.datasets.detection import Cache
    from visualsearch.ml.train.detector_start import Network


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. The end is `epochs`, or `minutes` of wall clock when that is not 0 (summed over all takings-up)."""

    seed: int = 1
    epochs: int = 30
    minutes: float = 0.0
    batch: int = 16
    size: int = 416  # of the pictures for measuring, and of the exported network
    sizes: tuple[int, ...] = ()  # of the pictures to learn from; empty: six around `size`
    rate: float = 3e-4  # of layers that came with weights; new ones learn `fresh` times as fast
    fresh: float = 3.0
    decay: float = 0.02
    mosaic: float = 0.6
    calm: float = 0.85  # from this part of the run on no more mosaics, and photos as they will be asked
    half: bool = field(default_factory=precision.available)  # bfloat16, depthwise kernels as they came
    warm: int = 100  # steps
    average: float = 0.999  # of the weights (EMA)
    frozen: int = 3  # first convolutions that stay as they are when they came with weights; they cost the most time

    def shown(self) -> tuple[int, ...]:
        """The sizes to learn from, px."""
        return self.sizes or tuple(range(self.size - 96, self.size + 65, 32))


class Run:
    """A network being trained; its state is in `folder/last.pt`, its history in `folder/log.jsonl`.

    Of each epoch the averaged weights stay, in half precision, as `folder/epoch-<n>.pt`: a set as small as these is
    soon known by heart, and the last epoch need not be the best.
    """

    def __init__(self, network: Network, recipe: Recipe, folder: Path, warm_layers: int = 0, *, machine: Machine = CPU):
        """`warm_layers`: how many convolutions already know something."""
        network.to(machine.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network, self.recipe, self.folder, self.machine = network, recipe, folder, machine
        self.average = copy.deepcopy(network).eval()
        self.warm_layers = warm_layers
        self.optimizer = _optimizer(network, recipe, warm_layers)
        self.epoch = self.step = 0
        self.spent = 0.0  # seconds, waiting included
        self.seen = time.monotonic()
        folder.mkdir(parents=True, exist_ok=True)

    def train(self, caches: Sequence[Cache], shares: Sequence[float], held_out: Sequence[Cache]) -> None:
        """Go on until the recipe is done; `shares` is how often each cache's photos come in an epoch."""
        self.seen = time.monotonic()
        while self.progress(0) < 1:
            drawn = epoch_order(caches, shares, self.recipe.seed, self.epoch)
            record = self._train_epoch(caches, drawn) | {"epoch": self.epoch, "minutes": round(self.spent / 60, 1)}
            self.epoch += 1
            self.save()
            record |= measure(self.average, held_out, self.recipe.size, self.recipe.half, device=self.machine.device)
            with (self.folder / "log.jsonl").open("a") as log:
                log.write(json.dumps(record) + "\n")
            curves.draw(self.folder)
            print(json.dumps(record), flush=True)

    def progress(self, share: float) -> float:
        """0 at the start to 1 at the end, when `share` of the current epoch is done."""
        if self.recipe.minutes:
            return self.spent / 60 / self.recipe.minutes
        return (self.epoch + share) / self.recipe.epochs

    def _train_epoch(self, caches: Sequence[Cache], drawn: NDArray[np.int64]) -> dict[str, float]:
        """One pass over the drawn photos; the mean of the loss and its parts."""
        self._wake()
        steps = len(drawn) // self.recipe.batch
        sums: dict[str, float] = {}
        calm = self.progress(0) >= self.recipe.calm
        batches = ahead(partial(self._batch, caches, drawn, calm=calm), range(steps), self.machine.workers)
        for at, (squares, truths) in enumerate(batches):
            self._set_rate(at / steps)
            parts = self._learn(squares, truths)
            self._look_at_clock()
            sums = {key: sums.get(key, 0.0) + value / steps for key, value in parts.items()}
            if self.recipe.minutes and self.progress(0) >= 1:
                break
        return {key: round(value, 4) for key, value in sums.items()}

    def _wake(self) -> None:
        """Put the network in training mode, but for its frozen layers."""
        self.network.train()
        for conv, norm in islice(self.network.convolutions(), min(self.recipe.frozen, self.warm_layers)):
            for module in filter(None, (conv, norm)):
                module.eval().requires_grad_(False)
        precision.spare(self.network, self.recipe.half, self.machine.device)

    def _look_at_clock(self) -> None:
        """Add the time since the last look."""
        self.spent, self.seen = self.spent + time.monotonic() - self.seen, time.monotonic()

    def _learn(self, squares: torch.Tensor, truths: torch.Tensor) -> dict[str, float]:
        """One step on a batch, uint8 (N, S, S, 3)."""
        pictures = normalised(squares, self.network.mean, self.network.std, self.machine.device)
        truths = truths.to(self.machine.device)
        with precision.mixed(self.recipe.half, self.machine.device):
            maps = self.network(pictures)
        total, parts = loss(maps, truths, self.network.scales)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return parts | {"loss": total.item()}

    def _follow(self) -> None:
        """Move the averaged weights a little towards the current ones, faster at the beginning."""
        keep = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            pairs = zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True)
            ours, current = zip(*(pair for pair in pairs if pair[0].is_floating_point()), strict=True)
            torch._foreach_lerp_(list(ours), list(current), 1 - keep)

    def _set_rate(self, share: float) -> None:
        """Warm up, then half a cosine down to a fiftieth."""
        fall = 0.02 + 0.98 * (1 + math.cos(math.pi * min(1.0, self.progress(share)))) / 2
        for group in self.optimizer.param_groups:
            group["lr"] = group["full"] * fall * min(1.0, (self.step + 1) / self.recipe.warm)

    def _batch(
        self, caches: Sequence[Cache], drawn: NDArray[np.int64], at: int, *, calm: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One batch: squares uint8 (N, S, S, 3), truths (M, 6) picture, class, corners in pixels."""
        recipe = self.recipe
        size = int(np.random.default_rng((recipe.seed, self.epoch, at)).choice(recipe.shown()))
        squares, truths = [], []
        for place in range(recipe.batch):
            chance = np.random.default_rng((recipe.seed, self.epoch, at, place))
            first = drawn[at * recipe.batch + place]
            chosen = [first, *drawn[chance.integers(len(drawn), size=3)]]
            photos = [(caches[cache], int(index)) for cache, index in chosen]
            square, rows = example(photos, size, chance, 0.0 if calm else recipe.mosaic)
            squares.append(np.asarray(square))
            truths.append(np.insert(rows, 0, place, axis=1))
        return torch.from_numpy(np.stack(squares)), torch.from_numpy(np.concatenate(truths)).float()

    def save(self) -> None:
        """Write the state; a run killed while it writes keeps the one before."""
        state = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimizer")}
        counts = {"epoch": self.epoch, "step": self.step, "spent": self.spent, "warm_layers": self.warm_layers}
        torch.save(state | counts | {"recipe": asdict(self.recipe)}, self.folder / "next.pt")
        (self.folder / "next.pt").replace(self.folder / "last.pt")
        half = {k: v.half() if v.is_floating_point() else v for k, v in self.average.state_dict().items()}
        torch.save(half, self.folder / f"epoch-{self.epoch}.pt")

    def resume(self) -> None:
        """Take up the state in the folder; raises `FileNotFoundError` when there is none."""
        state: dict[str, Any] = torch.load(self.folder / "last.pt", self.machine.device, weights_only=True)
        for name in ("network", "average", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        self.epoch, self.step, self.spent = state["epoch"], state["step"], state["spent"]
        self.warm_layers = state["warm_layers"]


def _optimizer(network: Network, recipe: Recipe, warm_layers: int) -> torch.optim.Optimizer:
    """AdamW; kernels decay, biases and norms do not; layers without weights to start from learn faster."""
    groups = []
    for at, (conv, norm) in enumerate(network.convolutions()):
        rate = recipe.rate * (1 if at < warm_layers else recipe.fresh)
        rest = [*(norm.parameters() if norm else []), *([conv.bias] if conv.bias is not None else [])]
        groups.append({"params": [conv.weight], "full": rate, "weight_decay": recipe.decay})
        groups.append({"params": rest, "full": rate, "weight_decay": 0.0})
    return torch.optim.AdamW(groups, lr=recipe.rate)


def epoch_order(caches: Sequence[Cache], shares: Sequence[float], seed: int, epoch: int) -> NDArray[np.int64]:
    """(N, 2) cache and photo, shuffled: each photo `share` times, a fraction by lot."""
    chance = np.random.default_rng((seed, epoch))
    rows = []
    for which, (cache, share) in enumerate(zip(caches, shares, strict=True)):
        times = int(share) + (chance.random(len(cache)) < share % 1)
        photos = np.repeat(np.arange(len(cache)), times)
        rows.append(np.stack([np.full_like(photos, which), photos], 1))
    return chance.permutation(np.concatenate(rows))
