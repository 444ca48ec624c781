"""Two classifiers beside the projection, while an embedder learns: what kind of garment it is, and of what colour.

They read the features that the projection reads, so that the trunk keeps what tells kinds and colours apart; they are
thrown away afterwards.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visualsearch.ml.datasets.retrieval import Shot

LEAST = 20  # products that a kind or a colour needs to be asked for
UNKNOWN = -1
# clothing-cc0's kinds in the words of products-kaggle, so that one question is asked of both ways to photograph.
ALIASES = {
    "T-Shirt": "Tshirts", "Polo": "Tshirts", "Longsleeve": "Tshirts", "Shirt": "Shirts", "Blouse": "Tops",
    "Undershirt": "Innerwear Vests", "Hoodie": "Sweatshirts", "Top": "Tops", "Outwear": "Jackets",
    "Blazer": "Blazers", "Pants": "Trousers", "Skirt": "Skirts", "Dress": "Dresses", "Shoes": "Casual Shoes",
    "Hat": "Caps",
}  # fmt: skip


class Heads(nn.Module):
    """Linear classifiers of features (N, F); `answers` (C, 2) holds the kind and the colour of each product."""

    answers: Tensor

    def __init__(self, features: int, answers: Tensor):
        super().__init__()
        self.register_buffer("answers", answers)
        counts = [int(column.max()) + 1 for column in answers.T]
        self.classifiers = nn.ModuleList(nn.Linear(features, max(1, count)) for count in counts)

    def forward(self, features: Tensor, classes: Tensor) -> Tensor:
        """Sum of the mean losses over those products (N,) whose kind, or colour, is known."""
        total = features.new_zeros(())
        for classifier, column in zip(self.classifiers, self.answers.T, strict=True):
            wanted = column[classes]
            known = wanted != UNKNOWN
            if known.any():
                total = total + functional.cross_entropy(classifier(features[known]), wanted[known])
        return total


def answers(shots: Sequence[Shot], numbers: Sequence[int]) -> Tensor:
    """(C, 2): kind and colour of each product by its first shot; `numbers` are the shots' products. -1 is unknown."""
    first = dict(zip(reversed(numbers), reversed(shots), strict=True))
    ordered = [first[number] for number in range(len(first))]
    kinds = _numbered([ALIASES.get(shot.label, shot.label) for shot in ordered])
    return torch.tensor([kinds, _numbered([shot.colour for shot in ordered])]).T.contiguous()


def _numbered(words: Sequence[str]) -> list[int]:
    """Words as numbers; empty and rare ones are unknown."""
    common = sorted(word for word, count in Counter(words).items() if word and count >= LEAST)
    places = {word: place for place, word in enumerate(common)}
    return [places.get(word, UNKNOWN) for word in words]
