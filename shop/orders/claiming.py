"""Orders of a guest become a customer's, once the e-mail address is known to be theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.orders.models import Order

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def claim(user: User, email: str) -> int:
    """Let the user's history have the guest orders of an address that they confirmed; how many there were."""
    return Order.objects.filter(owner=None, email__iexact=email).update(owner=user)
