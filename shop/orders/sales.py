"""Reads of what was sold: the orders of some days, laid out for a page and for a spreadsheet.

An order counts on the day it was paid, as long as it is sold: what was cancelled or sent back counts no more. Money
that went back of orders that are still sold is taken off; `refunded` tells what went back of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from shop.orders.models import Order, OrderLine
from shop.orders.states import SOLD
from shop.templatetags.money import money
from visualsearch.charts import Chart, chart
from visualsearch.modelsinsight import Tally

if TYPE_CHECKING:
    from django.db.models import QuerySet

BEST = 20
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Day:
    """A day's sales; `searched` are the orders with something that a search by photo led to."""

    day: date
    orders: int = 0
    searched: int = 0
    revenue: Decimal = NOTHING

    @property
    def name(self) -> str:
        """The day as a reader writes it."""
        return date_format(self.day, "SHORT_DATE_FORMAT")

    @property
    def said(self) -> str:
        """The day in a sentence."""
        orders = ngettext("%d order", "%d orders", self.orders) % self.orders
        return gettext("{day}: {orders}, {revenue}").format(day=self.name, orders=orders, revenue=money(self.revenue))


@dataclass(frozen=True, slots=True)
class Seller:
    """A product by what was sold of it."""

    product: int | None  # its id, if it is still there
    name: str
    pieces: int
    revenue: Decimal
    searched: int  # pieces that a search by photo led to


@dataclass(frozen=True, slots=True)
class FromSearch:
    """The way from a search by photo to a sale, in numbers."""

    searches: int
    clicks: int
    carts: int
    orders: int
    pieces: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold in the `days` that end today."""

    days: int
    by_day: list[Day]
    refunded: Decimal
    best: list[Seller]
    search: FromSearch

    @property
    def orders(self) -> int:
        """How many."""
        return sum(day.orders for day in self.by_day)

    @property
    def revenue(self) -> Decimal:
        """What they brought, refunds taken off."""
        return sum((day.revenue for day in self.by_day), NOTHING)

    @property
    def average(self) -> Decimal | None:
        """Of one order."""
        return self.revenue / self.orders if self.orders else None

    @property
    def search_share(self) -> float:
        """Per cent of the revenue that goods after a search brought."""
        return float(100 * self.search.revenue / self.revenue) if self.revenue else 0.0

    @property
    def order_chart(self) -> Chart:
        """Orders a day, those after a search at the bottom."""
        return chart([(day.name, (day.searched, day.orders - day.searched), day.said) for day in self.by_day])

    @property
    def revenue_chart(self) -> Chart:
        """Revenue a day, in whole amounts."""
        return chart([(day.name, (max(0, round(day.revenue)),), day.said) for day in self.by_day])


def sales(days: int) -> Sales:
    """The last so many days, today among them, in five queries."""
    paid = _paid(days)
    sold = paid.filter(state__in=SOLD)
    on = {row["day"]: row for row in _by_day(sold)}
    begin = timezone.localdate() - timedelta(days=days - 1)
    span = [begin + timedelta(days=n) for n in range(days)]
    refunded = paid.aggregate(sum=_sum(F("refunded")))["sum"]
    by_day = [Day(**on[day]) if day in on else Day(day) for day in span]
    return Sales(days, by_day, refunded, best_sellers(days), _from_search(days))


def best_sellers(days: int, most: int = BEST) -> list[Seller]:
    """The products of which the most pieces were sold."""
    sums = {
        "pieces": Sum("quantity"),
        "revenue": _sum(F("price") * F("quantity")),
        "searched": Coalesce(Sum("quantity", filter=Q(searched=True)), 0),
    }
    lines: Any = _lines(days).values("variant__product", "name")
    rows = lines.annotate(**sums).order_by("-pieces", "-revenue", "name")
    return [
        Seller(row["variant__product"], row["name"], row["pieces"], row["revenue"], row["searched"])
        for row in rows[:most]
    ]


def days_table(days: int) -> Iterator[list[object]]:
    """Each day as a row of a spreadsheet, the names first."""
    yield ["day", "orders", "orders after a search", "revenue"]
    for day in sales(days).by_day:
        yield [day.day.isoformat(), day.orders, day.searched, f"{day.revenue:.2f}"]


def best_table(days: int) -> Iterator[list[object]]:
    """The best sellers as rows of a spreadsheet, the names first."""
    yield ["product", "pieces", "revenue", "pieces after a search"]
    for one in best_sellers(days, most=1000):
        yield [one.name, one.pieces, f"{one.revenue:.2f}", one.searched]


def _paid(days: int) -> QuerySet[Order]:
    first = timezone.localdate() - timedelta(days=days - 1)
    return Order.objects.filter(paid__gte=timezone.make_aware(datetime.combine(first, time()))).order_by()


def _by_day(sold: QuerySet[Order]) -> Any:
    found = Exists(OrderLine.objects.filter(order=OuterRef("pk"), searched=True))
    rows = sold.annotate(day=TruncDate("paid"), found=found).values("day")
    return rows.annotate(
        orders=Count("pk"),
        searched=Count("pk", filter=Q(found=True)),
        revenue=_sum(F("total") - F("refunded")),
    )


def _lines(days: int) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order__in=_paid(days).filter(state__in=SOLD).values("pk")).order_by()


def _from_search(days: int) -> FromSearch:
    begin = timezone.localdate() - timedelta(days=days - 1)
    tallies = Tally.objects.filter(day__gte=begin, position="")
    asked = tallies.aggregate(**{name: Coalesce(Sum(name), 0) for name in ("asked", "clicks", "carts")})
    found = _lines(days).filter(searched=True).aggregate(
        orders=Count("order", distinct=True),
        pieces=Coalesce(Sum("quantity"), 0),
        revenue=_sum(F("price") * F("quantity")),
    )  # fmt: skip
    return FromSearch(asked["asked"], asked["clicks"], asked["carts"], **found)


def _sum(expression: Any) -> Coalesce:
    money_column = DecimalField(max_digits=20, decimal_places=2)
    return Coalesce(Sum(expression, output_field=money_column), Value(NOTHING, output_field=money_column))
