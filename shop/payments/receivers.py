"""Where django-payments' news reach the shop's orders."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from payments import PaymentStatus
from payments.signals import status_changed

from shop.payments import settling
from shop.payments.models import Payment


@receiver(status_changed, sender=Payment)
def payment_changed(instance: Payment, **_: Any) -> None:
    """In the transaction that says so: paid and settled are one step, or none."""
    if instance.status == PaymentStatus.CONFIRMED:
        settling.settle(instance.pk)
