"""What reviews tell of a person; with the account they go by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from shop.accounts.signals import told
from shop.reviews.models import Review

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@receiver(told)
def tell_reviews(user: User, **_: Any) -> tuple[str, Any]:
    """For the export of somebody's data."""
    columns = ("product__slug", "stars", "title", "text", "name", "state")
    return "reviews", list(Review.objects.filter(author=user).values(*columns))
