"""How far a figure may be trusted: the bootstrap, which measures again on samples drawn with replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIMES = 1000
SEED = 0
TAILS = (2.5, 97.5)  # per cent: what lies between is the 95% interval

Interval = tuple[float, float]


def resamples(count: int, times: int = TIMES, seed: int = SEED) -> NDArray[np.float64]:
    """How often each of `count` things comes in each of `times` samples of that size: (times, count)."""
    draw = np.random.default_rng(seed)
    return np.stack([np.bincount(draw.integers(count, size=count), minlength=count) for _ in range(times)]).astype(
        float
    )


def of_means(values: NDArray[np.float64], times: int = TIMES, seed: int = SEED) -> NDArray[np.float64]:
    """The 95% interval of the mean of each column of (N, K) values: (K, 2). The same seed gives the same interval."""
    draw, count = np.random.default_rng(seed), len(values)
    means = [np.bincount(draw.integers(count, size=count), minlength=count) @ values / count for _ in range(times)]
    return np.percentile(means, TAILS, axis=0).T


def of_share(some: int, of: int, z: float = 1.96) -> Interval:
    """The 95% interval of a share `some / of`, after Wilson: it holds where few or none of the cases were seen too."""
    centre, spread = some + z * z / 2, z * (some * (of - some) / of + z * z / 4) ** 0.5
    return max(0.0, (centre - spread) / (of + z * z)), min(1.0, (centre + spread) / (of + z * z))


def around(measured: NDArray[np.float64]) -> Interval:
    """The 95% interval of a figure that was measured on many samples (times,)."""
    low, high = np.nanpercentile(measured, TAILS)
    return float(low), float(high)
