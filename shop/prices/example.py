"""Prices for an example shop: two ways to ship, some taxes and a voucher. A keeper's own are never touched."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import transaction

from shop.prices.models import ShippingMethod, TaxRate, Voucher

# Standard rates of value added tax, as the European Commission's Taxes in Europe Database had them in 2025; Viet Nam's
# is that of its Law on Value-Added Tax. An example: whoever opens a shop asks their tax adviser.
RATES = {
    **{"AT": 20, "BE": 21, "DE": 19, "DK": 25, "ES": 21, "FR": 20, "IE": 23, "IT": 22, "NL": 21, "PL": 23, "SE": 25},
    "VN": 10,
}
ELSEWHERE = 0  # goods for export
NEAR = sorted(set(RATES) - {"VN"})
IN_EUROS = {"VND": 27_000, "JPY": 160, "KRW": 1_450}  # about; other currencies are taken for euros
WELCOME = "HELLO10"


@transaction.atomic
def fill() -> bool:
    """Make the example's prices, if the shop has no way to ship and no tax yet; whether it did."""
    if ShippingMethod.objects.exists() or TaxRate.objects.exists():
        return False
    TaxRate.objects.bulk_create(
        [TaxRate(country=country, percent=percent) for country, percent in RATES.items()]
        + [TaxRate(country="", percent=ELSEWHERE)]
    )
    home = [settings.SHOP_COUNTRY, *(code for code in NEAR if code != settings.SHOP_COUNTRY)]
    parcel = ShippingMethod.objects.create(name="Parcel", countries=home, days_from=2, days_to=4)
    _rates(parcel, ("100", "4.90"), (None, "0"))
    express = ShippingMethod.objects.create(name="Express", countries=home, days_from=1, days_to=2, position=1)
    _rates(express, (None, "12.90"))
    world = ShippingMethod.objects.create(
        name="World parcel", basis=ShippingMethod.Basis.WEIGHT, days_from=6, days_to=14, position=2
    )
    _rates(world, ("1000", "14.90"), ("5000", "24.90"), (None, "49.90"))
    Voucher.objects.get_or_create(code=WELCOME, defaults={"kind": Voucher.Kind.PERCENT, "value": 10})
    return True


def _rates(method: ShippingMethod, *rates: tuple[str | None, str]) -> None:
    """Limits and prices; those in money are written in euros."""
    weighed = method.basis == ShippingMethod.Basis.WEIGHT
    for limit, price in rates:
        up_to = None if limit is None else Decimal(limit) if weighed else _local(limit)
        method.rates.create(up_to=up_to, price=_local(price))


def _local(euros: str) -> Decimal:
    return Decimal(euros) * IN_EUROS.get(settings.CURRENCY, 1)
