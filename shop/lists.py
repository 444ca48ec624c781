"""A list of products on a page of its own: narrowed, sorted, counted, and cut into pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.counts import ALL, Count, statement
from catalog.facets import Facets, laid_out
from catalog.filters import Filters
from visualsearch.results import Narrowing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from catalog.models import Product

PAGE = 24
DEEPEST = 400  # pages that are told apart: whoever looks for something narrows the list
MANY = 2_000  # products from which counts are kept a while; of fewer they are exact at any moment
KEPT = 300  # seconds

SORTS = {
    "": _("Newest first"),
    "price": _("Price, rising"),
    "price-down": _("Price, falling"),
    "name": _("Name"),
}
ORDERS: dict[str, tuple[Any, ...]] = {
    "price": (F("listing__price").asc(nulls_last=True), "-id"),
    "price-down": (F("listing__price").desc(nulls_last=True), "-id"),
    "name": ("name", "-id"),
}


class Counted(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, products: QuerySet[Product], length: int) -> None:
        super().__init__(products, PAGE)
        self.length = min(length, DEEPEST * PAGE)

    @cached_property
    def count(self) -> int:
        """As it was counted with everything else."""
        return self.length


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
        products: QuerySet[Product],
        *,
        kept: Sequence[tuple[str, str]] = (),
        without: Sequence[str] = (),
        likest: bool = False,
    ) -> ProductList:
        """The page that the address asks for. `without` names facets that say nothing here, `likest` is for words."""
        filters, sort = Filters.read(request.GET), request.GET.get("sort", "")
        sort = sort if sort in ORDERS else ""
        facets = counted(products, filters)
        facets = Facets(facets.products, [one for one in facets.fields if one.field not in without], facets.near)
        order = ORDERS.get(sort) or (("-likeness", "-id") if likest else ("-created", "-id"))
        narrowed = products.narrowed(filters).order_by(*order).for_cards()  # type: ignore[attr-defined]
        page = Counted(narrowed, facets.products).get_page(request.GET.get("page"))
        numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        first = (("", _("Likest first")),) if likest else ()
        sorts = [*first, *(pair for pair in SORTS.items() if pair[0] or not likest)]
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


def counted(products: QuerySet[Product], filters: Filters) -> Facets:
    """How many products have what, each field under the filters of all others. Of long lists a little old."""
    sql, params = products.order_by().values("id").query.sql_with_params()
    counting = statement(sql, params, filters)
    name = hashlib.sha256(repr((counting, get_language())).encode()).hexdigest()
    rows = cache.get(f"counts:{name}")
    if rows is None:
        with connection.cursor() as cursor:
            cursor.execute(*counting)
            rows = [tuple(row) for row in cursor.fetchall()]
        if any(row[0] == ALL and row[4] >= MANY for row in rows):
            cache.set(f"counts:{name}", rows, KEPT)
    return laid_out([Count._make(row) for row in rows], filters)
