"""Which pair of networks the vectors are of: the one searches use, and the one indexing works towards.

New weights (other hashes) make a new version. The old one serves searches until every picture is indexed with the new
one, as long as its files are still registered; so a change of models never empties the shop's index.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from visualsearch.ml import weights
from visualsearch.ml.weights import Weights, WeightsError
from visualsearch.models import DIMENSION, ModelVersion


class Pair(NamedTuple):
    """The entries of the registry that make one version."""

    detector: Weights
    embedder: Weights


def configured() -> Pair:
    """The pair that the settings name; raises `WeightsError` when it is not registered or does not fit the tables."""
    detector = weights.named(settings.VISUALSEARCH["DETECTOR"])
    embedder = weights.named(settings.VISUALSEARCH["EMBEDDER"])
    if embedder.dimension != DIMENSION:
        raise WeightsError(
            f"{embedder.name} makes {embedder.dimension} numbers a picture; the tables hold {DIMENSION}."
        )
    return Pair(detector, embedder)


def registered(detector_sha256: str, embedder_sha256: str) -> Pair | None:
    """The pair with those hashes, or None if its files are gone or were replaced."""
    entries = {entry.sha256: entry for entry in weights.registered().values()}
    detector, embedder = entries.get(detector_sha256), entries.get(embedder_sha256)
    return Pair(detector, embedder) if detector and embedder else None


def announce() -> ModelVersion:
    """Say that the configured pair is what pictures are to be indexed with. Called when a worker starts."""
    detector, embedder = configured()
    version, _ = ModelVersion.objects.update_or_create(
        detector_sha256=detector.sha256,
        embedder_sha256=embedder.sha256,
        defaults={"detector": detector.name, "embedder": embedder.name, "wanted": timezone.now()},
    )
    if not ModelVersion.objects.filter(active=True).exists():
        activate(version)
    return version


def target() -> ModelVersion:
    """The version that every picture should be indexed with: the one announced last."""
    return ModelVersion.objects.order_by("-wanted").first() or announce()


def serving() -> ModelVersion:
    """The version to describe a photo with: the active one, or the target once the active one's files are gone."""
    version = ModelVersion.objects.filter(active=True).first() or announce()
    if registered(version.detector_sha256, version.embedder_sha256):
        return version
    return activate(target())


@transaction.atomic
def activate(version: ModelVersion) -> ModelVersion:
    """Make searches use this version from now on."""
    list(ModelVersion.objects.select_for_update().order_by("pk"))
    ModelVersion.objects.filter(active=True).exclude(pk=version.pk).update(active=False)
    ModelVersion.objects.filter(pk=version.pk).update(active=True)
    version.active = True
    return version
