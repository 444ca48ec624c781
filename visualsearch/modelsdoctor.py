"""What the catalogue doctor knows of each picture: what was measured, what was found wrong, what is no problem."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, ProductImage


class Ailment(models.TextChoices):
    """What can be wrong with a picture; docs/keeping.md explains each."""

    NOTHING = "nothing", _("no garment found")
    TWIN = "twin", _("same picture as another product")
    CATEGORY = "category", _("does not fit its category")
    COLOUR = "colour", _("does not fit its colour")
    SMALL = "small", _("too small")
    BLURRED = "blurred", _("blurred")


class Measure(models.Model):
    """What was measured of a picture's file, once; measured again when the file changes."""

    image = models.OneToOneField(ProductImage, models.CASCADE, primary_key=True, related_name="measure")
    sha256 = models.CharField(max_length=64)  # of the file that was measured
    sharpness = models.FloatField()  # see `measures.sharpness`
    fingerprint = models.BinaryField(max_length=192)  # see `measures.fingerprint`
    colours = models.JSONField(default=list)  # of the garment, see `measures.colours`: [[L, a, b, share], ...]
    examined = models.DateTimeField(null=True, blank=True, db_index=True)  # when the findings below were made

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")

    def __str__(self) -> str:
        return f"{self.image_id}: {self.sharpness:.2f}"


class FindingQuerySet(models.QuerySet):
    """Findings."""

    def still(self) -> Self:
        """Those that no keeper has called no problem, of products that are not archived."""
        return self._on_sale().filter(~Exists(_waived()))

    def waived(self) -> Self:
        """Those that a keeper has."""
        return self._on_sale().filter(Exists(_waived()))

    def _on_sale(self) -> Self:
        return self.exclude(image__product__status=Product.Status.ARCHIVED)


def _waived() -> models.QuerySet[Waiver]:
    return Waiver.objects.filter(image=OuterRef("image"), kind=OuterRef("kind"), sha256=OuterRef("image__sha256"))


class Finding(models.Model):
    """Something that seems wrong with a picture. Written anew at each examination."""

    image = models.ForeignKey(ProductImage, models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=10, choices=Ailment)
    facts = models.JSONField(default=dict)  # what the sentence about it says, see `doctor.SENTENCES`
    other = models.ForeignKey(ProductImage, models.CASCADE, null=True, blank=True, related_name="+")  # the twin
    found = models.DateTimeField(default=timezone.now)
    sentence: str  # these two are brought along by the keeper's page
    swatches: list[str]

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-found", "-pk"]
        verbose_name = _("finding")
        verbose_name_plural = _("catalogue doctor")
        constraints = [models.UniqueConstraint(fields=["image", "kind"], name="finding_once")]
        indexes = [models.Index(fields=["kind", "-found"], name="finding_shelf")]

    def __str__(self) -> str:
        return f"{self.image_id}: {self.kind}"


class Waiver(models.Model):
    """A keeper's word that a finding is no problem. It holds for the file that was looked at, and no other."""

    image = models.ForeignKey(ProductImage, models.CASCADE, related_name="waivers")
    kind = models.CharField(max_length=10, choices=Ailment)
    sha256 = models.CharField(max_length=64)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        constraints = [models.UniqueConstraint(fields=["image", "kind"], name="waiver_once")]

    def __str__(self) -> str:
        return f"{self.image_id}: {self.kind}"
