"""Which pairs of networks the pictures are indexed with, which of them searches use, and the steps from one to another.

    registered --fill--> filling --complete--> ready --activate--> active --another takes over--> ready

`retire` ends any but the active one. Every picture, new ones too, is indexed with each version that is filling, ready
or active; so the one that was replaced can take over again at once, and a change of models never empties the index.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from visualsearch.ml import weights
from visualsearch.ml.weights import Weights, WeightsError
from visualsearch.models import DIMENSION, KEPT, ModelVersion, PhotoSearch, Stage, State

REPLACED = "replaced"  # reason of a photo search whose version was retired: there is nothing left to compare it with
PREPROCESSING = ("input_size", "mean", "std", "pad")
DESCRIBED = ("preprocessing", "classes", "figures", "cards")  # columns for people, which no search needs


class Pair(NamedTuple):
    """The entries of the registry that make one version."""

    detector: Weights
    embedder: Weights


class StepRefused(Exception):
    """The version cannot take this step now; the message says why and what to do."""


def configured() -> Pair:
    """The pair that the settings name; raises `WeightsError` when it is not registered or does not fit the tables."""
    names = settings.VISUALSEARCH
    return _fitting(Pair(weights.named(names["DETECTOR"]), weights.named(names["EMBEDDER"])))


def in_use() -> Pair:
    """The active version's pair, or the one that the settings name while none is active.

    Raises `WeightsError` when it is not registered here.
    """
    active = ModelVersion.objects.filter(state=Stage.ACTIVE).first()
    return _pair_of(active) if active else configured()


def registered(detector_sha256: str, embedder_sha256: str) -> Pair | None:
    """The pair with those hashes, or None if its files are gone or were replaced."""
    entries = {entry.sha256: entry for entry in weights.registered().values()}
    detector, embedder = entries.get(detector_sha256), entries.get(embedder_sha256)
    return Pair(detector, embedder) if detector and embedder else None


def offer(*, detector: Weights | None = None, embedder: Weights | None = None) -> ModelVersion:
    """The version of these entries, registered if it is new or was retired; nothing is filled or switched.

    The half that is not given is that in use. Raises `WeightsError` when it is not registered here, or when the pair
    does not fit the tables.
    """
    if not (detector and embedder):
        other = in_use()
        detector, embedder = detector or other.detector, embedder or other.embedder
    version = _row(_fitting(Pair(detector, embedder)))
    return _move(version, Stage.REGISTERED) if version.state == Stage.RETIRED else version


@transaction.atomic
def announce() -> ModelVersion:
    """Called when a worker starts: if the settings name another pair than before, or none is active, activate theirs.

    Unchanged settings change nothing, so that what the keeper chose since holds. What earlier settings asked for and is
    not ready is given up.
    """
    version = _row(configured())
    last = ModelVersion.objects.filter(announced__isnull=False).order_by("-announced").first()
    if last == version and ModelVersion.objects.filter(state=Stage.ACTIVE).exists():
        return version
    ModelVersion.objects.filter(pk=version.pk).update(announced=timezone.now())
    if last and last != version and last.wanted:
        _retire(last)
    return activate(version)


def kept() -> list[ModelVersion]:
    """The versions that every picture is indexed with: the active one, those to go back to, those on their way."""
    some = ModelVersion.objects.filter(state__in=KEPT).order_by("-activated", "-wanted", "pk")
    return sorted(some, key=lambda version: KEPT.index(Stage(version.state)))


def workable() -> list[ModelVersion]:
    """Those of `kept` whose files are registered here; of the others the keeper is told."""
    there = list[ModelVersion]()
    for version in kept():
        try:
            _pair_of(version)
            there.append(version)
        except WeightsError as error:
            note_trouble(version, str(error))
    return there


def target() -> ModelVersion:
    """The version that searches are to use in the end: the one on its way there, or the active one."""
    found = ModelVersion.objects.filter(wanted__isnull=False).first()
    return found or ModelVersion.objects.filter(state=Stage.ACTIVE).first() or announce()


def serving() -> ModelVersion:
    """The version to describe a photo with: the active one; once its files are gone, another takes over at once."""
    version = ModelVersion.objects.filter(state=Stage.ACTIVE).defer(*DESCRIBED).first() or announce()
    try:
        if registered(version.detector_sha256, version.embedder_sha256):
            return version
    except WeightsError:  # the registry cannot be read: that is mended elsewhere, and no reason for other networks
        return version
    others = [other for other in workable() if other != version]
    return _hand_over(others[0] if others else _row(configured()))


def previous() -> ModelVersion | None:
    """The version to go back to: of those that are ready, the one that was active last."""
    return ModelVersion.objects.filter(state=Stage.READY, activated__isnull=False).order_by("-activated").first()


def fill(version: ModelVersion) -> ModelVersion:
    """Have every picture indexed with this version beside the active one. The caller sends a sweep.

    Nothing changes for a version that is filling, ready or active. Raises `WeightsError` without its files.
    """
    with transaction.atomic():
        version = _locked(version)
        _pair_of(version)
        return _move(version, Stage.FILLING) if version.state not in KEPT else version


def activate(version: ModelVersion, *, at_once: bool = False) -> ModelVersion:
    """Make searches use this version: now if it is ready, otherwise as soon as it is. The caller then sends a sweep.

    With `at_once` it does not wait for pictures that are missing; nor does the first version of all. Whichever was
    asked for before and is not active yet is filled further, and not switched to. Raises `WeightsError` without files.
    """
    with transaction.atomic():
        version = _locked(version)
        _pair_of(version)
        ModelVersion.objects.exclude(pk=version.pk).update(wanted=None)
        if version.state == Stage.READY or at_once or not ModelVersion.objects.filter(state=Stage.ACTIVE).exists():
            return _switch(version)
        if version.state == Stage.ACTIVE:
            return version
        version.wanted = timezone.now()
        return _move(version, Stage.FILLING)


@transaction.atomic
def finish(version: ModelVersion) -> ModelVersion:
    """Every picture is indexed with this version: it is ready, and active if that was asked for."""
    version = _locked(version)
    if version.state != Stage.FILLING:
        return version
    return _switch(version) if version.wanted else _move(version, Stage.READY)


@transaction.atomic
def retire(version: ModelVersion) -> ModelVersion:
    """Do without this version: its vectors go with the next sweep, and searches with old photos are told so.

    Raises `StepRefused` for the active version.
    """
    version = _locked(version)
    if version.state == Stage.ACTIVE:
        raise StepRefused(
            gettext("Searches use {version}. Activate another version first.").format(version=version.name)
        )
    return _retire(version)


def note_trouble(version: ModelVersion, reason: str = "") -> None:
    """Keep why the workers cannot load the version's networks; empty once they can."""
    if version.trouble != reason:
        version.trouble = reason
        version.save(update_fields=["trouble"])


