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
# A field of the product: each product counts once, if one of its variants is as the filters say.
OF_PRODUCT = """
    (SELECT '{field}' AS field, {value} AS value, {label} AS label, 0 AS place, {number} AS products
    FROM (SELECT {columns} FROM product WHERE {counted}{narrowed}{offered} {collected}) AS product {joined} {grouped})
"""
OFFERED = " AND EXISTS (SELECT FROM offer WHERE offer.product_id = product.id{held})"
# A field of the variant: a product counts once for each value that one of its variants has.
OF_OFFER = """
    (SELECT '{field}' AS field, {value} AS value, '' AS label, {place} AS place, count(*) AS products
    FROM (
        SELECT offer.product_id, {key} AS key, min({shown}) AS value
        FROM offer {joined} WHERE {counted}{narrowed} GROUP BY 1, 2
    ) AS offer {grouped})
"""
SHELVES = """
    JOIN catalog_category AS shelf ON shelf.id = product.category_id
    JOIN catalog_category AS above ON above.path = shelf.path OR starts_with(shelf.path, above.path || '/')
"""
BAND = "width_bucket(offer.price, %s::numeric[])"

PLAIN = {"value": "''", "label": "''", "number": "count(*)", "columns": "brand", "counted": "TRUE"}
PLAIN |= {"collected": "", "joined": "", "grouped": ""}
PRODUCTS = {
    ALL: PLAIN,
    "category": PLAIN
    | {"value": "above.path", "label": "above.name", "number": "sum(number)::bigint", "joined": SHELVES}
    | {"columns": "category_id, count(*) AS number", "collected": "GROUP BY category_id"}
    | {"grouped": "GROUP BY above.path, above.name"},
    "brand": PLAIN | {"value": "min(brand)", "counted": "brand <> ''", "grouped": "GROUP BY lower(brand)"},
}
OFFERS = {
    **{
        name: {"key": f"lower(offer.{name})", "shown": f"offer.{name}", "counted": f"offer.{name} <> ''"}
        | {"value": "min(value)", "place": "0", "grouped": "GROUP BY key"}
        for name in ("size", "colour")
    },
    "price": {"key": BAND, "shown": "''", "counted": "TRUE", "value": "''", "place": "key", "grouped": "GROUP BY key"},
    **{
        name: {"key": "TRUE", "shown": "''", "counted": counted, "value": "'1'", "place": "0", "grouped": ""}
        for name, counted in {"in_stock": "offer.stock > 0", "on_sale": "offer.price_before IS NOT NULL"}.items()
    },
}


def statement(relevant: str, params: Sequence[Any], filters: Filters) -> tuple[str, list[Any]]:
    """SQL that counts, and its parameters. `relevant` selects the products' `id`s, each once."""
    values, parts = list(params), []
    for field in (*PRODUCTS, *OFFERS):
        part, more = _of_product(field, filters) if field in PRODUCTS else _of_offer(field, filters)
        parts.append(part)
        values += more
    return RELEVANT.format(relevant=relevant) + " UNION ALL ".join(parts), values


def _of_product(field: str, filters: Filters) -> tuple[str, list[Any]]:
    mine, its = _others(field, filters.of_product()), _others(field, filters.of_offer())
    offered = OFFERED.format(held=_all_of(its)) if its else ""
    sql = OF_PRODUCT.format(field=field, narrowed=_all_of(mine), offered=offered, **PRODUCTS[field])
    return sql, _params(mine, its)


def _of_offer(field: str, filters: Filters) -> tuple[str, list[Any]]:
    its, products = _others(field, filters.of_product()), _others(field, filters.of_offer())
    joined = "JOIN product ON product.id = offer.product_id" if its else ""
    sql = OF_OFFER.format(field=field, narrowed=_all_of([*its, *products]), joined=joined, **OFFERS[field])
    steps = [list(STEPS)] if field == "price" else []
    return sql, [*steps, *_params(its, products)]


def _others(field: str, conditions: list[Condition]) -> list[Condition]:
    """All but those of the field itself."""
    return [one for one in conditions if one.field != field]


def _params(*some: list[Condition]) -> list[Any]:
    return [param for conditions in some for one in conditions for param in one.params]


def _all_of(conditions: list[Condition]) -> str:
    return "".join(f" AND {one.sql}" for one in conditions)
