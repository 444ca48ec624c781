"""Seeded chance: the same words always give the same draws, whatever was drawn before."""

import random
from collections.abc import Sequence

GOLDEN = 0.6180339887498949


def dice(*words: object) -> random.Random:
    """A generator of its own for these words (Python hashes a string seed with SHA-512, on every machine alike)."""
    return random.Random("/".join(str(word) for word in words))


def spread(items: Sequence[str], step: int, start: float) -> str:
    """The item at `step` of a golden-ratio walk: consecutive steps fall far apart, and no item comes twice soon."""
    return items[int(((start + step * GOLDEN) % 1.0) * len(items))]
