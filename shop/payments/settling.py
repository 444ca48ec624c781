"""A payment that went well reaches its order: exactly once, however often and however late it is told."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from payments import PaymentStatus

from catalog.stock import OutOfStock
from shop.orders import moves
from shop.orders.models import Order
from shop.orders.states import State
from shop.payments import refunds
from shop.payments.models import Payment

if TYPE_CHECKING:
    from collections.abc import Iterable

logger = logging.getLogger(__name__)

UNDER_WAY = timedelta(minutes=15)  # that a provider's page may stay open beyond the order's time


@transaction.atomic
def settle(payment_id: int) -> bool:
    """Have a confirmed payment count for its order; whether it did now. Locks the payment, the order, then its stock.

    What cannot count any more is given back: the order is paid already, or it lapsed and its goods are sold.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if payment.status != PaymentStatus.CONFIRMED or payment.settled:
        return False
    payment.settled = timezone.now()
    payment.save(update_fields=["settled"])
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    with override(order.language):
        _count(payment, order)
    return True


def under_way(order: Order) -> bool:
    """Whether the customer may be on a provider's page: the order then lapses a little later, and no more than that."""
    if timezone.now() > order.pay_until + UNDER_WAY:
        return False
    recent = order.payments.filter(status__in=[PaymentStatus.INPUT, PaymentStatus.PREAUTH, PaymentStatus.CONFIRMED])
    return recent.filter(modified__gt=timezone.now() - UNDER_WAY).exists()


def sweep() -> int:
    """Settle what a killed process left unsettled; how many."""
    return sum(_tried(open_payments()))


def open_payments() -> Iterable[int]:
    """Confirmed payments that no order knows of."""
    left = Payment.objects.filter(status=PaymentStatus.CONFIRMED, settled=None)
    return left.order_by("created").values_list("pk", flat=True)[:200]


def _tried(ids: Iterable[int]) -> Iterable[bool]:
    for pk in ids:
        try:
            yield settle(pk)
        except Exception:  # one that cannot be settled keeps no other from it
            logger.exception("A payment could not be settled")


def _count(payment: Payment, order: Order) -> None:
    if order.state == State.PENDING:
        moves.move(order, State.PAID)
    elif order.state == State.CANCELLED and order.paid is None:
        try:
            with transaction.atomic():
                moves.revive(order, note=gettext("Paid after its time was over; everything was still there."))
        except OutOfStock:
            _give_back(payment, gettext("Paid after its time was over, and sold out by then."))
    else:
        _give_back(payment, gettext("Paid twice."))


def _give_back(payment: Payment, reason: str) -> None:
    moves.note(payment.order, reason)
    refunds.give_back(payment, payment.total, key=f"settling-{payment.pk}", reason=reason)
