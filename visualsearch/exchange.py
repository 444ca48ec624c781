"""Vectors out of the tables and into them, by the sha256 of pictures and networks: filling without running a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone

from catalog.models import ProductImage
from visualsearch import versions
from visualsearch.models import DIMENSION, Indexing, ModelVersion, Region, Stage, State, WornRegion
from visualsearch.vectors import BadVectors, Part, Vectors

AT_ONCE = 500  # pictures in one transaction
COLUMNS = ("ordinal", "label", "position", "score", "x1", "y1", "x2", "y2", "embedding")
TABLES: tuple[tuple[type[Region | WornRegion], bool], ...] = ((Region, True), (WornRegion, False))

Progress = Callable[[Iterable[Any], int], Iterable[Any]]  # shows how far a loop over so many things is


@dataclass(slots=True)
class Report:
    """What became of the pictures in a file: distinct ones, by their bytes."""

    imported: int = 0
    there: int = 0  # already
    unknown: list[str] = field(default_factory=list)  # sha256 of pictures that the shop does not have


def take_out(version: ModelVersion, progress: Progress) -> Vectors:
    """The vectors of every picture that is done with this version, each once however many products show it.

    About 2.2 kB of memory a region. One statement, so that all is of one moment.
    """
    done = {"image__indexing__version": version, "image__indexing__state": State.DONE}
    done |= {"version": version, "image__indexing__sha256": F("image__sha256")}
    tables = [table._default_manager.filter(**done).annotate(own=Value(own)) for table, own in TABLES]
    own, worn = (rows.order_by().values_list("image__sha256", "image_id", "own", *COLUMNS) for rows in tables)
    ordered = own.union(worn, all=True).order_by("image__sha256", "image_id", "ordinal")
    pictures, rows, vectors = dict[str, tuple[int, int]](), list[tuple[Any, ...]](), list[Any]()
    for sha256, image_id, *row, vector in progress(ordered.iterator(2000), ordered.count()):
        first, place = pictures.setdefault(sha256, (image_id, len(pictures)))
        if image_id == first:  # the same bytes in another product have the same regions
            rows.append((place, *row))
            vectors.append(np.asarray(vector, np.float16))
    return _as_arrays(version, list(pictures), rows, vectors)


def _as_arrays(version: ModelVersion, pictures: list[str], rows: list[tuple[Any, ...]], vectors: list[Any]) -> Vectors:
    picture, own, ordinal, label, position, score, *box = list(zip(*rows, strict=True)) or [()] * 10
    return Vectors(
        detector_sha256=np.array(version.detector_sha256),
        embedder_sha256=np.array(version.embedder_sha256),
        picture_sha256=np.array(pictures, "U64"),
        picture=np.array(picture, np.int32),
        ordinal=np.array(ordinal, np.int16),
        label=np.array(label, "U50"),
        position=np.array(position, "U10"),
        score=np.array(score, np.float64),
        box=np.array(box, np.float64).T.reshape(-1, 4),
        own=np.array(own, bool),
        vector=np.array(vectors, np.float16).reshape(-1, DIMENSION),
    )


def version_of(vectors: Vectors) -> ModelVersion:
    """The version that the vectors were made with, made a row if its files are registered. Raises `BadVectors`."""
    hashes = str(vectors.detector_sha256), str(vectors.embedder_sha256)
    known = ModelVersion.objects.filter(detector_sha256=hashes[0], embedder_sha256=hashes[1]).first()
    pair = versions.registered(*hashes)
    if known and known.state != Stage.RETIRED:
        return known
    if pair is None:
        raise BadVectors(
            f"The vectors were made with the detector of sha256 {hashes[0][:12]}... and the embedder of sha256 "
            f"{hashes[1][:12]}..., which are not both registered here. Put these models in first."
        )
    return versions.offer(detector=pair.detector, embedder=pair.embedder)


def bring_in(vectors: Vectors, version: ModelVersion, progress: Progress) -> Report:
    """Give the shop's pictures their vectors. Pictures that have theirs already, or are not in the file, stay as they
    are; a second time nothing is left to do.
    """
    report, pictures = Report(), iter(vectors.pictures())
    batches = iter(lambda: list(islice(pictures, AT_ONCE)), [])
    for batch in progress(batches, -(-len(vectors.picture_sha256) // AT_ONCE)):
        _bring_in(dict(batch), version, report)
    return report


@transaction.atomic
def _bring_in(parts: dict[str, list[Part]], version: ModelVersion, report: Report) -> None:
    """One batch: rows of indexing are locked, so that no worker writes the same pictures."""
    everyone = ProductImage.objects.filter(sha256__in=parts).order_by("pk").values_list("pk", flat=True)
    blank = [Indexing(image_id=pk, version=version) for pk in everyone]
    Indexing.objects.bulk_create(blank, ignore_conflicts=True)
    rows = Indexing.objects.select_for_update().filter(version=version, image__in=list(everyone)).order_by("image_id")
    settled = {row.image_id: row.state == State.DONE and row.sha256 for row in rows}
    # Read only now, when no file is just being replaced.
    images = dict(ProductImage.objects.filter(pk__in=settled, sha256__in=parts).values_list("pk", "sha256"))
    due = {pk: sha256 for pk, sha256 in images.items() if settled[pk] != sha256}
    for table, _ in TABLES:
        table._default_manager.filter(version=version, image__in=due).delete()
    new = [(part.own, _columns(part) | {"image_id": pk}) for pk, sha256 in due.items() for part in parts[sha256]]
    Region.objects.bulk_create(Region(version=version, **columns) for own, columns in new if own)
    WornRegion.objects.bulk_create(WornRegion(version=version, **columns) for own, columns in new if not own)
    _mark_done(due, version)
    fresh = set(due.values())
    report.imported += len(fresh)
    report.there += len(set(images.values()) - fresh)
    report.unknown += sorted(set(parts) - set(images.values()))


def _columns(part: Part) -> dict[str, Any]:
    box = dict(zip(("x1", "y1", "x2", "y2"), part.box, strict=True))
    names = {"ordinal": part.ordinal, "label": part.label, "position": part.position, "score": part.score}
    return names | box | {"embedding": part.vector}


def _mark_done(due: dict[int, str], version: ModelVersion) -> None:
    done = {"state": State.DONE, "attempts": 0, "reason": "", "started": None, "changed": timezone.now()}
    Indexing.objects.bulk_create(
        [Indexing(image_id=pk, version=version, sha256=sha256, **done) for pk, sha256 in due.items()],
        update_conflicts=True,
        unique_fields=["image", "version"],
        update_fields=["sha256", *done],
    )
