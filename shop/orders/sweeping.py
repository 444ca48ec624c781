"""What a killed process, or a customer who went away, left behind. The tables are the truth; this finds it in them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext, override

from shop.cart import carts
from shop.orders import mails
from shop.orders.models import Order, OrderMail
from shop.orders.moves import MoveRefused, move
from shop.orders.states import State
from shop.payments import refunds, settling

PATIENCE = timedelta(seconds=30)  # a task that was sent for it has had its chance
AT_ONCE = 200


def sweep() -> dict[str, int]:
    """Settle payments, let unpaid orders lapse, send mails and refunds, drop old carts; how many of each."""
    return {
        "settled": settling.sweep(),
        "lapsed": sum(lapse(order) for order in overdue()),
        "mails": sum(bool(mails.send(pk)) for pk in unsent()),
        "refunds": refunds.sweep(),
        "carts": carts.sweep(),
    }


def overdue() -> list[Order]:
    """Orders whose time to pay is over."""
    return list(Order.objects.filter(state=State.PENDING, pay_until__lt=timezone.now()).order_by("pk")[:AT_ONCE])


def lapse(order: Order) -> bool:
    """Cancel an unpaid order, which puts its stock back, unless a payment came first."""
    if settling.under_way(order):
        return False
    with override(order.language):
        note = gettext("Not paid in time.")
    try:
        move(order, State.CANCELLED, note=note)
    except MoveRefused:
        return False
    return True


def unsent() -> list[int]:
    """Mails that nobody sent."""
    late = OrderMail.objects.filter(sent=None, attempts__lt=mails.MOST_ATTEMPTS, created__lt=timezone.now() - PATIENCE)
    return list(late.values_list("pk", flat=True)[:AT_ONCE])
