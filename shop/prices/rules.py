"""The rules of vouchers and shipping in a sentence, for the keeper and for the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from shop.prices.models import Voucher
from shop.templatetags.money import money

if TYPE_CHECKING:
    from datetime import datetime


def told(voucher: Voucher) -> str:
    """What a voucher takes off, off what, for whom and until when: "10% off dresses; not on what is on sale"."""
    parts = [_off(voucher)]
    if voucher.min_total:
        parts.append(gettext("from {amount} on").format(amount=money(voucher.min_total)))
    if not voucher.sale_too:
        parts.append(gettext("not on what is on sale"))
    if voucher.starts:
        parts.append(gettext("from {day}").format(day=_day(voucher.starts)))
    if voucher.ends:
        parts.append(gettext("until {day}").format(day=_day(voucher.ends)))
    if voucher.uses is not None:
        parts.append(ngettext("{number} use in all", "{number} uses in all", voucher.uses).format(number=voucher.uses))
    if voucher.uses_each is not None:
        each = ngettext("{number} use a customer", "{number} uses a customer", voucher.uses_each)
        parts.append(each.format(number=voucher.uses_each))
    return "; ".join(parts)


def _off(voucher: Voucher) -> str:
    if voucher.kind == Voucher.Kind.SHIPPING:
        return gettext("free shipping")
    percent = voucher.kind == Voucher.Kind.PERCENT
    amount = f"{number_format(voucher.value.normalize(), use_l10n=True)}%" if percent else money(voucher.value)
    if voucher.category:
        return gettext("{amount} off {category}").format(amount=amount, category=voucher.category.name)
    return gettext("{amount} off").format(amount=amount)


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")