def _fitting(pair: Pair) -> Pair:
    """The pair, if each is what it is taken for and its vectors fit the tables; raises `WeightsError`."""
    for entry, task in zip(pair, Pair._fields, strict=True):
        if entry.task != task:
            raise WeightsError(f"{entry.name} is no {task} but a model of the kind {entry.task}. Name another.")
    if len(pair.detector.classes) != len(pair.detector.positions):
        raise WeightsError(f"{pair.detector.name} needs a position for each of its classes.")
    if not 0 < pair.embedder.dimension <= DIMENSION:
        raise WeightsError(
            f"{pair.embedder.name} makes {pair.embedder.dimension} numbers a picture; the tables hold {DIMENSION} at "
            f"most. Train it with --dimension {DIMENSION} or fewer."
        )
    return pair


def _pair_of(version: ModelVersion) -> Pair:
    """The version's entries; raises `WeightsError` when they are not registered here."""
    pair = registered(version.detector_sha256, version.embedder_sha256)
    if pair is None:
        raise WeightsError(
            f"The files of {version} are not registered here (any more). Put them back beside the others, or activate "
            "another version."
        )
    return pair


def _row(pair: Pair) -> ModelVersion:
    """The version of this pair, with what the registry says of it today."""
    keys = {"detector_sha256": pair.detector.sha256, "embedder_sha256": pair.embedder.sha256}
    version, _ = ModelVersion.objects.update_or_create(
        **keys, defaults=_description(pair), create_defaults=_description(pair) | {"name": _free_name(pair)}
    )
    return version


def _free_name(pair: Pair) -> str:
    """The names of both, with a part of their hashes where another version has these names."""
    name = f"{pair.detector.name} + {pair.embedder.name}"
    if not ModelVersion.objects.filter(name=name).exists():
        return name
    return f"{name} ({pair.detector.sha256[:8]} + {pair.embedder.sha256[:8]})"


def _description(pair: Pair) -> dict[str, Any]:
    """The columns that say what the pair is."""
    entries = pair._asdict()
    return {
        "detector": pair.detector.name,
        "embedder": pair.embedder.name,
        "dimension": pair.embedder.dimension,
        "preprocessing": {k: {name: asdict(e)[name] for name in PREPROCESSING} for k, e in entries.items()},
        "classes": [
            {"label": label, "position": position}
            for label, position in zip(pair.detector.classes, pair.detector.positions, strict=True)
        ],
        "figures": {k: dict(entry.figures) for k, entry in entries.items()},
        "cards": {k: _card(entry) for k, entry in entries.items()},
    }


def _card(entry: Weights) -> str:
    """Where a model's card lies: with the documents for one that is shipped, beside its files for any other."""
    folder = "docs/models" if entry.folder == weights.ARTIFACTS else entry.folder.name
    return f"{folder}/{entry.name}.md"


def _locked(version: ModelVersion) -> ModelVersion:
    """The row as it is now; every step waits for the one before, and photos being answered wait for it."""
    rows = {row.pk: row for row in ModelVersion.objects.select_for_update(no_key=True).order_by("pk")}
    if version.pk not in rows:
        raise StepRefused(gettext("This model version is not there any more."))
    return rows[version.pk]


@transaction.atomic
def _hand_over(version: ModelVersion) -> ModelVersion:
    return _switch(_locked(version))


def _switch(version: ModelVersion) -> ModelVersion:
    """One takes over, the other stays ready. Going back is one step: what was active before that one is retired."""
    replaced = ModelVersion.objects.filter(state=Stage.ACTIVE).exclude(pk=version.pk).first()
    if replaced:
        _move(replaced, Stage.READY)
        earlier = ModelVersion.objects.filter(state=Stage.READY, activated__isnull=False)
        for one in earlier.exclude(pk__in=[replaced.pk, version.pk]):
            _retire(one)
    version.activated, version.wanted = timezone.now(), None
    return _move(version, Stage.ACTIVE)


def _retire(version: ModelVersion) -> ModelVersion:
    PhotoSearch.objects.filter(version=version, state=State.DONE).update(state=State.FAILED, reason=REPLACED)
    version.wanted = None
    return _move(version, Stage.RETIRED)


def _move(version: ModelVersion, state: Stage) -> ModelVersion:
    version.state, version.changed = state, timezone.now()
    version.save(update_fields=["state", "changed", "activated", "wanted"])
    return version
