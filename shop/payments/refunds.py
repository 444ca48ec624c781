"""Money goes back: a row first, then a worker asks the provider, once for each key."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext
from payments import PaymentStatus
from payments.core import provider_factory

from shop.orders import mails, moves
from shop.orders.models import Order, OrderMail
from shop.orders.states import MOVES, State
from shop.payments.models import Payment, Refund
from shop.templatetags.money import money

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
PATIENCE = timedelta(seconds=30)  # a task that was sent for it has had its chance
INTERRUPTED = timedelta(minutes=2)  # no provider takes that long


class RefundRefused(ValueError):
    """The sentence says why no money goes back."""


@transaction.atomic
def give_back(
    payment: Payment, amount: Decimal, *, key: str, reason: str, by: Any = None, restock: bool = False
) -> Refund:
    """Have an amount of a payment given back; the same key again is the same refund. Raises `RefundRefused`.

    With `restock` the order ends, cancelled or returned, and its goods are back on the shelf.
    """
    from shop.payments.tasks import refund as task

    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    if known := Refund.objects.filter(key=key).first():
        return known
    left = left_of(locked)
    if not 0 < amount <= left:
        sentence = gettext("Between nothing and {left} can be given back of this payment.")
        raise RefundRefused(sentence.format(left=money(left)))
    refund = Refund.objects.create(payment=locked, key=key, amount=amount, reason=reason[:500], by=by)
    order = locked.order
    moves.note(order, gettext("{amount} go back: {reason}").format(amount=money(amount), reason=reason), by=by)
    if restock:
        ends = [state for state in (State.CANCELLED, State.RETURNED) if state in MOVES[State(order.state)]]
        if not ends:
            raise RefundRefused(gettext("The goods of this order are back on the shelf already."))
        moves.move(order, ends[0], by=by, note=reason)
    task.delay_on_commit(refund.pk)
    return refund


def left_of(payment: Payment) -> Decimal:
    """How much of a payment can still go back, less what is on its way."""
    if payment.status not in (PaymentStatus.CONFIRMED, PaymentStatus.REFUNDED):
        return Decimal(0)
    going = payment.refunds.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return payment.total - going


def carry_out(refund_id: int) -> bool | None:
    """Ask the provider, unless that is done, given up, or being done: then None. False: it refused.

    The attempt is written down before it is made: one that a killed worker left open is not repeated by itself, as
    the provider may have done it; the keeper looks there and decides.
    """
    with transaction.atomic():
        waiting = Refund.objects.filter(pk=refund_id, done=None, started=None, attempts__lt=MOST_ATTEMPTS)
        if not waiting.select_for_update(skip_locked=True).first():
            return None
        waiting.update(attempts=F("attempts") + 1, started=timezone.now())
    refund = Refund.objects.select_related("payment__order").get(pk=refund_id)
    try:
        provider_factory(refund.payment.variant, refund.payment).refund(refund.payment, refund.amount)
    except Exception as error:
        logger.exception("A refund failed")
        Refund.objects.filter(pk=refund_id).update(started=None, failure=f"{type(error).__name__}: {error}"[:500])
        return False
    _done(refund)
    return True


@transaction.atomic
def _done(refund: Refund) -> None:
    payment = Payment.objects.select_for_update().get(pk=refund.payment_id)
    Refund.objects.filter(pk=refund.pk).update(done=timezone.now(), failure="")
    payment.captured_amount = max(payment.total - _given(payment), Decimal(0))
    payment.status = PaymentStatus.CONFIRMED if payment.captured_amount else PaymentStatus.REFUNDED
    payment.save(update_fields=["captured_amount", "status"])
    order = Order.objects.select_for_update().get(pk=payment.order_id)
    order.refunded = min(order.refunded + refund.amount, order.total)
    order.save(update_fields=["refunded"])
    mails.write(order, OrderMail.Kind.REFUNDED, occasion=str(refund.pk))


def retry(refund: Refund) -> None:
    """Let a failed or interrupted refund be tried again; the keeper has looked at the provider's page."""
    from shop.payments.tasks import refund as task

    Refund.objects.filter(pk=refund.pk, done=None).update(attempts=0, started=None, failure="")
    task.delay_on_commit(refund.pk)


def sweep() -> int:
    """Mark what was interrupted, and carry out what nobody did; how many were."""
    now = timezone.now()
    cut_off = Refund.objects.filter(done=None, started__lt=now - INTERRUPTED, failure="")
    cut_off.update(failure=gettext("Interrupted. See at the provider whether the money went back, then try again."))
    left = Refund.objects.filter(done=None, started=None, attempts__lt=MOST_ATTEMPTS, created__lt=now - PATIENCE)
    ids = list(left.values_list("pk", flat=True)[:50])
    return sum(bool(carry_out(pk)) for pk in ids)


def _given(payment: Payment) -> Decimal:
    return payment.refunds.exclude(done=None).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
