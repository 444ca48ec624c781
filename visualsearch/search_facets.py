"""Reads of the index: how many of the products that look like a region have which size, colour, price ...

Beside `search` the only place with a distance operator. Counted are products, over the visually relevant set: those
with a region at the same position that scores at least the list's floor, or all at that position without a floor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.counts import Count, columns, statement, tables
from catalog.filters import NO_FILTERS, Filters
from visualsearch.search import DISTANCE, SCAN_ON, SURVIVORS, few, settled_cursor

if TYPE_CHECKING:
    from visualsearch.models import PhotoRegion

RELEVANT = f"""
    SELECT {{columns}} FROM catalog_listing
    WHERE product_id IN (SELECT image.product_id {SURVIVORS.format(narrowed="{near}")})
"""  # noqa: S608
NEAR = f" AND {DISTANCE} <= %s"
WITHOUT = " AND product.id <> ALL(%s::bigint[])"


def counts(
    region: PhotoRegion,
    *,
    filters: Filters = NO_FILTERS,
    floor: float | None = None,
    without: tuple[int, ...] = (),
) -> list[Count]:
    """For each field and each of its values the number of products, and one row for `ALL`. One statement."""
    params: list[Any] = [region.position, region.search.version_id]
    params += [] if floor is None else [region.pk, -floor]
    params += [list(without)] if without else []
    near = ("" if floor is None else NEAR) + (WITHOUT if without else "")
    counted = tables(filters)
    relevant = RELEVANT.format(columns=", ".join(columns(counted)), near=near)
    with settled_cursor("" if few(region) else SCAN_ON) as cursor:
        cursor.execute(*statement(relevant, params, counted))
        return [Count._make(row) for row in cursor.fetchall()]
