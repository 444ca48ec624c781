"""How many products of a list have which size, colour, price ...: each field counted under the filters of all others,
as if its own were not set. That is what choosing one of its values would give.

The list itself is a statement about the listing: of a shelf, of what words found, of what looks like a photo.
Without filters of variants the facets of the listing are counted, one row a product; with them, the variants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from catalog.filters import STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.filters import Condition, Filters

COLUMNS = ("product_id", "category_id", "brand", "facets")
ALL = "all"  # the field of the row that counts the list as it is


class Count(NamedTuple):
    """So many products of the list, as narrowed by the other fields, have this value of this field."""

    field: str
    value: str
    label: str
    place: int  # of a price: the number of its band
    products: int


class Table(NamedTuple):
    """Fields that are counted under the same filters."""

    filters: Filters
    fields: tuple[str, ...]


# --- The SQL --------------------------------------------------------------------------------------------------------
# Of each table; {n} is its number.
# OFFSET 0 keeps a product's variants together with it: they are looked up by the product, never all there are.
PRODUCTS = "product_{n} AS (SELECT * FROM relevant AS product WHERE TRUE{narrowed})"
OFFERS = """
    offer_{n} AS MATERIALIZED (
        SELECT product.product_id, size, colour, price, price_before, stock
        FROM product_{n} AS product CROSS JOIN LATERAL (
            SELECT size, colour, price, price_before, stock
            FROM catalog_variant AS offer WHERE offer.product_id = product.product_id{narrowed} OFFSET 0
        ) AS offer
    ),
    offered_{n} AS MATERIALIZED (
        SELECT brand, category_id FROM product_{n} WHERE product_id IN (SELECT product_id FROM offer_{n})
    )
"""
EVERY = "(SELECT 'all' AS field, '' AS value, '' AS label, 0 AS place, count(*) AS products FROM {of})"
CATEGORIES = """
    (SELECT 'category', above.path, above.name, 0, sum(number)::bigint
    FROM (SELECT category_id, count(*) AS number FROM {of} GROUP BY 1) AS product
    JOIN catalog_category AS shelf ON shelf.id = product.category_id
    JOIN catalog_category AS above ON above.path = shelf.path OR starts_with(shelf.path, above.path || '/')
    GROUP BY above.path, above.name)
"""
# What the listing has laid ready, {fields} of it: "colour Blue", "price 4", the number of a band.
FACETS = """
    (SELECT field, CASE field WHEN 'price' THEN '' ELSE min(value) END, '',
        CASE field WHEN 'price' THEN min(value)::int ELSE 0 END, sum(number)::bigint
    FROM (
        SELECT split_part(facet, ' ', 1) AS field, substr(facet, strpos(facet, ' ') + 1) AS value, number
        FROM (SELECT facet, count(*) AS number FROM product_{n}, unnest(facets) AS facet GROUP BY 1) AS counted
    ) AS named WHERE field = ANY(%s) GROUP BY field, lower(value))
"""
STOCKED = """
    (SELECT 'in_stock', '1', '', 0, count(*) FROM product_{n} AS product
    WHERE EXISTS (SELECT FROM catalog_variant AS offer WHERE offer.product_id = product.product_id AND offer.stock > 0))
"""
BRANDS = "(SELECT 'brand', min(brand), '', 0, count(*) FROM offered_{n} WHERE brand <> '' GROUP BY lower(brand))"
# A product counts once for each value that one of its variants has.
OF_OFFERS = """
    (SELECT '{field}', {value}, '', {place}, count(*)
    FROM (SELECT product_id, {key} AS key, min({shown}) AS value FROM offer_{n} WHERE {counted} GROUP BY 1, 2) AS offer
    GROUP BY key)
"""
WORD = {"key": "lower({field})", "shown": "{field}", "counted": "{field} <> ''", "value": "min(value)", "place": "0"}
FLAG = {"key": "TRUE", "shown": "''", "value": "'1'", "place": "0"}
BAND = {"key": "width_bucket(price, %s::numeric[])", "shown": "''", "counted": "TRUE", "value": "''", "place": "key"}
BY_OFFER = {
    **{name: {key: sql.format(field=name) for key, sql in WORD.items()} for name in ("size", "colour")},
    "price": BAND,
    "in_stock": FLAG | {"counted": "stock > 0"},
    "on_sale": FLAG | {"counted": "price_before IS NOT NULL"},
}
FIELDS = (ALL, "category", "brand", *BY_OFFER)


def tables(filters: Filters) -> list[Table]:
    """Which fields are counted under which filters, so that each is under all but its own."""
    chosen = dict.fromkeys(one.field for one in (*filters.of_product(), *filters.of_offer()))
    rest = Table(filters, tuple(field for field in FIELDS if field not in chosen))
    return [rest, *(Table(filters.without(field), (field,)) for field in chosen)]


def statement(relevant: str, params: Sequence[Any], counted: Sequence[Table]) -> tuple[str, list[Any]]:
    """SQL that counts, and its parameters. `relevant` selects `COLUMNS` of listings, each once."""
    made, values = [f"relevant AS MATERIALIZED ({relevant})"], list(params)
    parts, more = list[str](), list[Any]()
    for number, table in enumerate(counted):
        narrowed, offers = table.filters.of_product(), table.filters.of_offer()
        made.append(PRODUCTS.format(n=number, narrowed=_all_of(narrowed)))
        made += [OFFERS.format(n=number, narrowed=_all_of(offers))] if offers else []
        values += [param for one in (*narrowed, *offers) for param in one.params]
        some, theirs = _by_offer(number, table.fields) if offers else _by_product(number, table.fields)
        parts += some
        more += theirs
    return f"WITH {', '.join(made)} {' UNION ALL '.join(parts)}", [*values, *more]


def _by_product(number: int, fields: Sequence[str]) -> tuple[list[str], list[Any]]:
    """Counts of a table without filters of variants."""
    parts = [sql.format(n=number, of=f"product_{number}") for field, sql in _whole(fields)]
    parts += [STOCKED.format(n=number)] if "in_stock" in fields else []
    laid = [field for field in fields if field not in (ALL, "category", "in_stock")]
    return [*parts, *([FACETS.format(n=number)] if laid else [])], [laid] if laid else []


def _by_offer(number: int, fields: Sequence[str]) -> tuple[list[str], list[Any]]:
    """Counts of a table with filters of variants."""
    parts = [sql.format(n=number, of=f"offered_{number}") for field, sql in _whole(fields)]
    parts += [BRANDS.format(n=number)] if "brand" in fields else []
    parts += [OF_OFFERS.format(n=number, field=name, **sql) for name, sql in BY_OFFER.items() if name in fields]
    return parts, [list(STEPS)] if "price" in fields else []


def _whole(fields: Sequence[str]) -> list[tuple[str, str]]:
    return [(field, sql) for field, sql in ((ALL, EVERY), ("category", CATEGORIES)) if field in fields]


def _all_of(conditions: list[Condition]) -> str:
    return "".join(f" AND {one.sql}" for one in conditions)
