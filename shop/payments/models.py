"""Payments of orders, in the manner of django-payments. An order may have several: one failed, the next went well."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from payments.models import BasePayment

from shop.orders.models import Order


class Payment(BasePayment):
    """An attempt to pay an order. `settled`: when the order was told that it went well (`settling`)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    settled = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["created", "id"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = [
            models.Index(fields=["created"], condition=Q(status="confirmed", settled=None), name="payment_unsettled")
        ]

    def get_success_url(self) -> str:
        """The order's page, as providers name it."""
        from shop.orders.mails import absolute

        return absolute(self.order.get_absolute_url())

    def get_failure_url(self) -> str:
        """The same page: it says what became of the payment, and offers another try."""
        return self.get_success_url()


class Refund(models.Model):
    """Money that goes back, written down before a worker asks the provider for it. `key` makes giving it idempotent."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=60, unique=True, editable=False)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(_("created"), auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True, editable=False)  # a worker asks the provider now
    done = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    failure = models.CharField(_("failure"), max_length=500, blank=True, editable=False)

    class Meta:
        ordering = ["created", "id"]
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=Decimal(0)), name="refund_of_something")]
        indexes = [models.Index(fields=["created"], condition=Q(done=None), name="refund_open")]

    def __str__(self) -> str:
        return f"{self.amount} {self.payment.currency}"
