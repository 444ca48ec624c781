"""Writes and reads of carts: whose cart a request has."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from shop.cart.models import Cart

if TYPE_CHECKING:
    from django.http import HttpRequest

SESSION = "cart"  # where a guest's session keeps the cart's id


def of(request: HttpRequest) -> Cart | None:
    """The cart of whoever asks: the customer's own, or the one that the guest's session names. None: nothing yet."""
    if request.user.is_authenticated:
        return Cart.objects.filter(owner=request.user).first()
    try:
        return Cart.objects.filter(pk=uuid.UUID(str(request.session[SESSION])), owner=None).first()
    except (KeyError, ValueError):
        return None
