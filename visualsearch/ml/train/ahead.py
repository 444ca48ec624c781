"""Batches drawn while the network learns from those before: in a thread, or in processes where a GPU waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from torch.utils.data import DataLoader, Dataset

if TYPE_CHECKING:
    import torch

Batch = TypeVar("Batch")

AHEAD = 4  # batches that a thread, or each process, is in front


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a network learns. It is no part of a recipe: a run can be taken up on another machine."""

    device: str = "cpu"  # as torch names it: cpu, cuda, cuda:1
    workers: int = 0  # processes that draw batches; with 0 a thread does


CPU = Machine()


@dataclass(frozen=True, slots=True)
class Drawn(Dataset[Batch], Generic[Batch]):
    """Batches by their place in the epoch."""

    draw: Callable[[int], Batch]

    def __getitem__(self, place: int) -> Batch:
        return self.draw(place)


def ahead(draw: Callable[[int], Batch], places: Sequence[int], workers: int = 0) -> Iterator[Batch]:
    """What `draw` makes of each place, in order, a few drawn in advance."""
    if workers:
        # Forked, because `draw` may hold a network; it draws with NumPy alone and touches nothing on a GPU.
        yield from DataLoader(
            Drawn(draw), batch_size=None, sampler=places, num_workers=workers, prefetch_factor=AHEAD,
            multiprocessing_context="fork",
        )  # fmt: skip
        return
    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(draw, place) for place in places[:AHEAD]]
        for place in [*places[AHEAD:], *[None] * len(waiting)]:
            if place is not None:
                waiting.append(pool.submit(draw, place))
            yield waiting.pop(0).result()


def normalised(squares: torch.Tensor, mean: float, std: float, device: str = "cpu") -> torch.Tensor:
    """uint8 (N, S, S, 3) as the networks take it, `transforms.as_array` a batch at once: (N, 3, S, S), channels last.

    Bytes travel to the device, a quarter of what floats would be.
    """
    pixels = squares.to(device, non_blocking=True).permute(0, 3, 1, 2)
    return pixels.float().sub_(mean).div_(std)
