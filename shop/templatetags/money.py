"""Amounts of the shop's one currency, as a reader of the page's language writes them: €49.90, 1.250.000 ₫."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, pgettext

register = template.Library()

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "VND": "₫", "KRW": "₩"}
WHOLE = {"JPY", "VND", "KRW"}  # currencies without a smaller coin


@register.filter
def money(amount: Decimal | None) -> str:
    """An amount with its currency: €49.90. Nothing for no amount."""
    if amount is None:
        return ""
    return _spelled(amount, 0 if settings.CURRENCY in WHOLE else 2, settings.CURRENCY, get_language())


@register.filter
def price_band(text: str) -> str:
    """A band of prices as an address spells it, 20-30, as a reader does: €20 to €30."""
    low, high = (_round(side) for side in text.partition("-")[::2])
    if not high:
        return gettext("{price} and more").format(price=low)
    return gettext("{low} to {high}").format(low=low, high=high)


def _round(side: str) -> str:
    """An amount without the decimals that say nothing."""
    amount = Decimal(side) if side else None
    decimals = 0 if amount is None or amount == int(amount) else 2
    return "" if amount is None else _spelled(amount, decimals, settings.CURRENCY, get_language())


@lru_cache(4096)  # a list has dozens of prices, and shops few
def _spelled(amount: Decimal, decimals: int, currency: str, _language: str | None) -> str:
    number = number_format(amount, decimals, use_l10n=True, force_grouping=True)
    if symbol := SYMBOLS.get(currency):
        # Translators: where the currency's symbol stands beside the number, with a no-break space if there is one.
        return pgettext("amount of money", "{symbol}{number}").format(symbol=symbol, number=number)
    # Translators: the same for a code, such as CHF; the space is a no-break space.
    return pgettext("amount of money", "{code}\N{NO-BREAK SPACE}{number}").format(code=currency, number=number)
