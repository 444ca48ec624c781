"""All that the visual search knows about pictures and photos, in tables of its own.

Embeddings are unit vectors in `halfvec` (512), searched by inner product, the cheapest operator on unit vectors.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, HnswIndex

from catalog.models import ProductImage
from visualsearch.ml.types import POSITIONS, WHOLE, Box

DIMENSION = 512
MAX_ATTEMPTS = 3


class State(models.TextChoices):
    """Where a picture or photo is on its way through the worker."""

    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


def state_known(name: str) -> models.CheckConstraint:
    """The rule that a row is in one of the states above."""
    return models.CheckConstraint(condition=Q(state__in=["waiting", "done", "failed"]), name=name)


class Stage(models.TextChoices):
    """What a model version is good for. `versions` has the steps from one to another, docs/models.md explains them."""

    REGISTERED = "registered", _("registered")  # known, no vectors
    FILLING = "filling", _("filling")  # its vectors are being made beside those of the active one
    READY = "ready", _("ready")  # every picture has its vectors: can be activated at once
    ACTIVE = "active", _("active")  # searches use it
    RETIRED = "retired", _("retired")  # not wanted any more; its vectors go


KEPT = (Stage.ACTIVE, Stage.READY, Stage.FILLING)  # every picture is indexed with these, new ones too


class ModelVersion(models.Model):
    """A pair of trained networks, known by their hashes, with all that the registry says of them.

    Vectors of two versions are never compared: searches use those of the active one alone.
    """

    name = models.CharField(_("name"), max_length=250, unique=True)
    detector = models.CharField(_("detector"), max_length=100)
    detector_sha256 = models.CharField(_("detector's sha256"), max_length=64)
    embedder = models.CharField(_("embedder"), max_length=100)
    embedder_sha256 = models.CharField(_("embedder's sha256"), max_length=64)
    dimension = models.PositiveSmallIntegerField(_("dimension"), default=DIMENSION)  # of the embedder
    preprocessing = models.JSONField(default=dict)  # {"detector": {input_size, mean, std, pad}, "embedder": the same}
    classes = models.JSONField(default=list)  # of the detector, in its order: [{"label", "position"}]
    figures = models.JSONField(default=dict)  # {"detector": {what was measured: number}, "embedder": the same}
    cards = models.JSONField(default=dict)  # {"detector": where its card lies, "embedder": the same}
    floors = models.JSONField(default=dict)  # {position: the score from which on it is the thing}; see `thresholds`
    state = models.CharField(_("state"), max_length=10, choices=Stage, default=Stage.REGISTERED)
    trouble = models.TextField(_("trouble"), blank=True)  # why the workers cannot load its networks
    created = models.DateTimeField(_("created"), auto_now_add=True)
    changed = models.DateTimeField(_("changed"), default=timezone.now)  # of the state
    activated = models.DateTimeField(_("activated"), null=True, blank=True)  # the last time
    wanted = models.DateTimeField(null=True, blank=True)  # asked for since then: becomes active as soon as it is ready
    announced = models.DateTimeField(_("announced"), null=True, blank=True)  # the settings name this pair since then

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = [
            models.UniqueConstraint(fields=["detector_sha256", "embedder_sha256"], name="model_version_once"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="model_version_at_most_one_active"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["registered", "filling", "ready", "active", "retired"]),
                name="model_version_state_known",
            ),
            models.CheckConstraint(
                condition=Q(dimension__gt=0, dimension__lte=DIMENSION), name="model_version_fits_the_tables"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.detector_sha256[:8]} + {self.embedder} {self.embedder_sha256[:8]}"


class AbstractRegion(models.Model):
    """A part of a picture and its embedding. Ordinal 0 is the whole picture, items follow, surest first."""

    ordinal = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=50, blank=True)
    position = models.CharField(max_length=10, choices=[(p, p) for p in (WHOLE, *POSITIONS)])
    score = models.FloatField()
    x1 = models.FloatField()
    y1 = models.FloatField()
    x2 = models.FloatField()
    y2 = models.FloatField()
    embedding = HalfVectorField(dimensions=DIMENSION)

    class Meta:
        abstract = True
        ordering = ["ordinal"]

    @property
    def box(self) -> Box:
        """The region's place in its upright picture, in fractions."""
        return Box(self.x1, self.y1, self.x2, self.y2)


def box_inside_picture(name: str) -> models.CheckConstraint:
    """The rule that a box lies in its picture and is not empty."""
    inside = Q(x1__gte=0, y1__gte=0, x2__lte=1, y2__lte=1, x1__lt=F("x2"), y1__lt=F("y2"))
    return models.CheckConstraint(condition=inside, name=name)


