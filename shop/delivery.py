"""How soon, and for how much, a thing is with somebody in the shop's own country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from shop.prices import reckoning

if TYPE_CHECKING:
    from decimal import Decimal

    from catalog.models import Variant


@dataclass(frozen=True, slots=True)
class Hint:
    """The cheapest way: its price and working days. `others`: there are more ways, such as a quicker one."""

    price: Decimal
    first: int
    last: int
    others: bool


def hint(variant: Variant | None) -> Hint | None:
    """For one piece of a variant; None where nothing is shipped, or there is nothing to ship. Two queries."""
    if variant is None:
        return None
    ways = reckoning.offers([reckoning.Piece(variant, 1)], settings.SHOP_COUNTRY)
    if not ways:
        return None
    best = min(ways, key=lambda way: way.price)
    return Hint(best.price, best.method.days_from, best.method.days_to, len(ways) > 1)
