"""Picture to regions: detect, crop, embed. One pipeline for indexing and asking, otherwise scores mean nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from django.conf import settings

from visualsearch import photos, versions
from visualsearch.ml import boxes, transforms
from visualsearch.ml.session import Detector, Embedder
from visualsearch.ml.types import FULL_FRAME, WHOLE, Region
from visualsearch.ml.weights import WeightsError
from visualsearch.models import DIMENSION
from visualsearch.prominence import main_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from PIL import Image

    from visualsearch.ml.session import DetectsGarments, EmbedsPictures
    from visualsearch.ml.types import Box, Detection
    from visualsearch.models import ModelVersion

MOST_ITEMS = 12  # a picture; the surest are kept
GUESSES = 3
SAME = 0.5  # a chosen part and an item of more IoU are one thing
DOUBTFUL = 0.1  # the least score of what a chosen part is called: somebody says that there is something
PAIRS_AT_ONCE = 4  # a worker holds the active version, the one before it, and those that are being filled


class Models(NamedTuple):
    """The networks of one version at work."""

    detector: DetectsGarments
    embedder: EmbedsPictures


def describe(
    picture: Image.Image,
    detector: DetectsGarments,
    embedder: EmbedsPictures,
    doubtful: float | None = None,
    seen: Callable[[list[Detection]], None] | None = None,
) -> list[Region]:
    """The regions of an upright RGB picture: the whole picture first, then its items, surest first.

    Where the detector is sure of nothing, its likeliest `GUESSES` from a score of `doubtful` on stand in, if given.
    `seen` is told what was found before it is embedded, which takes longer than to find it.
    """
    picture = photos.bounded(picture)
    found = detector.detect(picture)[:MOST_ITEMS]
    if not found and doubtful is not None:
        found = boxes.one_a_place(detector.detect(picture, doubtful))[:GUESSES]
    if seen:
        seen(found)
    crops = [picture, *(transforms.crop(picture, item.box, transforms.MARGIN) for item in found)]
    vectors = fitted(embedder.embed(crops))  # (1 + items, DIMENSION)
    items = [Region(i.label, i.position, i.score, i.box, v) for i, v in zip(found, vectors[1:], strict=True)]
    return [Region("", WHOLE, 1.0, FULL_FRAME, vectors[0]), *items]


def describe_part(
    picture: Image.Image,
    box: Box,
    detector: DetectsGarments,
    embedder: EmbedsPictures,
    found: Sequence[Detection] = (),
) -> Region:
    """The part of an upright RGB picture that somebody chose, embedded as an item is.

    It is called what was `found` in the picture at nearly the same place, as the detector is surest where it sees
    the wearer too; else what the detector sees in the part alone; else nothing, and is compared with whole pictures.
    """
    picture = photos.bounded(picture)
    crop = transforms.crop(picture, box, transforms.MARGIN)
    close = [one for one in found if boxes.overlap(one.box, box) >= SAME]
    thing = max(close, key=lambda one: boxes.overlap(one.box, box), default=None)
    thing = thing or main_of(detector.detect(crop)) or main_of(detector.detect(crop, DOUBTFUL))
    [vector] = fitted(embedder.embed([crop]))
    if thing is None:
        return Region("", WHOLE, 1.0, box, vector)
    return Region(thing.label, thing.position, thing.score, box, vector)


def fitted(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors (N, D) as the tables hold them, (N, DIMENSION): zeros at the end change no length and no product."""
    return np.pad(vectors, ((0, 0), (0, DIMENSION - vectors.shape[1])))


def models_in_process(version: ModelVersion) -> Models:
    """The version's networks, loaded once a process; raises `WeightsError` when its files are not here (any more)."""
    return _loaded(version.detector_sha256, version.embedder_sha256)


@lru_cache(PAIRS_AT_ONCE)
def _loaded(detector_sha256: str, embedder_sha256: str) -> Models:
    pair = versions.registered(detector_sha256, embedder_sha256)
    if pair is None:
        raise WeightsError("The shop's weights are not registered here. Restart this worker beside the new files.")
    providers, threads = settings.VISUALSEARCH["PROVIDERS"], settings.VISUALSEARCH["THREADS"]
    return Models(Detector(pair.detector, providers, threads), Embedder(pair.embedder, providers, threads))
