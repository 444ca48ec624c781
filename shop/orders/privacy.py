"""What orders know of a person, and how they forget it. Amounts and goods stay: the shop must account for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from shop.accounts.models import PostalAddress
from shop.orders.models import Order

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FORGOTTEN = {"email": "forgotten@invalid.invalid", "note": "", "owner": None}
KEPT = ("country",)  # its tax was paid


def tell(user: User) -> list[dict[str, Any]]:
    """The user's orders, as the export of their data has them."""
    orders = Order.objects.filter(owner=user).prefetch_related("lines")
    return [_told(order) for order in orders]


@transaction.atomic
def forget(user: User) -> None:
    """Strip the person from their orders and payments. Whoever has an order's link still sees what was bought."""
    orders = Order.objects.filter(owner=user)
    ids = list(orders.values_list("pk", flat=True))
    blank = {part: "" for part in PostalAddress.PARTS if part not in KEPT}
    from shop.payments.models import Payment

    Payment.objects.filter(order__in=ids).update(billing_email="", customer_ip_address=None, extra_data="")
    Order.objects.filter(pk__in=ids).update(**FORGOTTEN, **blank)


def _told(order: Order) -> dict[str, Any]:
    lines = [
        {"sku": li.sku, "name": li.name, "quantity": li.quantity, "price": str(li.price)} for li in order.lines.all()
    ]
    return {
        "number": order.number,
        "placed": order.placed.isoformat(),
        "state": order.state,
        "total": f"{order.total} {order.currency}",
        "email": order.email,
        "address": order.address_lines,
        "phone": order.phone,
        "note": order.note,
        "lines": lines,
    }
