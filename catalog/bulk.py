"""Prices of many products at once: what each would be is worked out first, and written only if it still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant

if TYPE_CHECKING:
    from django.db.models import QuerySet

HIGHEST = Decimal("99999999.99")
CENT = Decimal("0.01")


class Move(TextChoices):
    """What is done to prices. During a sale, both the price and the one before it are raised and lowered."""

    RAISE_PERCENT = "raise-percent", _("Raise by per cent")
    LOWER_PERCENT = "lower-percent", _("Lower by per cent")
    RAISE_AMOUNT = "raise-amount", _("Raise by an amount")
    LOWER_AMOUNT = "lower-amount", _("Lower by an amount")
    SALE = "sale", _("Put on sale, so many per cent off")
    END_SALE = "end-sale", _("End the sale: back to the price before")


class Rounding(TextChoices):
    """Where new prices end."""

    CENT = "cent", _("to the cent")
    FIVE = "five", _("to 5 cents")
    WHOLE = "whole", _("to whole amounts")
    NINETY_FIVE = "95", _("to …95")
    NINETY_NINE = "99", _("to …99")


@dataclass(frozen=True, slots=True)
class Line:
    """A variant with its prices then; `refusal` says why they cannot be."""

    variant: Variant
    price: Decimal
    price_before: Decimal | None
    refusal: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything would be different."""
        return (self.price, self.price_before) != (self.variant.price, self.variant.price_before)


class Refused(Exception):
    """A sentence: prices were not changed."""


def plan(variants: Iterable[Variant], move: str, value: Decimal, rounding: str) -> list[Line]:
    """What a move makes of each variant's prices."""
    return [_line(variant, move, value, rounding) for variant in variants]


def variants_of(product_ids: Iterable[int]) -> QuerySet[Variant]:
    """The variants of products, as a plan is made of them, in the order in which rows are locked."""
    return Variant.objects.filter(product__in=list(product_ids)).select_related("product").order_by("pk")


def digest(lines: Iterable[Line]) -> str:
    """Tells whether a plan is still the one that was looked at."""
    said = "".join(
        f"{e.variant.pk} {e.variant.price} {e.variant.price_before} {e.price} {e.price_before}\n" for e in lines
    )
    return hashlib.sha256(said.encode()).hexdigest()


@transaction.atomic
def apply(product_ids: Iterable[int], move: str, value: Decimal, rounding: str, *, seen: str) -> int:
    """Change the prices, all or none, if the plan is the one that was `seen`. Returns how many. Raises Refused."""
    locked = variants_of(product_ids).select_for_update(of=("self",))
    lines = plan(locked, move, value, rounding)
    if digest(lines) != seen:
        raise Refused(say("Prices were changed meanwhile. Nothing was written; this is what would be now."))
    if any(line.refusal for line in lines):
        raise Refused(say("Some prices are not possible. Nothing was written."))
    changed = [line for line in lines if line.changes]
    for line in changed:
        line.variant.price, line.variant.price_before = line.price, line.price_before
    Variant.objects.bulk_update([line.variant for line in changed], ["price", "price_before"], batch_size=1000)
    return len(changed)


def rounded(amount: Decimal, rounding: str) -> Decimal:
    """The nearest price that ends as wanted; never below what that allows."""
    if rounding == Rounding.WHOLE:
        return amount.quantize(Decimal(1), ROUND_HALF_UP).quantize(CENT)
    if rounding == Rounding.FIVE:
        return ((amount / 5).quantize(CENT, ROUND_HALF_UP) * 5).quantize(CENT)
    if rounding in (Rounding.NINETY_FIVE, Rounding.NINETY_NINE):
        end = Decimal(rounding) / 100
        whole = max(Decimal(0), (amount - end).quantize(Decimal(1), ROUND_HALF_UP))
        return whole + end
    return amount.quantize(CENT, ROUND_HALF_UP)


def _line(variant: Variant, move: str, value: Decimal, rounding: str) -> Line:
    price, before = variant.price, variant.price_before
    if move == Move.END_SALE:
        return Line(variant, price, None) if before is None else Line(variant, before, None)
    if move == Move.SALE:
        usual = before or price
        return _checked(variant, rounded(usual * (100 - value) / 100, rounding), usual)
    change = _changes(value)[move]
    then = None if before is None else rounded(change(before), rounding)
    return _checked(variant, rounded(change(price), rounding), then)


def _changes(value: Decimal) -> dict[str, Callable[[Decimal], Decimal]]:
    return {
        Move.RAISE_PERCENT: lambda amount: amount * (100 + value) / 100,
        Move.LOWER_PERCENT: lambda amount: amount * (100 - value) / 100,
        Move.RAISE_AMOUNT: lambda amount: amount + value,
        Move.LOWER_AMOUNT: lambda amount: amount - value,
    }


def _checked(variant: Variant, price: Decimal, before: Decimal | None) -> Line:
    refusal = ""
    if price < 0:
        refusal = say("It would cost less than nothing.")
    elif max(price, before or price) > HIGHEST:
        refusal = say("It would cost more than there is room for.")
    elif before is not None and before <= price:
        refusal = say("The sale would not be below the price before.")
    return Line(variant, price, before, refusal)
