"""What people look for, in tables that outlive their searches. No photo, no person, and no way back to a search.

A search is known here by its `trace`, a keyed hash: who reads these tables cannot open the search, and who knows the
search can have its rows deleted.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from visualsearch.models import AbstractRegion, ModelVersion, box_inside_picture


class Sought(AbstractRegion):
    """One item that somebody searched with, ordinal 0 for the photo as a whole, and how near the shop came to it.

    Kept for VISUALSEARCH["INSIGHT_DAYS"], then only the tallies know of it.
    """

    region = models.BigIntegerField(unique=True)  # the number that the photo's region had
    trace = models.CharField(max_length=16)
    asked = models.DateTimeField()  # when the search began
    version = models.ForeignKey(ModelVersion, models.SET_NULL, null=True, blank=True, related_name="+")
    best = models.FloatField(null=True, blank=True)  # score of the nearest product; nothing if the list was empty
    product = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="+")  # that one
    category = models.CharField(max_length=500, blank=True)  # its path then, if the answer was accepted
    accepted = models.BooleanField(default=False)  # by `insight.accepted`, on that day
    alike: int  # brought along by the keeper's page: how many others looked for the like

    class Meta(AbstractRegion.Meta):
        verbose_name = _("searched item")
        verbose_name_plural = _("searched items")
        constraints = [box_inside_picture("sought_box_inside_picture")]
        indexes = [
            models.Index(fields=["asked"], name="sought_asked"),
            models.Index(fields=["trace"], name="sought_trace"),
            models.Index(fields=["best", "asked"], name="sought_worst"),
        ]

    def __str__(self) -> str:
        return f"{self.asked:%Y-%m-%d} {self.label or self.position}"


class Reaction(models.Model):
    """What somebody did with a product of an item's list, counted once however often it was done."""

    class Kind(models.TextChoices):
        CLICK = "click", _("click")
        CART = "cart", _("cart")
        NOT_IT = "not_it", _("not it")

    kind = models.CharField(max_length=10, choices=Kind)
    trace = models.CharField(max_length=16)
    asked = models.DateTimeField()  # when the search began
    ordinal = models.PositiveSmallIntegerField()  # of the item
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField(null=True, blank=True)  # in the item's list, 1 for the nearest
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["trace", "kind", "ordinal", "product"], name="reaction_once"),
            models.CheckConstraint(condition=Q(kind__in=["click", "cart", "not_it"]), name="reaction_kind_known"),
        ]
        indexes = [models.Index(fields=["asked"], name="reaction_asked")]

    def __str__(self) -> str:
        return f"{self.kind} {self.rank or ''}".strip()


class Tally(models.Model):
    """A day's counts of one position and category; the row without a position counts searches, not items.

    `accepted` of searches: those in which any item was answered. Small enough to be kept for good.
    """

    day = models.DateField()
    position = models.CharField(max_length=10, blank=True)
    category = models.CharField(max_length=500, blank=True)  # the path that the best answer's product had
    asked = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    clicked = models.PositiveIntegerField(default=0)  # of `asked`: those with a click
    clicks = models.PositiveIntegerField(default=0)
    carts = models.PositiveIntegerField(default=0)
    not_its = models.PositiveIntegerField(default=0)
    ranks = models.JSONField(default=dict, blank=True)  # of searches: {rank: how many clicks}

    class Meta:
        ordering = ["-day", "position", "category"]
        verbose_name = _("what people look for")
        verbose_name_plural = _("what people look for")
        constraints = [models.UniqueConstraint(fields=["day", "position", "category"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.position} {self.category}".strip()
