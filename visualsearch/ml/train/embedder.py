"""Teaches an embedder to tell products apart by normalised softmax (arXiv 1811.12649): a recipe, a run, a release."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from visualsearch.ml import augment, dml, lite
from visualsearch.ml.export import export_onnx
from visualsearch.ml.train import curves, embedder_heads, precision
from visualsearch.ml.train.ahead import CPU, Machine
from visualsearch.ml.train.embedder_batches import Batches
from visualsearch.ml.weights import Weights, hash_file, write_entry

if TYPE_CHECKING:
    from visualsearch.ml.datasets.retrieval import Shot

SAMPLE = 4096  # pictures whose features give the first projection
LICENCES = {"resnet50": "MIT; trunk from torchvision, BSD-3-Clause"}
LICENCE = "MIT; trunk from EfficientNet-Lite, Apache-2.0"
STATES = ("net", "loss", "heads", "optimizer")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. The end is `epochs`, or `minutes` of wall clock when that is not 0 (summed over all takings-up)."""

    seed: int = 1
    epochs: int = 2
    minutes: float = 0.0
    batch: int = 32
    size: int = 160  # px of the pictures to learn from; less than served, because crops show garments larger
    rate: float = 2e-4
    decay: float = 0.01
    warm: int = 40  # steps until the full rate; for the first half of them the trunk stands still
    frozen: int = 2  # stages of the trunk, and its stem, that stay as ImageNet made them
    views: int = 4  # of a product with several, an epoch
    temperature: float = dml.TEMPERATURE
    changes: tuple[str, ...] = augment.CHANGES  # what shoppers do to pictures; none: as they would be indexed
    heads: float = 0.2  # weight of the questions for kind and colour; 0 asks none
    half: bool = field(default_factory=precision.available)  # bfloat16, depthwise kernels as they came
    save_every: int = 25  # steps


