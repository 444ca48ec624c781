"""From which score on a product is taken for what was asked for: one floor a position, which is measured.

A list whose best product scores less says "we may not have this". Floors belong to a shop and to the networks that they
were measured with: they lie on the model version, and a version without them takes no side. Those of the studio's
drawings are also among the figures of the embedder that is shipped, for a shop that is filled with drawings.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from visualsearch.ml import weights
from visualsearch.ml.types import POSITIONS, WHOLE
from visualsearch.models import ModelVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visualsearch.ml.weights import Weights
    from visualsearch.models import PhotoSearch

UNNOTICED = 0.05  # of what is not there: to let fewer pass, nothing more that is there is denied
PROMISE = "error"  # the promised share of things that are there and denied, beside the floors of the positions
FIGURE = "{} floor {}"  # of such photos and such a position, among an embedder's figures
STUDIO = "studio"


def floors(search: PhotoSearch) -> dict[str, float]:
    """The floor of each position that has one, for the version that the search was described with."""
    known: dict[str, float] = search.version.floors if search.version else {}
    return {position: known[position] for position in (WHOLE, *POSITIONS) if position in known}


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


def rounded(found: Mapping[str, float], error: float) -> dict[str, float]:
    """The floors as they are kept, with what they promise: cut to four places, which denies no more. {} of none."""
    return {p: math.floor(floor * 10_000) / 10_000 for p, floor in found.items()} | ({PROMISE: error} if found else {})


def keep(embedder: Weights, found: Mapping[str, float], *, error: float) -> int:
    """Search with these floors, by position, wherever this shop uses the embedder; the number of its versions.

    Earlier floors go, also those of positions that have none now: without any the shop takes no side.
    """
    return ModelVersion.objects.filter(embedder_sha256=embedder.sha256).update(floors=rounded(found, error))


def record(embedder: Weights, found: Mapping[str, float], *, error: float, photos: str) -> Weights:
    """Write the floors among the embedder's figures, as those of such photos; the new entry.

    Raises `OSError` where the entry cannot be written.
    """
    others = {name: value for name, value in embedder.figures.items() if not name.startswith(FIGURE.format(photos, ""))}
    figures = {FIGURE.format(photos, name): value for name, value in rounded(found, error).items()}
    entry = replace(embedder, figures=others | figures)
    weights.write_entry(entry)
    return entry


def take_those_of_drawings() -> None:
    """Give every version that has no floors those of the studio's drawings, where its embedder knows them."""
    for version in ModelVersion.objects.filter(floors={}):
        figures: dict[str, float] = version.figures.get("embedder", {})
        names = {name: FIGURE.format(STUDIO, name) for name in (WHOLE, *POSITIONS, PROMISE)}
        known = {name: figures[figure] for name, figure in names.items() if figure in figures}
        ModelVersion.objects.filter(pk=version.pk, floors={}).update(floors=known)
