"""Reads of what people look for: the tallies of some days, laid out for a page and for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, F, OuterRef, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from visualsearch.charts import Chart, chart
from visualsearch.modelsinsight import Sought, Tally

if TYPE_CHECKING:
    from django.db.models import QuerySet

NUMBERS = ("asked", "accepted", "clicked", "clicks", "carts", "not_its")
RANKS = 12  # clicks farther down are counted together
CATEGORIES = 15
WORN = {
    "whole": _("Whole photo"),
    "upper": _("Upper body"),
    "lower": _("Legs"),
    "full": _("Dress"),
    "feet": _("Shoes"),
    "bag": _("Bag"),
    "head": _("Head"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """The counts of something: a day, a position, a category, or all of it."""

    name: str
    asked: int = 0
    accepted: int = 0
    clicked: int = 0
    clicks: int = 0
    carts: int = 0
    not_its: int = 0

    @classmethod
    def of(cls, name: str, row: Mapping[str, Any]) -> Self:
        """From a row of sums."""
        return cls(name, *(row[number] or 0 for number in NUMBERS))

    @property
    def unanswered(self) -> int:
        """Those without an accepted answer."""
        return self.asked - self.accepted

    @property
    def answered_share(self) -> float:
        """Per cent."""
        return 100 * self.accepted / self.asked if self.asked else 0.0

    @property
    def clicks_each(self) -> float:
        """Looks at products per search, or per item."""
        return self.clicks / self.asked if self.asked else 0.0

    @property
    def carts_each(self) -> float:
        """Products put into the cart per search, or per item."""
        return self.carts / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What people looked for in the `days` that end today."""

    days: int
    total: Line
    by_day: list[Line]
    by_position: list[Line]
    by_category: list[Line]
    ranks: list[tuple[str, int]] = field(default_factory=list)

    @property
    def day_chart(self) -> Chart:
        """Searches a day, those with an accepted answer at the bottom."""
        return chart([(one.name, (one.accepted, one.unanswered), _said(one)) for one in self.by_day])

    @property
    def rank_chart(self) -> Chart:
        """Clicks by the place of the product in its list."""
        rows = [(name, (count,), ngettext("%d click", "%d clicks", count) % count) for name, count in self.ranks]
        return chart([(name, numbers, f"{name}: {said}") for name, numbers, said in rows], marked=RANKS + 1)


def report(days: int) -> Report:
    """The last so many days, today among them; days without a search count zero."""
    today = timezone.localdate()
    begin = today - timedelta(days=days - 1)
    tallies = Tally.objects.filter(day__gte=begin, day__lte=today)
    searches, items = tallies.filter(position=""), tallies.exclude(position="").order_by()
    sums = {number: Sum(number) for number in NUMBERS}
    on = {row["day"]: row for row in searches.order_by().values("day").annotate(**sums)}
    none = dict.fromkeys(NUMBERS, 0)
    span = [begin + timedelta(days=n) for n in range(days)]
    positions = items.values("position").annotate(**sums).order_by("-asked", "position")
    categories = items.exclude(category="").exclude(position="whole").values("category").annotate(**sums)
    return Report(
        days,
        Line.of("", searches.aggregate(**sums)),
        [Line.of(_day(day), on.get(day) or none) for day in span],
        [Line.of(str(WORN.get(row["position"], row["position"])), row) for row in positions],
        [Line.of(row["category"], row) for row in categories.order_by("-asked", "category")[:CATEGORIES]],
        _ranks(searches.values_list("ranks", flat=True)),
    )


def worst(days: int) -> QuerySet[Sought]:
    """The items of the last days that the shop came least near to, the farthest first; photos only without items."""
    items = Sought.objects.filter(trace=OuterRef("trace"), ordinal__gt=0)
    asked = Sought.objects.filter(asked__gte=timezone.now() - timedelta(days=days))
    asked = asked.exclude(Exists(items), ordinal=0).select_related("product").defer("embedding")
    return asked.order_by(F("best").asc(nulls_first=True), "-asked", "pk").prefetch_related("product__images")


def counts_table(days: int) -> Iterator[list[object]]:
    """The tallies as rows of a spreadsheet, the names first."""
    yield ["day", "position", "category", *NUMBERS]
    begin = timezone.localdate() - timedelta(days=days - 1)
    for tally in Tally.objects.filter(day__gte=begin).order_by("day", "position", "category"):
        words = tally.day.isoformat(), tally.position or "(searches)", tally.category
        yield [*words, *(getattr(tally, number) for number in NUMBERS)]


def worst_table(days: int, most: int = 1000) -> Iterator[list[object]]:
    """The worst queries as rows of a spreadsheet, the names first."""
    yield ["asked", "label", "position", "x1", "y1", "x2", "y2", "best", "accepted", "nearest product"]
    for one in worst(days)[:most]:
        box = [round(side, 3) for side in one.box.as_list()]
        best = "" if one.best is None else round(one.best, 4)
        words = timezone.localtime(one.asked).isoformat(" ", "minutes"), one.label, one.position
        yield [*words, *box, best, int(one.accepted), one.product.slug if one.product else ""]


def _ranks(of_days: QuerySet[Tally, dict[str, int]]) -> list[tuple[str, int]]:
    counts = [0] * (RANKS + 1)
    for ranks in of_days:
        for rank, count in ranks.items():
            counts[min(int(rank), RANKS + 1) - 1] += count
    names = [*(str(rank) for rank in range(1, RANKS + 1)), f"{RANKS + 1}+"]
    return list(zip(names, counts, strict=True)) if any(counts) else []


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _said(line: Line) -> str:
    searches = ngettext("%d search", "%d searches", line.asked) % line.asked
    answered = gettext("%d with an accepted answer") % line.accepted
    return f"{line.name}: {searches}, {answered}"
