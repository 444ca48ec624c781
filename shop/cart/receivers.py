"""What happens to carts when something else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from shop.accounts.signals import told
from shop.cart import carts
from shop.cart.models import Cart, CartLine

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest


@receiver(user_logged_in)
def bring_the_cart_along(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Who signs in keeps what they chose as a guest."""
    guests = getattr(request, "session", {}).get(carts.SESSION) if request else None
    if not guests:
        return
    cart = Cart.objects.filter(pk=guests, owner=None).first()
    if cart:
        carts.merge(cart, user)
    request.session.pop(carts.SESSION, None)  # type: ignore[union-attr]


@receiver(told)
def tell_cart(user: User, **_: Any) -> tuple[str, Any]:
    """For the export of somebody's data."""
    lines = CartLine.objects.filter(cart__owner=user).select_related("variant")
    return "cart", [{"sku": line.variant.sku, "quantity": line.quantity} for line in lines]
