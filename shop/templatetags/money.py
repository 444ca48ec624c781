"""Amounts of the shop's one currency, as a reader of the page's language writes them."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import pgettext

register = template.Library()

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "VND": "₫"}
WHOLE = {"JPY", "VND", "KRW"}  # currencies without a smaller coin


@register.filter
def money(amount: Decimal | None) -> str:
    """An amount with its currency: €49.90. Nothing for no amount."""
    if amount is None:
        return ""
    currency = settings.CURRENCY
    number = number_format(amount, 0 if currency in WHOLE else 2, use_l10n=True, force_grouping=True)
    symbol = SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    # Translators: where the currency's symbol stands beside the number.
    return pgettext("amount of money", "{symbol}{number}").format(symbol=symbol, number=number)
