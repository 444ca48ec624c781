"""Imports that a keeper runs from the admin, and what each of them did, so that it can be taken back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def private() -> Storage:
    """Where files lie that no address leads to."""
    return storages["private"]


def upload_path(run: ImportRun, filename: str) -> str:
    """Each run has a folder of its own, where names need not differ from those of other runs."""
    return f"imports/{run.folder}/{filename}"


class ImportRun(models.Model):
    """A catalogue's file on its way in: checked, then imported, then maybe undone; each step is a worker's.

    Written by `catalog.imports` alone.
    """

    class Step(models.TextChoices):
        CHECK = "check", _("check")
        IMPORT = "import", _("import")
        UNDO = "undo", _("undo")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("working")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Format(models.TextChoices):
        SHOPIFY = "shopify", "Shopify"
        MAGENTO = "magento", "Magento"

    folder = models.UUIDField(unique=True, editable=False)
    file = models.FileField(_("CSV or zip"), storage=private, upload_to=upload_path, max_length=255, blank=True)
    images = models.FileField(_("pictures"), storage=private, upload_to=upload_path, max_length=255, blank=True)
    corrections = models.FileField(storage=private, upload_to=upload_path, max_length=255, blank=True)
    name = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=10, choices=Format, blank=True)
    language = models.CharField(max_length=10, blank=True)  # of whoever reads the reasons
    step = models.CharField(_("step"), max_length=10, choices=Step, default=Step.CHECK)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("started by")
    )
    created = models.DateTimeField(_("uploaded"), auto_now_add=True)
    moved = models.DateTimeField(default=timezone.now)  # the last sign of life
    attempts = models.PositiveSmallIntegerField(default=0)  # at this step
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    done = models.PositiveIntegerField(default=0)  # products of the file, or changes to undo
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)  # {"counts": {kind: {deed: n}}, "bad": n, "passed_over": n}
    bad = models.JSONField(default=list)  # the first bad rows: [sheet, line, reason]
    preview = models.JSONField(default=list)  # the first deeds that a check found: see `imports.told`

    class Meta:
        ordering = ["-created", "-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(condition=Q(step__in=["check", "import", "undo"]), name="import_step_known"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "working", "done", "failed"]), name="import_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["moved"], condition=Q(state__in=["waiting", "working"]), name="import_unfinished")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def busy(self) -> bool:
        """Whether a worker has it, or will have it."""
        return self.state in (self.State.WAITING, self.State.WORKING)

    def is_at(self, step: str, state: str = State.DONE) -> bool:
        """Whether it stands there."""
        return (self.step, self.state) == (step, state)


class ImportChange(models.Model):
    """What an import did to one row: written in the transaction that did it."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10)  # category, product, variant, picture
    row = models.BigIntegerField()  # the row's id
    product = models.BigIntegerField(null=True)  # the id of the product that it belongs to
    name = models.CharField(max_length=200)
    new = models.BooleanField()
    before: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    undone = models.BooleanField(default=False)
    left = models.CharField(max_length=300, blank=True)  # why an undo left it, or some of it

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "undone", "id"], name="import_change_to_undo")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
