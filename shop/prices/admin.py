"""What the keeper sets of prices: taxes, shipping, vouchers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from catalog.admin import ByPath
from shop.prices.models import ShippingMethod, ShippingRate, TaxRate, Voucher
from shop.prices.rules import told

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(TaxRate)
class TaxRateAdmin(admin.ModelAdmin):
    """A rate a country, and one for all others."""

    list_display = ["__str__", "country", "percent"]
    list_editable = ["percent"]


class MethodForm(forms.ModelForm):
    """Countries are two letters each, and known ones."""

    def clean_countries(self) -> list[str]:
        """In capitals, each once. Refuses what is no country."""
        codes = list(dict.fromkeys(code.strip().upper() for code in self.cleaned_data["countries"]))
        if unknown := [code for code in codes if code not in countries]:
            sentence = gettext("{codes}: no country has this code. Write two letters for each, such as DE, AT.")
            raise ValidationError(sentence.format(codes=", ".join(unknown)))
        return codes

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        first, last = (self.cleaned_data.get(name) for name in ("days_from", "days_to"))
        if first is not None and last is not None and first > last:
            raise ValidationError({"days_to": gettext("It cannot take fewer days at most than at least.")})
        return data


class RateInline(admin.TabularInline):
    """What a method costs, up to each limit."""

    model = ShippingRate
    extra = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingRate]:
        return super().get_queryset(request).order_by(F("up_to").asc(nulls_last=True))


@admin.register(ShippingMethod)
class ShippingMethodAdmin(admin.ModelAdmin):
    """Ways to the customer with their rates."""

    form = MethodForm
    inlines = [RateInline]
    list_display = ["name", "where", "basis", "days", "active", "position"]
    list_editable = ["active", "position"]

    @admin.display(description=_("countries"))
    def where(self, method: ShippingMethod) -> str:
        """Their codes, or that it goes everywhere."""
        return ", ".join(method.countries) or gettext("everywhere")

    @admin.display(description=_("days"))
    def days(self, method: ShippingMethod) -> str:
        """From and to."""
        return f"{method.days_from}-{method.days_to}"


class VoucherForm(forms.ModelForm):
    """Refuses vouchers that no customer could use."""

    def clean_code(self) -> str:
        """In capitals, as codes are compared."""
        code = self.cleaned_data["code"].strip().upper()
        if Voucher.objects.filter(code=code).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("There is a voucher with this code."))
        return code

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        kind, value = self.cleaned_data.get("kind"), self.cleaned_data.get("value")
        starts, ends = self.cleaned_data.get("starts"), self.cleaned_data.get("ends")
        if kind == Voucher.Kind.PERCENT and value is not None and value > 100:
            self.add_error("value", gettext("No more than 100 percent can be taken off."))
        if kind in (Voucher.Kind.PERCENT, Voucher.Kind.AMOUNT) and value is not None and value <= 0:
            self.add_error("value", gettext("Write how much it takes off."))
        if starts and ends and ends <= starts:
            self.add_error("ends", gettext("It ends before it starts."))
        return data


@admin.register(Voucher)
class VoucherAdmin(ByPath, admin.ModelAdmin):
    """Codes, what each does, and how often it was used."""

    form = VoucherForm
    list_display = ["code", "rule", "used", "active", "created"]
    list_editable = ["active"]
    list_filter = ["active", "kind"]
    list_select_related = ["category"]
    search_fields = ["code"]
    readonly_fields = ["rule", "used"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Voucher]:
        return super().get_queryset(request).annotate(orders_with_it=Count("orders"))

    @admin.display(description=_("rule"))
    def rule(self, voucher: Voucher) -> str:
        """The voucher in a sentence."""
        return told(voucher) if voucher.pk else ""

    @admin.display(description=_("used"), ordering="orders_with_it")
    def used(self, voucher: Any) -> int:
        """In how many orders, paid or not."""
        return getattr(voucher, "orders_with_it", 0)
