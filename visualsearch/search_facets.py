"""Reads of the index: how many of the products that look like a region have which size, colour, price ...

Beside `search` the only place with a distance operator. Counted are products, over the visually relevant set: those
with a region at the same position that scores at least the list's floor, or all at that position without a floor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from visualsearch.filters import NO_FILTERS, STEPS, Filters
from visualsearch.search import DISTANCE, SCAN_ON, SURVIVORS, few, settled_cursor

if TYPE_CHECKING:
    from visualsearch.filters import Condition
    from visualsearch.models import PhotoRegion

ALL = "all"  # the field of the row that counts the list as it is


class Count(NamedTuple):
    """So many products of the list, as narrowed by the other fields, have this value of this field."""

    field: str
    value: str
    label: str
    place: int  # of a price: the number of its band
    products: int


# --- The SQL --------------------------------------------------------------------------------------------------------
# Each field is counted under the filters of all others, as if its own were not set: that is what choosing one of its
# values would give.
RELEVANT = f"""
    WITH relevant AS MATERIALIZED (SELECT DISTINCT image.product_id AS id {SURVIVORS.format(narrowed="{near}")}),
    product AS MATERIALIZED (
        SELECT row.id, row.brand, row.category_id FROM catalog_product AS row JOIN relevant ON relevant.id = row.id
    ),
    offer AS MATERIALIZED (
        SELECT row.id, product_id, size, colour, price, price_before, stock
        FROM catalog_variant AS row JOIN relevant ON relevant.id = row.product_id
    )
"""  # noqa: S608 - constants
NEAR = f" AND {DISTANCE} <= %s"
WITHOUT = " AND product.id <> ALL(%s::bigint[])"
NARROWED = """
    (SELECT '{field}' AS field, {value} AS value, {label} AS label, {place} AS place,
        count(DISTINCT product.id) AS products
    FROM product LEFT JOIN offer ON offer.product_id = product.id {joined}
    WHERE {counted}{narrowed} {grouped})
"""
SHELVES = """
    JOIN catalog_category AS shelf ON shelf.id = product.category_id
    JOIN catalog_category AS above ON above.path = shelf.path OR starts_with(shelf.path, above.path || '/')
"""


class Part(NamedTuple):
    """How one field is counted: pieces of `NARROWED`."""

    value: str
    counted: str = "TRUE"
    grouped: str = ""
    label: str = "''"
    place: str = "0"
    joined: str = ""


BAND = "width_bucket(offer.price, %s::numeric[])"
PARTS = {
    ALL: Part("''"),
    "category": Part("above.path", grouped="GROUP BY above.path, above.name", label="above.name", joined=SHELVES),
    "brand": Part("min(product.brand)", "product.brand <> ''", "GROUP BY lower(product.brand)"),
    "size": Part("min(offer.size)", "offer.size <> ''", "GROUP BY lower(offer.size)"),
    "colour": Part("min(offer.colour)", "offer.colour <> ''", "GROUP BY lower(offer.colour)"),
    "price": Part("''", "offer.id IS NOT NULL", "GROUP BY 4", place=BAND),
    "in_stock": Part("'1'", "offer.stock > 0"),
    "on_sale": Part("'1'", "offer.price_before IS NOT NULL"),
}


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
    of_product, of_offer = filters.of_product(), filters.of_offer()
    parts = []
    for field, part in PARTS.items():
        kept = [one for one in (*of_product, *of_offer) if one.field != field]
        parts.append(NARROWED.format(field=field, narrowed=_all_of(kept), **part._asdict()))
        params += [list(STEPS)] if field == "price" else []
        params += [param for one in kept for param in one.params]
    with settled_cursor("" if few(region) else SCAN_ON) as cursor:
        near = ("" if floor is None else NEAR) + (WITHOUT if without else "")
        cursor.execute(RELEVANT.format(near=near) + " UNION ALL ".join(parts), params)
        return [Count._make(row) for row in cursor.fetchall()]


def _all_of(conditions: list[Condition]) -> str:
    return "".join(f" AND {one.sql}" for one in conditions)
