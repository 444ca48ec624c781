"""Whether the part that "Why this one?" names is the one that counts: hidden, it must cost more than a random one.

`python bench/explain.py --hits 200` draws products and street photos in the studio, with their true boxes, embeds both
with the shop's embedder, and takes each item's nearest products for its hits. On each side of a hit, in the photo and
in the product's picture, the part is named as a worker names it; then the score with that part greyed out is compared
with the score after greying out a rectangle of the same size at a random place, which need not lie on the grid. Prints
the share of sides in which the named part costs more, with its 95% interval. No database; one process.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

from django.conf import settings

from catalog import studio
from visualsearch.ml import occlusion, transforms, weights
from visualsearch.ml.evaluate import intervals
from visualsearch.ml.session import Embedder, EmbedsPictures
from visualsearch.ml.types import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

AIM = 0.8
HITS = 3  # of each item: the nearest products of its position


@dataclass(frozen=True, slots=True)
class Garment:
    """A garment cut out of a picture, and its vector."""

    name: str
    position: str
    crop: Image.Image
    vector: NDArray[np.float32]


def garments(picture: studio.Picture, embedder: EmbedsPictures) -> Iterator[Garment]:
    """What the picture shows, by its true boxes."""
    for item in picture.items:
        crop = transforms.crop(picture.image, Box(*item.box), transforms.MARGIN)
        yield Garment(f"{item.index}", item.position, crop, embedder.embed([crop])[0])


def trial(picture: Image.Image, target: NDArray[np.float32], embedder: EmbedsPictures, chance: Random) -> bool:
    """Whether the named part of the picture costs more of its score than a random part of that size."""
    part = occlusion.decisive_part(picture, embedder, target)
    width, height = part.box.x2 - part.box.x1, part.box.y2 - part.box.y1
    x, y = chance.uniform(0, 1 - width), chance.uniform(0, 1 - height)
    _, (named, random) = occlusion.scores(picture, [part.box, Box(x, y, x + width, y + height)], embedder, target)
    return bool(named < random)


def main() -> int:
    """Prints the shares; 0 if the photo's side reaches the aim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hits", type=int, default=60, help="how many hits; 200 take some minutes")
    parser.add_argument("--products", type=int, default=60, help="products drawn for the gallery")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--embedder", default=settings.VISUALSEARCH["EMBEDDER"])
    parser.add_argument("--threads", type=int, default=0)
    asked = parser.parse_args()
    embedder = Embedder(weights.named(asked.embedder), threads=asked.threads)
    designs = [studio.design(asked.seed, index) for index in range(asked.products)]
    gallery = [g for d in designs for g in garments(studio.draw(d, studio.View("front", 0), 480), embedder)]
    sides = np.array(list(hits(asked, gallery, embedder)), float)  # (N, 2)
    for name, outcomes in zip(("photo", "product's picture"), sides.T, strict=True):
        [(low, high)] = intervals.of_means(outcomes[:, None])
        print(f"{name:20}{outcomes.mean():7.1%}  ({low:.1%} to {high:.1%}) of {len(outcomes)} hits")
    print(f"aim: {AIM:.0%} of the hits; part {occlusion.WINDOW} x {occlusion.WINDOW} of {occlusion.CELLS} cells a side")
    return 0 if sides[:, 0].mean() >= AIM else 1


def hits(asked: argparse.Namespace, gallery: list[Garment], embedder: EmbedsPictures) -> Iterator[tuple[bool, bool]]:
    """The outcome on both sides of so many hits."""
    chance, done, number = Random(asked.seed), 0, 0
    while done < asked.hits:
        photo = studio.street_photo(asked.seed, 900_000 + number, asked.products)
        number += 1
        for item in garments(photo, embedder):
            same = [one for one in gallery if one.position == item.position]
            for hit in sorted(same, key=lambda one: -float(one.vector @ item.vector))[:HITS]:
                if done < asked.hits:
                    done += 1
                    yield trial(item.crop, hit.vector, embedder, chance), trial(hit.crop, item.vector, embedder, chance)


if __name__ == "__main__":
    sys.exit(main())