class Run:
    """A network being trained; its state is in `folder/last.pt`, its history in `folder/log.jsonl`."""

    def __init__(
        self, net: dml.EmbeddingNet, shots: Sequence[Shot], recipe: Recipe, folder: Path, *, machine: Machine = CPU
    ):
        net.eval().to(machine.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.net, self.recipe, self.folder, self.machine = net, recipe, folder, machine
        self.batches = Batches(
            shots, recipe.size, recipe.batch, recipe.seed, recipe.views, changes=recipe.changes, machine=machine
        )
        self.loss = dml.NormSoftmax(len(self.batches.classes), net.projection.out_features, recipe.temperature)
        self.loss.to(machine.device)
        self.heads = embedder_heads.Heads(
            net.projection.in_features, embedder_heads.answers(shots, self.batches.numbers.tolist())
        ).to(machine.device)
        self.optimizer = _optimizer(net, self.loss, self.heads, recipe, machine)
        self.epoch = self.at = self.step = 0
        self.spent = 0.0  # seconds, waiting included
        self.seen = time.monotonic()
        folder.mkdir(parents=True, exist_ok=True)

    def prepare(self, projection: bool = True) -> None:
        """Start the projection at the principal axes of the features (if wanted), each proxy at its first picture."""
        if projection:
            sample = np.random.default_rng(self.recipe.seed).permutation(len(self.batches.shots))[:SAMPLE]
            dml.start_projection(self.net, self._embedded(sample.tolist(), self.net.features))
        firsts = [int(number) for members in self.batches.members for number in members[:1]]
        vectors = self._embedded(firsts, self.net.forward)
        self.loss.start_at(vectors, torch.from_numpy(self.batches.numbers[firsts]).to(vectors.device))

    def train(self) -> None:
        """Go on until the recipe is done. The norms of the trunk keep ImageNet's statistics throughout."""
        self.seen = time.monotonic()
        while self.progress() < 1:
            sums: list[float] = []
            for pictures, classes in self.batches.drawn(self.epoch, self.at):
                sums.append(self.learn(pictures, classes))
                if self.step % self.recipe.save_every == 0:
                    self._note(sums)
                if self.progress() >= 1:
                    break
            else:
                self.epoch, self.at = self.epoch + 1, 0
        self.save()
        if (self.folder / "log.jsonl").is_file():
            curves.draw(self.folder)

    def learn(self, pictures: Tensor, classes: Tensor) -> float:
        """One step on pictures (N, 3, S, S) and their classes (N,); the loss before it."""
        self._set_rate()
        with precision.mixed(self.recipe.half, self.machine.device):
            features = self.net.features(pictures)
        features = features.float()
        loss = self.loss(self.net.embedded(features), classes)
        if self.recipe.heads:
            loss = loss + self.recipe.heads * self.heads(features, classes)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimizer.step()
        self.step, self.at = self.step + 1, self.at + 1
        self.spent, self.seen = self.spent + time.monotonic() - self.seen, time.monotonic()
        return loss.item()

    def progress(self) -> float:
        """0 at the start to 1 at the end."""
        if self.recipe.minutes:
            return self.spent / 60 / self.recipe.minutes
        if self.epoch >= self.recipe.epochs:
            return 1.0
        steps = len(self.batches.epoch(self.epoch)) // self.recipe.batch
        return (self.epoch + self.at / max(1, steps)) / self.recipe.epochs

    def save(self) -> Path:
        """Write the whole state, so that `resume` goes on as if nothing had happened."""
        parts = {name: getattr(self, name).state_dict() for name in STATES}
        state = parts | {
            "at": [self.epoch, self.at, self.step], "spent": self.spent, "recipe": asdict(self.recipe),
        }  # fmt: skip
        torch.save(state, self.folder / "part.pt")
        return (self.folder / "part.pt").replace(self.folder / "last.pt")

    def resume(self) -> None:
        """Take up the state in the folder; raises `ValueError` if it was another recipe or other products."""
        state = torch.load(self.folder / "last.pt", self.machine.device, weights_only=True)
        if state["recipe"] != asdict(self.recipe) or len(state["loss"]["proxies"]) != len(self.batches.classes):
            raise ValueError(f"{self.folder} holds a run of another recipe or other data: choose another folder.")
        for name in STATES:
            getattr(self, name).load_state_dict(state[name])
        (self.epoch, self.at, self.step), self.spent = state["at"], state["spent"]

    def _set_rate(self) -> None:
        """Head first, then all: a linear rise over `warm` steps, half a cosine down to a fiftieth."""
        fall = 0.02 + 0.98 * (1 + math.cos(math.pi * min(1.0, self.progress()))) / 2
        rise = min(1.0, (self.step + 1) / max(1, self.recipe.warm))
        for group in self.optimizer.param_groups:
            still = group["name"] == "trunk" and rise < 0.5
            group["lr"] = 0.0 if still else self.recipe.rate * fall * rise

    def _note(self, losses: list[float]) -> None:
        """Save, and add a line to the log."""
        self.save()
        mean = sum(losses[-self.recipe.save_every :]) / len(losses[-self.recipe.save_every :])
        record = {"epoch": self.epoch, "step": self.step, "loss": round(mean, 4), "minutes": round(self.spent / 60, 2)}
        with (self.folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(record) + "\n")
        if self.step % (20 * self.recipe.save_every) == 0:
            curves.draw(self.folder)
        print(json.dumps(record), flush=True)

    @torch.no_grad()
    def _embedded(self, chosen: Sequence[int], network: Callable[[Tensor], Tensor]) -> Tensor:
        """What a function of the net makes of those shots, not augmented: (len(chosen), ...)."""
        with precision.mixed(self.recipe.half, self.machine.device):
            return torch.cat([network(pictures).float() for pictures in self.batches.clean(chosen)])


def release(
    net: dml.EmbeddingNet, name: str, size: int, *, trunk: str, data: str, licence: str, folder: Path
) -> Weights:
    """Export the network as `<name>.onnx` with its entry beside it; the entry's figures are filled in by measuring."""
    folder.mkdir(parents=True, exist_ok=True)
    path = export_onnx(net, torch.zeros(1, 3, size, size), folder / f"{name}.onnx", ["embeddings"])
    entry = Weights(
        name, "embedder", path.name, hash_file(path), size, lite.MEAN, lite.STD, licence, data,
        pad=augment.PAD, dimension=net.projection.out_features, architecture=trunk, folder=folder,
    )  # fmt: skip
    write_entry(entry)
    return entry


def publish(
    net: dml.EmbeddingNet, name: str, trunk: str, data: str, folder: Path, *, side: int | None = None
) -> Weights:
    """`release` with what follows from the trunk: the licence and, if `side` is not given, the px it is served at."""
    side = side or lite.SIZES[trunk if trunk in lite.SIZES else "lite0"].side
    licence = LICENCES.get(trunk, LICENCE)
    return release(net, name, side, trunk=trunk, data=data, licence=licence, folder=folder)


def _optimizer(
    net: dml.EmbeddingNet, loss: dml.NormSoftmax, heads: nn.Module, recipe: Recipe, machine: Machine
) -> torch.optim.Optimizer:
    """AdamW; the proxies are not decayed, what is frozen is left out."""
    if recipe.frozen:
        dml.freeze(net, recipe.frozen)
    precision.spare(net.trunk, recipe.half, machine.device)
    trunk = [parameter for parameter in net.trunk.parameters() if parameter.requires_grad]
    groups = [
        {"name": "trunk", "params": trunk, "weight_decay": recipe.decay},
        {"name": "head", "params": list(net.projection.parameters()), "weight_decay": recipe.decay},
        {"name": "heads", "params": list(heads.parameters()), "weight_decay": recipe.decay},
        {"name": "proxies", "params": [loss.proxies], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.rate)
