"""A person is forgotten (GDPR, article 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from shop.accounts.signals import leaving, staying

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def hindrance(user: User) -> str:
    """What must be done before the account can be deleted, in a sentence; nothing if it can be now."""
    return " ".join(str(sentence) for _, sentence in staying.send(sender=None, user=user) if sentence)


@transaction.atomic
def erase(user: User) -> None:
    """Delete the account and all that hangs on it; what must stay loses the person first. All of it, or nothing."""
    leaving.send(sender=None, user=user)
    user.delete()
