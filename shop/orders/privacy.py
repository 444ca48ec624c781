"""What orders know of a person, and how they forget it. Amounts and goods stay: the shop must account for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from shop.accounts.models import PostalAddress
from shop.orders.models import Order
from shop.orders.states import State

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FORGOTTEN = {"email": "forgotten@invalid.invalid", "note": "", "owner": None}
OPEN = (State.PENDING, State.PAID, State.PACKED, State.SHIPPED)
KEPT = ("country",)  # its tax was paid


def tell(user: User) -> list[dict[str, Any]]:
    """The user's orders, as the export of their data has them."""
    orders = Order.objects.filter(owner=user).prefetch_related("lines")
    return [_told(order) for order in orders]


def hindrance(user: User) -> str:
    """A sentence while an order of the user is on its way, or money; then the person must stay known."""
    from shop.payments.models import Refund

    mine = Order.objects.filter(owner=user)
    if mine.filter(state__in=OPEN).exists() or Refund.objects.filter(payment__order__in=mine, done=None).exists():
        return gettext("An order of yours is on its way. Once it is there, or cancelled, the account can be deleted.")
    return ""


@transaction.atomic
def forget(user: User) -> None:
    """Strip the person from their orders and payments. Whoever has an order's link still sees what was bought."""
    orders = Order.objects.filter(owner=user)
    ids = list(orders.values_list("pk", flat=True))
    blank = {part: "" for part in PostalAddress.PARTS if part not in KEPT}
    from shop.payments.models import Payment

    for payment in Payment.objects.filter(order__in=ids):
        payment.billing_email, payment.customer_ip_address = "", None
        payment.extra_data = _without_the_person(payment.extra_data)
        payment.save(update_fields=["billing_email", "customer_ip_address", "extra_data"])
    Order.objects.filter(pk__in=ids).update(**FORGOTTEN, **blank)


def _without_the_person(told: str) -> str:
    """Of what a provider told only the number that a refund needs."""
    try:
        number = json.loads(told)["session"]["payment_intent"]
    except (KeyError, TypeError, ValueError):
        return ""
    return json.dumps({"session": {"payment_intent": number}})


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
