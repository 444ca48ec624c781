"""What happens to wishes when something else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from shop.accounts.signals import told
from shop.wishes import wishing
from shop.wishes.models import Wish

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest


@receiver(user_logged_in)
def bring_the_wishes_along(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Who signs in keeps what they wished for as a guest."""
    if wished := getattr(request, "session", {}).pop(wishing.SESSION, None):
        wishing.keep(user, wished)


@receiver(told)
def tell_wishes(user: User, **_: Any) -> tuple[str, Any]:
    """For the export of somebody's data."""
    wishes = Wish.objects.filter(owner=user).select_related("product")
    return "wishes", [{"product": wish.product.slug, "added": wish.added.isoformat()} for wish in wishes]
