"""From which score on a product is taken for what was asked for: one floor a position, measured with each embedder.

A list whose best product scores less says "we may not have this". The floors lie with the figures of the embedder in
the registry, and so with every version that uses it; an embedder that was not calibrated has none.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from visualsearch.ml import weights
from visualsearch.ml.types import POSITIONS, WHOLE
from visualsearch.models import ModelVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visualsearch.ml.weights import Weights
    from visualsearch.models import PhotoSearch

NAME = "floor {}"  # of a position's floor among the figures
UNNOTICED = 0.05  # of what is not there: to let fewer pass, nothing more that is there is denied
PROMISE = "floors' error"  # the promised share, beside them


def floors(search: PhotoSearch) -> dict[str, float]:
    """The floor of each position that has one, for the version that the search was described with."""
    figures: dict[str, float] = search.version.figures.get("embedder", {}) if search.version else {}
    return {p: figures[NAME.format(p)] for p in (WHOLE, *POSITIONS) if NAME.format(p) in figures}


def choose(there: Sequence[float], error: float, gone: Sequence[float] = ()) -> float | None:
    """The floor under which the best score of a list falls for at most the share `error` of questions.

    `there` are the best scores of questions whose answer is there. Of a further such question, drawn as these were, the
    best score lies under their k-th smallest with a probability of at most `error`, with k the whole part of
    error * (n + 1), as in split conformal prediction (Vovk; Papadopoulos). None if there are too few.

    `gone` are those of questions whose answer is not there. Where a lower floor is enough to let only the share
    `UNNOTICED` of them pass, it is lower: nothing is denied for nothing.
    """
    kth, spare = _whole(error * (len(there) + 1)), _whole(UNNOTICED * (len(gone) + 1))
    if kth < 1:
        return None
    enough = math.nextafter(sorted(gone)[-spare], math.inf) if spare else math.inf
    return min(sorted(there)[kth - 1], enough)


def _whole(number: float) -> int:
    return math.floor(number + 1e-9)


def keep(entry: Weights, found: Mapping[str, float], *, error: float) -> Weights:
    """Write the floors, by position, into the embedder's entry and into every version that uses it; the new entry.

    Earlier floors go, also those of positions that have none now. Raises `OSError` where the entry cannot be written.
    """
    others = {name: value for name, value in entry.figures.items() if not name.startswith("floor")}
    rounded = {NAME.format(p): math.floor(floor * 10_000) / 10_000 for p, floor in found.items()}  # denies no more
    entry = replace(entry, figures=others | rounded | ({PROMISE: error} if rounded else {}))
    weights.write_entry(entry)
    _tell_versions(entry)
    return entry


@transaction.atomic
def _tell_versions(entry: Weights) -> None:
    for version in ModelVersion.objects.select_for_update().filter(embedder_sha256=entry.sha256):
        version.figures = version.figures | {"embedder": dict(entry.figures)}
        version.save(update_fields=["figures"])
