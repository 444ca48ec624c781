"""What customers say of products, once a keeper has read it."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Product


class Review(models.Model):
    """One a product and customer. `verified`: they had bought it by then. Nobody sees it before a keeper did."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("review", "waiting")
        SHOWN = "shown", pgettext_lazy("review", "shown")
        REFUSED = "refused", pgettext_lazy("review", "refused")

    product = models.ForeignKey(Product, models.CASCADE, related_name="reviews", verbose_name=_("product"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reviews", verbose_name=_("customer")
    )
    stars = models.PositiveSmallIntegerField(_("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=3000, blank=True)
    name = models.CharField(_("name"), max_length=60)  # as it is shown
    verified = models.BooleanField(_("bought here"), default=False, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # of a refusal, for the author
    written = models.DateTimeField(_("written"), auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-written", "-id"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(fields=["product", "author"], name="review_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="review_stars"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "shown", "refused"]), name="review_state_known"),
        ]
        indexes = [
            models.Index(fields=["product", "-written"], condition=Q(state="shown"), name="review_shown"),
            models.Index(fields=["written"], condition=Q(state="waiting"), name="review_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} {self.title}"
