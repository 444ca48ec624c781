"""What an embedder's two thresholds rest on: `search.EXACT`, one and the same picture, and `designs.NEARLY`.

`python bench/sameness.py` embeds Luma's main pictures (`../shared/data/catalogue-luma.zip`) whole, and prints the
cosine of every fourth with itself saved again as JPEG, smaller, or cut on each side; of each with the nearest of
another style; and of pairs of colours of one style, and of different styles: least, quartiles and most, and the shares
from the two thresholds on. No database.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

import django
from django.conf import settings

from visualsearch.ml import augment, weights
from visualsearch.ml.datasets.retrieval import luma
from visualsearch.ml.evaluate import retrieval
from visualsearch.ml.session import Embedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

LUMA = Path(__file__).parent.parent.parent / "shared/data/catalogue-luma.zip"
EVERY = 4  # pictures of which one is saved again
QUALITY = 80  # of JPEG
# What is done to a picture before it is saved again: the part of its width that is left, what is cut off each side.
CHANGES = {
    "saved again": (1.0, 0.0),
    "half as wide": (0.5, 0.0),
    "a quarter as wide": (0.25, 0.0),
    "cut by 1%": (1.0, 0.01),
    "cut by 3%": (1.0, 0.03),
}


def again(picture: Image.Image, part: float, cut: float) -> Image.Image:
    """The picture without `cut` of each side, scaled to `part` of its width, after JPEG."""
    left, top = cut * picture.width, cut * picture.height
    size = max(1, round(part * (picture.width - 2 * left))), max(1, round(part * (picture.height - 2 * top)))
    box = (left, top, picture.width - left, picture.height - top)
    return augment.squeezed(picture.resize(size, Image.Resampling.LANCZOS, box), QUALITY)


def line(name: str, cosines: NDArray[np.float32], thresholds: tuple[float, float]) -> str:
    """Least, quartiles and most of the cosines (N,), and the share from each threshold on."""
    marks = "".join(f"{value:8.3f}" for value in np.quantile(cosines, (0, 0.25, 0.5, 0.75, 1)))
    shares = "".join(f"{100 * np.mean(cosines >= threshold):9.1f}%" for threshold in thresholds)
    return f"{name:28}{len(cosines):6}{marks}{shares}"


def main() -> None:
    """Prints a line for each way to be the same or another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=LUMA)
    parser.add_argument("--embedder", default=settings.VISUALSEARCH["EMBEDDER"])
    asked = parser.parse_args()
    django.setup()
    from visualsearch.designs import NEARLY
    from visualsearch.search import EXACT

    thresholds = EXACT, NEARLY
    heads = "".join(f"{head:>8}" for head in ("least", "25%", "50%", "75%", "most"))
    print(f"{'cosine':28}{'of':>6}{heads}" + "".join(f"{f'>= {threshold}':>10}" for threshold in thresholds))

    embedder = Embedder(weights.named(asked.embedder))
    shots = [shot for shot in luma(asked.data) if shot.part == "gallery"]
    vectors = retrieval.embedded(embedder, shots).embeddings  # (N, D)
    pictures = [shot.picture() for shot in shots[::EVERY]]
    for name, (part, cut) in CHANGES.items():
        copies = np.concatenate([embedder.embed([again(picture, part, cut)]) for picture in pictures])
        print(line(f"itself, {name}", (copies * vectors[::EVERY]).sum(1), thresholds), flush=True)
    cosines, styles = vectors @ vectors.T, np.array([shot.style for shot in shots])
    same = styles[:, None] == styles[None]
    print(line("nearest of another style", np.where(same, -1, cosines).max(1), thresholds))
    print(line("colours of one style, pairs", cosines[np.triu(same, 1)], thresholds))
    print(line("of different styles, pairs", cosines[np.triu(~same, 1)], thresholds))


if __name__ == "__main__":
    main()
