"""A list of products on a page of its own: narrowed, sorted, counted, and cut into pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import F
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog import slips
from catalog.counts import ALL, FIELDS, Count, Table, columns, passing, statement, tables
from catalog.facets import Facets, laid_out
from catalog.filters import NO_FILTERS, Filters
from catalog.models import Category, Product
from catalog.modelslisting import Listing
from visualsearch.results import Narrowing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from catalog.querysets import ListingQuerySet


PAGE = 24
WHOLE = (Table(NO_FILTERS, FIELDS),)  # what an open list can be narrowed to
DEEPEST = 400  # pages that are told apart: whoever looks for something narrows the list
MANY = 2_000  # products from which counts are kept a while; of fewer they are exact at any moment
VERY_MANY = 10_000  # products from which it is quicker to read all variants once than those of each
FEW = 200  # products up to which a narrowed list is found as a whole
KEPT = 300  # seconds

SORTS = {
    "": _("Newest first"),
    "price": _("Price, rising"),
    "price-down": _("Price, falling"),
    "name": _("Name"),
}
NEWEST, LIKEST = ("-created", "-product_id"), ("-likeness", "-product_id")
ORDERS: dict[str, tuple[Any, ...]] = {
    "price": (F("price").asc(nulls_last=True), "-product_id"),
    "price-down": (F("price").desc(nulls_last=True), "-product_id"),
    "name": ("name", "-product_id"),
}


class Counted(Paginator):
    """Pages of a list whose length is known already. Which products a page of a long list has is kept a while."""

    def __init__(self, listings: QuerySet[Listing], length: int, first: QuerySet[Listing] | None = None) -> None:
        """`first` are those that the list begins with, if they are found sooner than the others."""
        super().__init__(listings, PAGE)
        self.length, self.first = length, first

    @cached_property
    def count(self) -> int:
        """As it was counted with everything else, as far as pages go."""
        return min(self.length, DEEPEST * PAGE)

    def page(self, number: Any) -> Page[Product]:
        """First which products, then what their cards show: of the others nothing is read."""
        number = self.validate_number(number)
        start = (number - 1) * PAGE
        listings: Any = self.object_list
        wanted = listings.values_list("pk", flat=True)[start : start + PAGE]
        make = partial(self._ids, wanted, start)
        ids = kept(wanted.query, make) if self.length >= MANY else make()
        cards = Product.objects.published().for_cards().in_bulk(ids)
        return Page([cards[pk] for pk in ids if pk in cards], number, self)

    def _ids(self, wanted: QuerySet[Listing], start: int) -> list[Any]:
        if self.first is not None and self.length >= MANY:
            ids = list(self.first.values_list("pk", flat=True)[start : start + PAGE])
            if len(ids) == PAGE:
                return ids
        return list(wanted)


@dataclass(frozen=True, slots=True)
class ProductList:
    """What a page shows of a list. To its filters' templates it is what an item of a photo is to theirs."""

    path: str
    kept: Sequence[tuple[str, str]]  # what else the address says, such as the words
    filters: Filters
    sort: str
    facets: Facets
    page: Any
    numbers: Any
    sorts: list[tuple[str, Any]]

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        listings: ListingQuerySet,
        *,
        kept: Sequence[tuple[str, str]] = (),
        without: Sequence[str] = (),
        likest: ListingQuerySet | None = None,
    ) -> ProductList:
        """The page that the address asks for. `without` names facets that say nothing here; of what words found,
        `likest` are those at the top.
        """
        filters, sort = Filters.read(request.GET), request.GET.get("sort", "")
        sort = sort if sort in ORDERS else ""
        many = bool(filters) and very_many(listings)
        facets = counted(listings, filters, without=without, many=many)
        facets = Facets(facets.products, [one for one in facets.fields if one.field not in without], facets.near)
        order = ORDERS.get(sort) or (NEWEST if likest is None else LIKEST)
        narrowed = narrow(listings, filters, facets.products, many=many).order_by(*order)
        first = None if sort or likest is None else likest.narrowed(filters)
        page = Counted(narrowed, facets.products, first).get_page(request.GET.get("page"))
        numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        usual = SORTS[""] if likest is None else _("Likest first")
        sorts = [("", usual), *(pair for pair in SORTS.items() if pair[0])]
        return cls(request.path, list(kept), filters, sort, facets, page, numbers, sorts)

    @property
    def url(self) -> str:
        """The address without any filter."""
        return self._address([])

    @property
    def narrowed(self) -> list[Narrowing]:
        """Each filter that is set, with the address of the list without it."""
        pairs, labels = self.filters.pairs, self.facets.labels
        rest = ([other for other in pairs if other != pair] for pair in pairs)
        return [Narrowing(*p, labels.get(p, p[1]), self._address(kept)) for p, kept in zip(pairs, rest, strict=True)]

    @property
    def plain(self) -> bool:
        """Whether the list is as it lies: what search engines may know."""
        return not self.filters and not self.sort

    def _address(self, pairs: list[tuple[str, str]]) -> str:
        sort = [("sort", self.sort)] if self.sort else []
        return f"{self.path}?{urlencode([*self.kept, *pairs, *sort])}"


