"""A person is forgotten (GDPR, article 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from shop.accounts.signals import leaving

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def erase(user: User) -> None:
    """Delete the account and all that hangs on it; what must stay loses the person first. All of it, or nothing."""
    leaving.send(sender=None, user=user)
    user.delete()
