"""What an embedder's two thresholds rest on: `search.EXACT`, one and the same picture, and `designs.NEARLY`.

`python bench/sameness.py` embeds Luma's main pictures (`../shared/data/catalogue-luma.zip`) whole, and prints the
cosine of every fourth with itself saved again as JPEG, smaller, or cut on each side; of each with the nearest of
another style; and of pairs of colours of one style, and of different styles: least, quartiles and most, and the shares
from the two thresholds on. No database.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

from visualsearch.ml import weights
from visualsearch.ml.datasets.retrieval import luma
from visualsearch.ml.evaluate.retrieval import AT_ONCE
from visualsearch.ml.session import Embedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
EVERY = 4  # pictures of which one is saved again
QUALITY = 80  # of JPEG


def again(picture: Image.Image, part: float = 1.0, cut: float = 0.0) -> Image.Image:
    """The picture without `cut` of each side, scaled to `part` of its width, after JPEG."""
    left, top = cut * picture.width, cut * picture.height
    size = max(1, round(part * (picture.width - 2 * left))), max(1, round(part * (picture.height - 2 * top)))
    box = (left, top, picture.width - left, picture.height - top)
    kept = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS, box).save(kept, "JPEG", quality=QUALITY)
    return Image.open(kept).convert("RGB")


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "saved again": again,
    "half as wide": lambda picture: again(picture, part=0.5),
    "a quarter as wide": lambda picture: again(picture, part=0.25),
    "cut by 1%": lambda picture: again(picture, cut=0.01),
    "cut by 3%": lambda picture: again(picture, cut=0.03),
}


def embedded(embedder: Embedder, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
    """Unit vectors (N, D)."""
    parts = [embedder.embed(pictures[i : i + AT_ONCE]) for i in range(0, len(pictures), AT_ONCE)]
    return np.concatenate(parts)


def threshold(module: str, name: str) -> float:
    """A constant of one of our modules, read from its text: importing it would need the services of the shop."""
    found = re.search(rf"^{name} = ([\d.]+)", (ROOT / "visualsearch" / module).read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"visualsearch/{module} has no number named {name}.")
    return float(found[1])


def line(name: str, cosines: NDArray[np.float32], exact: float, nearly: float) -> str:
    """Least, quartiles and most of the cosines (N,), and the share from each threshold on."""
    marks = "".join(f"{value:8.3f}" for value in np.quantile(cosines, (0, 0.25, 0.5, 0.75, 1)))
    shares = "".join(f"{100 * np.mean(cosines >= mark):9.1f}%" for mark in (exact, nearly))
    return f"{name:28}{len(cosines):6}{marks}{shares}"


def main() -> None:
    """Prints a line for each way to be the same or another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=ROOT.parent / "shared/data/catalogue-luma.zip")
    parser.add_argument("--embedder", default="embedder-lite1-fine")
    asked = parser.parse_args()
    shots = [shot for shot in luma(asked.data) if shot.part == "gallery"]
    pictures = [shot.picture() for shot in shots]
    embedder = Embedder(weights.named(asked.embedder))
    exact, nearly = threshold("search.py", "EXACT"), threshold("designs.py", "NEARLY")
    vectors = embedded(embedder, pictures)
    heads = "".join(f"{head:>8}" for head in ("least", "25%", "50%", "75%", "most"))
    print(f"{'cosine':28}{'of':>6}{heads}{f'>= {exact}':>10}{f'>= {nearly}':>10}")
    for name, change in CHANGES.items():
        copies = embedded(embedder, [change(picture) for picture in pictures[::EVERY]])
        print(line(f"itself, {name}", (copies * vectors[::EVERY]).sum(1), exact, nearly), flush=True)
    cosines, styles = vectors @ vectors.T, np.array([shot.style for shot in shots])
    same = styles[:, None] == styles[None]
    print(line("nearest of another style", np.where(same, -1, cosines).max(1), exact, nearly))
    print(line("colours of one style, pairs", cosines[np.triu(same, 1)], exact, nearly))
    print(line("of different styles, pairs", cosines[np.triu(~same, 1)], exact, nearly))


if __name__ == "__main__":
    main()
