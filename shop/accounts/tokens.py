"""Tokens of apps: shown once, kept as a hash, taken back at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from shop.accounts.models import AppToken

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MARK = "vit_"  # so that a token that got lost is known for what it is
NOTED = timedelta(minutes=1)  # between two notes of when it was used
MOST = 20  # a person's tokens


def issue(owner: User, name: str) -> str:
    """A new token. It is told this once."""
    token = MARK + secrets.token_urlsafe(32)
    AppToken.objects.create(owner=owner, name=name, digest=digest(token))
    return token


def holder(token: str) -> AppToken | None:
    """Whose token it is; None for one that was made up, or taken back, or whose owner may not sign in."""
    if not token.startswith(MARK):
        return None
    found = AppToken.objects.select_related("owner").filter(digest=digest(token), owner__is_active=True).first()
    if found and (found.used is None or timezone.now() - found.used > NOTED):
        AppToken.objects.filter(pk=found.pk).update(used=timezone.now())
    return found


def digest(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()
