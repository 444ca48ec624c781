"""Payments of orders, in the manner of django-payments. An order may have several: one failed, the next went well."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from payments.models import BasePayment

from shop.orders.models import Order


class Payment(BasePayment):
    """An attempt to pay an order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")

    class Meta:
        ordering = ["created", "id"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")

    def get_success_url(self) -> str:
        return self.order.get_absolute_url()

    def get_failure_url(self) -> str:
        return self.order.get_absolute_url()
