"""A payment of an order begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from payments import PaymentStatus

from shop.orders.models import Order
from shop.orders.states import State
from shop.payments.models import Payment
from shop.payments.variants import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence


class PayRefused(ValueError):
    """The sentence says why this order cannot be paid now."""


def ways() -> Sequence[tuple[str, str]]:
    """The ways to pay, each with its name in the page's language."""
    return [(name, gettext(LABELS.get(name, name))) for name in settings.PAYMENT_VARIANTS]


@transaction.atomic
def begin(order: Order, variant: str) -> Payment:
    """A payment of the whole order; one that is open already goes on. Raises `PayRefused`."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.state != State.PENDING:
        raise PayRefused(gettext("This order cannot be paid (any more)."))
    if locked.pay_until < timezone.now():
        raise PayRefused(gettext("The time to pay this order is over. Order again; what you want may still be there."))
    if variant not in settings.PAYMENT_VARIANTS:
        raise PayRefused(gettext("Choose a way to pay."))
    going = locked.payments.filter(variant=variant, status__in=[PaymentStatus.WAITING, PaymentStatus.INPUT])
    if known := going.first():
        return known
    return Payment.objects.create(
        order=locked,
        variant=variant,
        currency=locked.currency,
        total=locked.total,
        tax=locked.tax,
        delivery=locked.shipping,
        description=gettext("Order {number}").format(number=locked.number),
        billing_email=locked.email,
        billing_country_code=str(locked.country),
    )


def address(order: Order, variant: str) -> str:
    """Where the customer goes on: to pay, or to the order's page if nothing is to be paid."""
    if order.state != State.PENDING:
        return order.get_absolute_url()
    return reverse("pay", args=[begin(order, variant).token])
