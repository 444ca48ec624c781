"""What a cart costs: goods, voucher, shipping, tax. Pure arithmetic over rows; the page and `place_order` share it.

The rules, as docs/checkout.md states them: the price of a variant is what is paid, tax included, in every country. A
voucher lowers the goods it is for, never below nothing and never the shipping (but for free shipping). Shipping goes by
weight or by what the goods cost after the voucher. The tax in the total is the share of the country of delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext

from shop.prices.models import ShippingMethod, ShippingRate, TaxRate, Voucher
from shop.templatetags.money import money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from catalog.models import Variant

WHOLE = {"JPY", "VND", "KRW"}  # currencies without a smaller coin
ZERO = Decimal(0)


class VoucherRefused(Exception):
    """The sentence says why the voucher does not count for these goods."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some pieces of a variant; `variant.product.category` is asked for where a voucher is for one category."""

    variant: Variant
    quantity: int

    @property
    def total(self) -> Decimal:
        """What they cost together."""
        return self.variant.price * self.quantity


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Amounts of money, tax included. `shipping` is None until a method is chosen."""

    goods: Decimal
    discount: Decimal
    shipping: Decimal | None
    tax_percent: Decimal

    @property
    def total(self) -> Decimal:
        """What is paid."""
        return self.goods - self.discount + (self.shipping or ZERO)

    @property
    def tax(self) -> Decimal:
        """The tax in the total."""
        return coins(self.total - self.total / (1 + self.tax_percent / 100))


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to ship these goods there, with its price."""

    method: ShippingMethod
    price: Decimal


def coins(amount: Decimal) -> Decimal:
    """An amount that can be paid: whole cents, or whole units of currencies that have none."""
    return amount.quantize(Decimal(1) if settings.CURRENCY in WHOLE else Decimal("0.01"), ROUND_HALF_UP)


def reckon(
    pieces: Sequence[Piece], *, country: str, method: ShippingMethod | None = None, voucher: Voucher | None = None
) -> Reckoning:
    """What the goods cost there. Raises VoucherRefused, and ValueError if the method does not go there."""
    goods = sum((piece.total for piece in pieces), ZERO)
    discount = discount_of(voucher, pieces) if voucher else ZERO
    price = None
    if method:
        price = next((o.price for o in offers(pieces, country, voucher=voucher) if o.method == method), None)
        if price is None:
            raise ValueError(gettext("This way of shipping does not go there. Choose another."))
    return Reckoning(goods, discount, price, tax_percent(country))


def discount_of(voucher: Voucher, pieces: Sequence[Piece], now: datetime | None = None) -> Decimal:
    """What a voucher takes off the goods. Raises VoucherRefused. How often it was used, `place_order` counts."""
    now = now or timezone.now()
    goods = sum((piece.total for piece in pieces), ZERO)
    if not voucher.active or (voucher.ends and voucher.ends <= now):
        raise VoucherRefused(gettext("The voucher {code} is no longer valid.").format(code=voucher.code))
    if voucher.starts and voucher.starts > now:
        raise VoucherRefused(gettext("The voucher {code} is not valid yet.").format(code=voucher.code))
    if goods < voucher.min_total:
        sentence = gettext("The voucher {code} is for goods of {amount} and more.")
        raise VoucherRefused(sentence.format(code=voucher.code, amount=money(voucher.min_total)))
    base = sum((piece.total for piece in pieces if _is_for(voucher, piece.variant)), ZERO)
    if not base:
        raise VoucherRefused(gettext("The voucher {code} is for other goods.").format(code=voucher.code))
    if voucher.kind == Voucher.Kind.PERCENT:
        return coins(base * voucher.value / 100)
    return min(voucher.value, base) if voucher.kind == Voucher.Kind.AMOUNT else ZERO


def offers(pieces: Sequence[Piece], country: str, *, voucher: Voucher | None = None) -> list[Offer]:
    """The ways to ship these goods there, in the shop's order; none if the shop does not ship there. Two queries."""
    methods = ShippingMethod.objects.filter(Q(countries=[]) | Q(countries__contains=[country]), active=True)
    methods = methods.prefetch_related(Prefetch("rates", ShippingRate.objects.order_by("up_to")))
    weight = Decimal(sum(piece.variant.weight * piece.quantity for piece in pieces))
    goods = sum((piece.total for piece in pieces), ZERO)
    free, off = False, ZERO
    if voucher:
        try:
            off = discount_of(voucher, pieces)
            free = voucher.kind == Voucher.Kind.SHIPPING
        except VoucherRefused:
            pass
    found = []
    for method in methods:
        measure = weight if method.basis == ShippingMethod.Basis.WEIGHT else goods - off
        rate = next((r for r in method.rates.all() if r.up_to is None or measure <= r.up_to), None)
        if rate:
            found.append(Offer(method, ZERO if free else rate.price))
    return found


def tax_percent(country: str) -> Decimal:
    """The rate of a country, else the one for all others, else none."""
    rates = {str(rate.country): rate.percent for rate in TaxRate.objects.filter(country__in=[country, ""])}
    return rates.get(country, rates.get("", ZERO))


def countries() -> list[str] | None:
    """Codes of the countries that the shop ships to; None: all of them."""
    lists = ShippingMethod.objects.filter(active=True).values_list("countries", flat=True)
    return None if any(not each for each in lists) else sorted({code for each in lists for code in each})


def _is_for(voucher: Voucher, variant: Variant) -> bool:
    if variant.price_before is not None and not voucher.sale_too:
        return False
    if voucher.category is None:
        return True
    path = variant.product.category.path
    return path == voucher.category.path or path.startswith(f"{voucher.category.path}/")
