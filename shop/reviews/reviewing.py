"""Reviews are written, read by a keeper, shown; and what a product's come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import ngettext

from shop.orders.models import OrderLine
from shop.orders.states import SOLD
from shop.reviews.models import Review

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from catalog.models import Product

FEW = 5  # on the product's page


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many customers gave how many stars."""

    counts: dict[int, int]

    @property
    def number(self) -> int:
        """Of reviews."""
        return sum(self.counts.values())

    @property
    def average(self) -> float:
        """Stars, 1 to 5; 0 without a review."""
        return sum(stars * n for stars, n in self.counts.items()) / self.number if self.number else 0.0

    @property
    def rows(self) -> list[tuple[int, int, int]]:
        """From five stars down: stars, reviews, and their share in per cent."""
        return [
            (stars, n, round(100 * n / max(self.number, 1))) for stars, n in sorted(self.counts.items(), reverse=True)
        ]

    @property
    def said(self) -> str:
        """For who does not see the stars."""
        sentence = ngettext("{stars} of 5 stars, {number} review", "{stars} of 5 stars, {number} reviews", self.number)
        return sentence.format(stars=f"{self.average:.1f}", number=self.number)


def ratings(product: Product) -> Ratings:
    """Of the reviews that are shown. One query."""
    shown = Review.objects.filter(product=product, state=Review.State.SHOWN).order_by()
    counted = dict(shown.values_list("stars").annotate(number=Count("pk")))
    return Ratings({stars: counted.get(stars, 0) for stars in range(1, 6)})


def write(product: Product, author: User, **said: Any) -> Review:
    """Keep what the author says, in the place of what they said before; a keeper reads it before it is shown."""
    bought = OrderLine.objects.filter(variant__product=product, order__owner=author, order__state__in=SOLD).exists()
    columns = said | {"verified": bought, "state": Review.State.WAITING, "reason": ""}
    return Review.objects.update_or_create(product=product, author=author, defaults=columns)[0]
