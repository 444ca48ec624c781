"""What is added to, and taken off, the prices of variants: shipping, taxes, vouchers. `reckoning` applies them."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from django_countries.fields import CountryField

from catalog.models import Category


class TaxRate(models.Model):
    """The share of tax in every price, by the country of delivery; the row without a country holds for all others."""

    country = CountryField(_("country"), blank=True, unique=True, help_text=_("Empty: every other country."))
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2)

    class Meta:
        ordering = ["country"]
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [models.CheckConstraint(condition=Q(percent__gte=0, percent__lt=100), name="tax_rate_possible")]

    def __str__(self) -> str:
        return f"{countries.name(str(self.country)) or '*'}: {self.percent}%"


class ShippingMethod(models.Model):
    """A way to the customer. What it costs is in its rates: the first whose limit is not exceeded."""

    class Basis(models.TextChoices):
        WEIGHT = "weight", _("weight in grams")
        TOTAL = "total", _("total of the goods")

    name = models.CharField(_("name"), max_length=100)
    note = models.CharField(_("note"), max_length=200, blank=True)
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries"), blank=True, default=list,
        help_text=_("Codes such as DE, AT. Empty: everywhere."),
    )  # fmt: skip
    basis = models.CharField(_("rates go by"), max_length=10, choices=Basis, default=Basis.TOTAL)
    days_from = models.PositiveSmallIntegerField(_("days, at least"), default=2)
    days_to = models.PositiveSmallIntegerField(_("days, at most"), default=4)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("shipping method")
        verbose_name_plural = _("shipping methods")
        constraints = [
            models.CheckConstraint(condition=Q(basis__in=["weight", "total"]), name="shipping_basis_known"),
            models.CheckConstraint(condition=Q(days_to__gte=F("days_from")), name="shipping_days_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class ShippingRate(models.Model):
    """A price up to a limit, inclusive, of grams or of money; without a limit it holds for all that is more."""

    method = models.ForeignKey(ShippingMethod, models.CASCADE, related_name="rates")
    up_to = models.DecimalField(_("up to"), max_digits=10, decimal_places=2, null=True, blank=True)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)

    class Meta:
        ordering = [F("up_to").asc(nulls_last=True)]
        verbose_name = _("shipping rate")
        verbose_name_plural = _("shipping rates")
        constraints = [
            models.UniqueConstraint(fields=["method", "up_to"], nulls_distinct=False, name="shipping_rate_once"),
            models.CheckConstraint(condition=Q(price__gte=Decimal(0)), name="shipping_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.up_to or '*'}: {self.price}"


class Voucher(models.Model):
    """A code that lowers an order's total, by rules that `reckoning` states to the customer."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("percent off the goods")
        AMOUNT = "amount", _("amount off the goods")
        SHIPPING = "shipping", _("free shipping")

    code = models.CharField(_("code"), max_length=40, unique=True, help_text=_("Capitals and small letters are alike."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.DecimalField(_("value"), max_digits=10, decimal_places=2, default=Decimal(0))
    starts = models.DateTimeField(_("from"), null=True, blank=True)
    ends = models.DateTimeField(_("until"), null=True, blank=True)
    min_total = models.DecimalField(_("goods for at least"), max_digits=10, decimal_places=2, default=Decimal(0))
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, verbose_name=_("only goods of"), related_name="+"
    )
    sale_too = models.BooleanField(_("also on what is on sale"), default=True)
    uses = models.PositiveIntegerField(_("uses in all"), null=True, blank=True, help_text=_("Empty: any number."))
    uses_each = models.PositiveIntegerField(_("uses by one customer"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="voucher_has_code"),
            models.CheckConstraint(condition=Q(kind__in=["percent", "amount", "shipping"]), name="voucher_kind_known"),
            models.CheckConstraint(condition=Q(value__gte=0), name="voucher_value_not_negative"),
            models.CheckConstraint(condition=~Q(kind="percent") | Q(value__lte=100), name="voucher_percent_possible"),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: object, **kwargs: object) -> None:
        self.code = self.code.strip().upper()
        super().save(*args, **kwargs)  # type: ignore[arg-type]