def counted(
    listings: ListingQuerySet,
    filters: Filters,
    *,
    without: Sequence[str] = (),
    many: bool = False,
    anew: bool = False,
) -> Facets:
    """How many products have what, each field under the filters of all others. Of long lists a little old.

    Without filters all fields are counted and kept: whoever sets the first finds the counts of its field there.
    `without` names fields that nobody asks for; `many`: see `very_many`; `anew` counts whatever is kept.
    """
    asked = tables(filters, without)
    narrowed = [table for table in asked if table.filters]
    free = [field for table in asked if not table.filters for field in table.fields]
    rows = _counts(listings, narrowed, anew=anew, many=many) if narrowed else []
    if free:
        rows += [count for count in _counts(listings, WHOLE, anew=anew) if count.field in free]
    return laid_out(rows, filters)


def narrow(listings: ListingQuerySet, filters: Filters, length: int, *, many: bool = False) -> ListingQuerySet:
    """Those that are as the filters say, so many: few are found by their variants, many by asking one after another."""
    if length == 0:
        return listings.none()
    if length > FEW or not filters.of_offer():
        return listings.narrowed(filters)
    relevant = listings.order_by().values(*columns([Table(filters, ())])).query.sql_with_params()
    ids = [pk for (pk,) in _rows(passing(*relevant, filters, many=many))]
    return listings.filter(pk__in=ids)


def very_many(listings: ListingQuerySet) -> bool:
    """Whether a list is known to be so long, without filters, that all variants are best read once."""
    known = _known(_counting(listings, WHOLE)) or []
    return any(one.field == ALL and one.products >= VERY_MANY for one in map(Count._make, known))


def _counts(
    listings: ListingQuerySet, asked: Sequence[Table], *, anew: bool = False, many: bool = False
) -> list[Count]:
    whole = _counting(listings, asked, many=many)
    return list(map(Count._make, kept(whole, partial(_rows, whole), _long, anew=anew)))


def _counting(listings: ListingQuerySet, asked: Sequence[Table], *, many: bool = False) -> tuple[str, list[Any]]:
    relevant = listings.order_by().values(*columns(asked)).query.sql_with_params()
    return statement(*relevant, asked, many=many)


def warm() -> int:
    """Count the long shelves anew, before what is kept of them grows old. Returns how many they are.

    In a shop that has one, the words that slips are compared with are learnt too.
    """
    number = 0
    for shelf in Category.objects.order_by("path"):
        listings = Listing.objects.published().in_category(shelf)
        if listings[MANY - 1 : MANY].exists():
            number += 1
            counted(listings, NO_FILTERS, anew=True)
    if number:
        slips.learn()
    return number


def kept(
    query: object, make: Callable[[], list[Any]], worth: Callable[[list[Any]], bool] = bool, *, anew: bool = False
) -> list[Any]:
    """What a query gave some time ago, or gives now; remembered if it is worth it."""
    known = None if anew else _known(query)
    if known is None:
        known = make()
        if worth(known):
            cache.set(_name(query), known, KEPT)
    return known


def _known(query: object) -> list[Any] | None:
    known: list[Any] | None = cache.get(_name(query))
    return known


def _name(query: object) -> str:
    return f"list:{hashlib.sha256(str(query).encode()).hexdigest()}"


def _rows(counting: tuple[str, list[Any]]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(*counting)
        return [tuple(row) for row in cursor.fetchall()]


def _long(rows: list[Any]) -> bool:
    return any(row[0] == ALL and row[4] >= MANY for row in rows)
