"""Garments as they are worn: every box of a street photo is a product of its own to learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from visualsearch.ml.boxes import overlaps
from visualsearch.ml.datasets import detection
from visualsearch.ml.datasets.retrieval import Shot, training_shots
from visualsearch.ml.types import Box

LEAST = 0.012  # of the photo: a smaller box holds too few pixels to tell one from another
APART = 0.6  # IoU with a box before it above which two garments would be one picture with two names
# A shirt is any top there and a shoe any shoe: what products-kaggle has no one word for is not asked.
KINDS = {
    "jacket": "Jackets", "pants": "Trousers", "shorts": "Shorts", "skirt": "Skirts", "dress": "Dresses",
    "bag": "Handbags", "hat": "Caps",
}  # fmt: skip


def lessons(path: Path) -> list[Shot]:
    """The shots of any set to learn from, told by its name."""
    return street(path) if "colorful" in path.name or "ccp" in path.name else training_shots(path)


def street(path: Path) -> list[Shot]:
    """`detection-colorful.zip` (its trainval list) or `detection-ccp-dev.zip`, a shot a garment."""
    shots = []
    for photo in detection.read(path):
        corners = photo.labels[:, 1:]
        large = (corners[:, 2:] - corners[:, :2]).prod(1) >= LEAST
        again = np.triu(overlaps(corners, corners) > APART, 1).any(0)
        for number in np.flatnonzero(large & ~again):
            label = detection.CLASSES[int(photo.labels[number, 0])]
            member = f"images/{photo.name.partition('/')[2]}.webp"
            box = Box(*map(float, corners[number]))
            shots.append(Shot(path, member, f"{photo.name}/{number}", label=KINDS.get(label, ""), box=box))
    return shots
