"""How many products of a list have which size, colour, price ...: each field counted under the filters of all others,
as if its own were not set. That is what choosing one of its values would give.

The list itself is a statement that gives the ids of its products: a shelf, what words found, what looks like a photo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.filters import STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.filters import Condition, Filters

ALL = "all"  # the field of the row that counts the list as it is


class Count(NamedTuple):
    """So many products of the list, as narrowed by the other fields, have this value of this field."""

    field: str
    value: str
    label: str
    place: int  # of a price: the number of its band
    products: int


# --- The SQL --------------------------------------------------------------------------------------------------------
RELEVANT = """
    WITH relevant AS MATERIALIZED ({relevant}),
    product AS MATERIALIZED (
        SELECT row.id, row.brand, row.category_id FROM catalog_product AS row JOIN relevant ON relevant.id = row.id
    ),
    offer AS MATERIALIZED (
        SELECT row.id, product_id, size, colour, price, price_before, stock
        FROM catalog_variant AS row JOIN relevant ON relevant.id = row.product_id
    )
"""
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


def statement(relevant: str, params: Sequence[Any], filters: Filters) -> tuple[str, list[Any]]:
    """SQL that counts, and its parameters. `relevant` selects the products' `id`s, each once."""
    values = list(params)
    of_product, of_offer = filters.of_product(), filters.of_offer()
    parts = []
    for field, part in PARTS.items():
        kept = [one for one in (*of_product, *of_offer) if one.field != field]
        parts.append(NARROWED.format(field=field, narrowed=_all_of(kept), **part._asdict()))
        values += [list(STEPS)] if field == "price" else []
        values += [param for one in kept for param in one.params]
    return RELEVANT.format(relevant=relevant) + " UNION ALL ".join(parts), values


def _all_of(conditions: list[Condition]) -> str:
    return "".join(f" AND {one.sql}" for one in conditions)
