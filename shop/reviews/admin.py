"""Where keepers read reviews, and show or refuse them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shop.reviews.models import Review

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class ModerationForm(forms.ModelForm):
    """A refusal has its reason, which the author is told."""

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if self.cleaned_data.get("state") == Review.State.REFUSED and not self.cleaned_data.get("reason"):
            raise ValidationError({"reason": gettext("Say why: the author sees it, and can write it better.")})
        return data


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    """What waits comes first. Words stay the author's: a keeper shows or refuses them, and changes none."""

    form = ModerationForm
    list_display = ["product", "stars", "title", "start", "name", "verified", "state", "written"]
    list_filter = ["state", "stars", "verified"]
    list_select_related = ["product"]
    search_fields = ["title", "text", "name", "product__name"]
    ordering = ["-state", "-written"]  # waiting, shown, refused
    fields = ["product", "stars", "title", "text", "name", "verified", "written", "state", "reason"]
    readonly_fields = ["product", "stars", "title", "text", "name", "verified", "written"]
    actions = ["show", "refuse"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("text"))
    def start(self, review: Review) -> str:
        """How it begins."""
        return review.text[:120]

    @admin.action(description=_("Show the selected reviews"), permissions=["change"])
    def show(self, request: HttpRequest, reviews: QuerySet[Review]) -> None:
        """For everybody."""
        self._say(request, reviews.update(state=Review.State.SHOWN, reason=""))

    @admin.action(description=_("Refuse the selected reviews as not about the product"), permissions=["change"])
    def refuse(self, request: HttpRequest, reviews: QuerySet[Review]) -> None:
        """With the reason that is meant most often; others are written on the review's page."""
        reason = gettext("It is not about the product.")
        self._say(request, reviews.update(state=Review.State.REFUSED, reason=reason))

    def _say(self, request: HttpRequest, number: int) -> None:
        sentence = ngettext("%d review was changed.", "%d reviews were changed.", number) % number
        self.message_user(request, sentence, messages.SUCCESS)
