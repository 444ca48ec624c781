"""Orders: what was sold to whom, at which prices. Copies, not links: a catalogue that changes changes no order.

Written by `placing`, `moves`, `mails` and `shop.payments`; nothing else assigns to a row's state or its amounts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from shop.accounts.models import PostalAddress
from shop.orders.states import State
from shop.prices.models import Voucher


def amount(verbose_name: Any = None, **options: Any) -> models.DecimalField:
    """A column of money."""
    return models.DecimalField(verbose_name, max_digits=10, decimal_places=2, **options)


class Order(PostalAddress):  # type: ignore[django-manager-missing]  # django-payments has no types
    """A sale, from the moment its stock is taken. `goods - discount + shipping = total`; `tax` is inside the total.

    `key` makes placing idempotent. `secret` lets a guest come back by a link. `pay_until` is when stock goes back if no
    payment came.
    """

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    key = models.UUIDField(unique=True, editable=False)
    secret = models.CharField(max_length=64, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("customer"),
    )
    email = models.EmailField(_("e-mail"))
    language = models.CharField(max_length=10)
    note = models.TextField(_("note from the customer"), blank=True, max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING, editable=False)
    currency = models.CharField(max_length=3, editable=False)
    goods = amount(_("goods"), editable=False)
    discount = amount(_("discount"), default=Decimal(0), editable=False)
    shipping = amount(_("shipping"), editable=False)
    total = amount(_("total"), editable=False)
    tax = amount(_("tax in it"), editable=False)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, editable=False)
    shipping_method = models.CharField(_("shipping method"), max_length=100, editable=False)
    voucher = models.ForeignKey(Voucher, models.SET_NULL, null=True, blank=True, related_name="orders", editable=False)
    voucher_code = models.CharField(_("voucher"), max_length=40, blank=True, editable=False)
    tracking = models.CharField(_("tracking"), max_length=200, blank=True)
    placed = models.DateTimeField(_("placed"), auto_now_add=True)
    pay_until = models.DateTimeField(editable=False)
    paid = models.DateTimeField(_("paid"), null=True, blank=True, editable=False)
    refunded = amount(_("refunded"), default=Decimal(0), editable=False)

    class Meta:
        ordering = ["-placed", "-id"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_known"),
            models.CheckConstraint(
                condition=Q(total=F("goods") - F("discount") + F("shipping")), name="order_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(discount__gte=0, shipping__gte=0, tax__gte=0), name="order_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("total")), name="order_refund_possible"
            ),
        ]
        indexes = [
            models.Index(fields=["-placed", "-id"], name="order_newest"),
            models.Index(fields=["state", "-placed"], name="order_by_state"),
            models.Index(fields=["owner", "-placed"], name="order_of_owner"),
            models.Index(fields=["pay_until"], condition=Q(state="pending"), name="order_unpaid"),
        ]

    def __str__(self) -> str:
        return self.number

    def refunds_of(self, pk: str) -> Any:
        """The refund that an e-mail is about; None if there is none."""
        from shop.payments.models import Refund

        return Refund.objects.filter(payment__order=self, pk=pk).first() if pk.isdigit() else None

    def get_absolute_url(self) -> str:
        """The customer's page of it; whoever has the link may see it."""
        return reverse("order", args=[self.secret])


class OrderLine(models.Model):
    """Some pieces of one variant at the price they were sold for."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.SET_NULL, null=True, blank=True, related_name="+")
    sku = models.CharField(_("SKU"), max_length=100)
    name = models.CharField(_("name"), max_length=200)
    size = models.CharField(_("size"), max_length=50, blank=True)
    colour = models.CharField(_("colour"), max_length=50, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    price = amount(_("price"))
    picture = models.CharField(max_length=64, blank=True)  # sha256
    searched = models.BooleanField(default=False)  # whether a search by photo led to it

    class Meta:
        ordering = ["id"]
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_quantity"),
            models.CheckConstraint(condition=Q(price__gte=0), name="order_line_price"),
        ]
        indexes = [models.Index(fields=["variant"], name="order_line_variant")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name}"

    @property
    def total(self) -> Decimal:
        """What the pieces cost together."""
        return self.price * self.quantity


class OrderEvent(models.Model):
    """What happened to an order, and who did it; no one for the shop itself or the customer."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, blank=True)  # the new one; empty for a note
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.state or self.note}"


class OrderMail(models.Model):
    """An e-mail about an order: written down with the order, sent by a worker, tried again, given up with a reason."""

    class Kind(models.TextChoices):
        PLACED = "placed", _("order received")
        PAID = "paid", _("payment received")
        SHIPPED = "shipped", _("shipped")
        CANCELLED = "cancelled", _("cancelled")
        REFUNDED = "refunded", _("refunded")

    order = models.ForeignKey(Order, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=Kind)
    occasion = models.CharField(max_length=40, blank=True)  # tells two refunds apart
    created = models.DateTimeField(auto_now_add=True)
    sent = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["created", "id"]
        constraints = [models.UniqueConstraint(fields=["order", "kind", "occasion"], name="order_mail_once")]
        indexes = [models.Index(fields=["created"], condition=Q(sent=None), name="order_mail_unsent")]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_id}"
