"""All that the shop knows of a person, for them to take along (GDPR, articles 15 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop.accounts.models import Address, AppToken
from shop.accounts.signals import told

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def export(user: User) -> dict[str, Any]:
    """As JSON takes it: the account here, and a part from each other room of the shop."""
    addresses = Address.objects.filter(owner=user)
    tokens = AppToken.objects.filter(owner=user)
    account = {
        "email": user.email,
        "username": user.get_username(),
        "joined": user.date_joined.isoformat(),
        "addresses": [{part: str(getattr(one, part)) for part in Address.PARTS} for one in addresses],
        "apps": [{"name": one.name, "created": one.created.isoformat()} for one in tokens],
    }
    parts: list[tuple[str, Any]] = [part for _, part in told.send(sender=None, user=user)]  # type: ignore[misc]
    return {"account": account} | dict(parts)