class Region(AbstractRegion):
    """A region of a catalogue picture: the gallery that searches run against."""

    # Both are the first column of an index below.
    image = models.ForeignKey(ProductImage, models.CASCADE, related_name="regions", db_index=False)
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="regions", db_index=False)

    class Meta(AbstractRegion.Meta):
        constraints = [
            models.UniqueConstraint(fields=["image", "version", "ordinal"], name="region_once"),
            box_inside_picture("region_box_inside_picture"),
        ]
        # One graph a position: within one, nothing is filtered away after the scan. The last index is to count by.
        indexes = [
            HnswIndex(
                name=f"region_{position}_hnsw",
                fields=["embedding"],
                m=16,
                ef_construction=64,
                opclasses=["halfvec_ip_ops"],
                condition=Q(position=position),
            )
            for position in (WHOLE, *POSITIONS)
        ] + [models.Index(fields=["version", "position"], name="region_shelf")]

    def __str__(self) -> str:
        return f"{self.image_id}/{self.ordinal} {self.label or self.position}"


class WornRegion(AbstractRegion):
    """A garment on a product's picture that is worn with the product and not sold by it: no search ever meets it.

    A table of its own keeps these out of the graphs and of every list. It asks for what goes with the product.
    """

    # The first column of the constraint below.
    image = models.ForeignKey(ProductImage, models.CASCADE, related_name="worn", db_index=False)
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="worn")

    class Meta(AbstractRegion.Meta):
        constraints = [
            models.UniqueConstraint(fields=["image", "version", "ordinal"], name="worn_region_once"),
            box_inside_picture("worn_region_box_inside_picture"),
        ]

    def __str__(self) -> str:
        return f"{self.image_id}/{self.ordinal} {self.label or self.position}"


class Indexing(models.Model):
    """How far the workers are with one picture and one version; the table is the truth and the queue only a hint."""

    # Both are the first column of an index below.
    image = models.ForeignKey(ProductImage, models.CASCADE, related_name="indexing", db_index=False)
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="indexing", db_index=False)
    sha256 = models.CharField(max_length=64, blank=True)  # of the bytes that were indexed, or that failed
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reason = models.TextField(_("reason"), blank=True)
    changed = models.DateTimeField(_("changed"), default=timezone.now)  # of the state, or asked for again
    started = models.DateTimeField(null=True, blank=True)  # a worker reads the picture since then

    class Meta:
        verbose_name = _("indexing")
        verbose_name_plural = _("indexing")
        constraints = [
            models.UniqueConstraint(fields=["image", "version"], name="indexing_once"),
            state_known("indexing_state_known"),
        ]
        indexes = [
            models.Index(fields=["state", "changed"], name="indexing_queue"),
            models.Index(fields=["version", "state"], name="indexing_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.image_id}: {self.state}"


class PhotoSearch(models.Model):
    """One shopper's search. Its photo is in Valkey under a time to live; only what was found in it is kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(ModelVersion, models.SET_NULL, null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField(_("reason"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created = models.DateTimeField(_("created"), auto_now_add=True)
    described = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("photo search")
        verbose_name_plural = _("photo searches")
        constraints = [
            state_known("photo_search_state_known"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="photo_search_has_size"),
        ]
        indexes = [models.Index(fields=["created"], name="photo_search_created")]

    def __str__(self) -> str:
        return str(self.id)


class PhotoCrop(models.Model):
    """A part of the photo that the shopper chose. A worker makes it a region of the same search, of this ordinal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The first column of the constraints below.
    search = models.ForeignKey(PhotoSearch, models.CASCADE, related_name="crops", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    x1 = models.FloatField()
    y1 = models.FloatField()
    x2 = models.FloatField()
    y2 = models.FloatField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now)  # or asked for again

    class Meta:
        ordering = ["ordinal"]
        verbose_name = _("photo crop")
        verbose_name_plural = _("photo crops")
        constraints = [
            models.UniqueConstraint(fields=["search", "ordinal"], name="photo_crop_once"),
            models.UniqueConstraint(fields=["search", "x1", "y1", "x2", "y2"], name="photo_crop_one_a_box"),
            state_known("photo_crop_state_known"),
            box_inside_picture("photo_crop_box_inside_picture"),
        ]
        indexes = [models.Index(fields=["created"], condition=Q(state="waiting"), name="photo_crop_queue")]

    def __str__(self) -> str:
        return f"{self.search_id}/{self.ordinal}"

    @property
    def box(self) -> Box:
        """The part's place in the upright photo, in fractions."""
        return Box(self.x1, self.y1, self.x2, self.y2)


class PhotoRegion(AbstractRegion):
    """A region of a shopper's photo: what a search asks with."""

    # Brought along by `results.regions_of`: products that somebody said are not it.
    refused: list[int]

    # The first column of the constraint below.
    search = models.ForeignKey(PhotoSearch, models.CASCADE, related_name="regions", db_index=False)
    # The shopper's own choice of a part that this region answers; none for what the detector found.
    crop = models.OneToOneField(PhotoCrop, models.CASCADE, null=True, blank=True, related_name="region")

    class Meta(AbstractRegion.Meta):
        constraints = [
            models.UniqueConstraint(fields=["search", "ordinal"], name="photo_region_once"),
            box_inside_picture("photo_region_box_inside_picture"),
        ]

    def __str__(self) -> str:
        return f"{self.search_id}/{self.ordinal} {self.label or self.position}"


from visualsearch import modelsdoctor, modelsinsight  # noqa: E402, F401 - the keeper's tables, which build on these
