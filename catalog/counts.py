"""How many products of a list have which size, colour, price ...: each field counted under the filters of all others,
as if its own were not set. That is what choosing one of its values would give.

The list itself is a statement about the listing: of a shelf, of what words found, of what looks like a photo.
Without filters of variants the facets of the listing are counted, one row a product; with them, the variants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

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


class Table(NamedTuple):
    """Fields that are counted under the same filters."""

    filters: Filters
    fields: tuple[str, ...]


# --- The SQL --------------------------------------------------------------------------------------------------------
# Of each table; {n} is its number.
PRODUCTS = "product_{n} AS (SELECT * FROM relevant AS product WHERE TRUE{narrowed})"
# Of all tables with filters of variants, read once: which variants pass which of them. {apart} is OFFSET 0, which keeps
# a product's variants together with it: they are looked up by the product, never all there are. Where many products are
# looked through, it is nothing.
OFFERS = """
    offer AS MATERIALIZED (
        SELECT product.*, offer.*
        FROM (SELECT {columns} FROM relevant) AS product CROSS JOIN LATERAL (
            SELECT id, size_key, colour_key, band, stock > 0 AS in_stock, price_before IS NOT NULL AS on_sale, {passes}
            FROM catalog_variant AS offer WHERE offer.product_id = product.product_id{apart}
        ) AS offer WHERE {useful}
    )
"""
OFFERED = "offer_{n} AS NOT MATERIALIZED (SELECT * FROM offer AS product WHERE {passes}{narrowed})"
# The products of a table, each once, as {of}: without filters of variants `product_{n}`, with them this.
PASSED = """
    passed_{n} AS MATERIALIZED (
        SELECT product_id, category_id, brand_key, bool_or(in_stock) AS in_stock, bool_or(on_sale) AS on_sale
        FROM offer_{n} GROUP BY 1, 2, 3
    )
"""
EVERY = "(SELECT 'all' AS field, '' AS value, '' AS label, 0 AS place, count(*) AS products FROM {of})"
CATEGORIES = """
    (SELECT 'category', above.path, above.name, 0, sum(products)::bigint
    FROM (SELECT category_id, count(*) AS products FROM {of} GROUP BY 1) AS shelf
    JOIN catalog_category AS own ON own.id = shelf.category_id
    JOIN catalog_category AS above ON above.path = own.path OR starts_with(own.path, above.path || '/')
    GROUP BY above.path, above.name)
"""
OF_PASSED = {
    "brand": """
        (SELECT 'brand', brand, '', 0, products FROM (
            SELECT brand_key, count(*) AS products, min(product_id) AS product_id FROM passed_{n} GROUP BY 1
        ) AS passed JOIN catalog_listing USING (product_id) WHERE brand <> '')
    """,
    "in_stock": "(SELECT 'in_stock', '1', '', 0, count(*) FROM passed_{n} WHERE in_stock)",
    "on_sale": "(SELECT 'on_sale', '1', '', 0, count(*) FROM passed_{n} WHERE on_sale)",
}
# A product counts once for each value that one of its variants has; one of these variants tells what it is called.
KEYS = {"size": "size_key", "colour": "colour_key", "price": "band"}
COUNTED = """
    counted_{n} AS MATERIALIZED (
        SELECT {field} AS field, {keys}, count(DISTINCT product_id) AS products, min(id) AS id
        FROM offer_{n} GROUP BY GROUPING SETS ({sets})
    )
"""
WORD = """
    (SELECT field, offer.{field}, '', 0, products FROM counted_{{n}} JOIN catalog_variant AS offer USING (id)
    WHERE field = '{field}' AND offer.{field} <> '')
"""
OF_OFFERS = {
    **{field: WORD.format(field=field) for field in ("size", "colour")},
    "price": "(SELECT field, '', '', band, products FROM counted_{n} WHERE field = 'price')",
}
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
FIELDS = (ALL, "category", *OF_PASSED, *OF_OFFERS)


def tables(filters: Filters, without: Sequence[str] = ()) -> list[Table]:
    """Which fields are counted under which filters, so that each is under all but its own. `without` names fields that
    nobody asks for.
    """
    chosen = dict.fromkeys(one.field for one in (*filters.of_product(), *filters.of_offer()))
    rest = Table(filters, tuple(field for field in FIELDS if field not in chosen and field not in without))
    return [rest, *(Table(filters.without(field), (field,)) for field in chosen if field not in without)]


def columns(counted: Sequence[Table]) -> list[str]:
    """Of the listing, what these tables are counted from."""
    more = {
        "brand": any(table.filters.brand for table in counted),
        "facets": any(not table.filters.of_offer() for table in counted),
    }
    return ["product_id", "category_id", "brand_key", *(name for name, needed in more.items() if needed)]


def statement(
    relevant: str, params: Sequence[Any], counted: Sequence[Table], *, many: bool = False
) -> tuple[str, list[Any]]:
    """SQL that counts, and its parameters. `relevant` selects the `columns` of listings, each once; `many`, if they are
    a good part of all.
    """
    made, values = _passing(relevant, counted, many=many)
    parts, more = list[str](), list[Any]()
    for number, table in enumerate(counted):
        if table.filters.of_offer():
            made += [PASSED.format(n=number), *_counted(number, table.fields)]
            parts += _by_offer(number, table.fields)
        else:
            parts += _by_product(number, table.fields)
            more += [laid] if (laid := _laid(table.fields)) else []
    return f"WITH {', '.join(made)} {' UNION ALL '.join(parts)}", [*params, *values, *more]


def passing(relevant: str, params: Sequence[Any], filters: Filters, *, many: bool = False) -> tuple[str, list[Any]]:
    """SQL for the ids of the products with a variant that passes, and its parameters: sooner than asking each product
    in an order until a page is full, where few pass.
    """
    made, values = _passing(relevant, [Table(filters, ())], many=many)
    return f"WITH {', '.join(made)} SELECT DISTINCT product_id FROM offer_0", [*params, *values]  # noqa: S608


def _passing(relevant: str, counted: Sequence[Table], *, many: bool) -> tuple[list[str], list[Any]]:
    """Of each table the products that pass, or, where variants are asked for, those; and the values that this takes."""
    made, values = [f"relevant AS MATERIALIZED ({relevant})"], list[Any]()
    by_table = [table.filters.of_offer() for table in counted]
    if every := list(dict.fromkeys(one for some in by_table for one in some)):
        passes = ", ".join(f"{one.sql} AS passes_{number}" for number, one in enumerate(every))
        useful = " OR ".join(f"({_passes(some, every)})" for some in by_table if some)
        names, apart = ", ".join(name for name in columns(counted) if name != "facets"), "" if many else " OFFSET 0"
        made.append(OFFERS.format(columns=names, passes=passes, useful=useful, apart=apart))
        values += [param for one in every for param in one.params]
    for number, (table, some) in enumerate(zip(counted, by_table, strict=True)):
        of_product = table.filters.of_product()
        narrowed = "".join(f" AND {one.sql}" for one in of_product)
        sql = OFFERED.format(n=number, passes=_passes(some, every), narrowed=narrowed) if some else ""
        made.append(sql or PRODUCTS.format(n=number, narrowed=narrowed))
        values += [param for one in of_product for param in one.params]
    return made, values


def _passes(some: Sequence[Condition], every: Sequence[Condition]) -> str:
    return " AND ".join(f"passes_{every.index(one)}" for one in some)


def _by_product(number: int, fields: Sequence[str]) -> list[str]:
    """Counts of a table without filters of variants."""
    parts = [STOCKED.format(n=number)] if "in_stock" in fields else []
    parts += [FACETS.format(n=number)] if _laid(fields) else []
    return [*_whole(f"product_{number}", fields), *parts]


def _laid(fields: Sequence[str]) -> list[str]:
    """Those of the fields that the listing has laid ready."""
    return [field for field in fields if field not in (ALL, "category", "in_stock")]


def _counted(number: int, fields: Sequence[str]) -> list[str]:
    """All groups of variants of a table with filters of variants, found in one turn; none where none is asked for."""
    keys = {field: KEYS[field] for field in fields if field in KEYS}
    if not keys:
        return []
    field = "CASE {} END".format(" ".join(f"WHEN GROUPING({key}) = 0 THEN '{field}'" for field, key in keys.items()))
    sets = ", ".join(f"({key})" for key in keys.values())
    return [COUNTED.format(n=number, field=field, keys=", ".join(keys.values()), sets=sets)]


def _by_offer(number: int, fields: Sequence[str]) -> list[str]:
    """Counts of a table with filters of variants."""
    some = [sql.format(n=number) for field, sql in {**OF_PASSED, **OF_OFFERS}.items() if field in fields]
    return [*_whole(f"passed_{number}", fields), *some]


def _whole(products: str, fields: Sequence[str]) -> list[str]:
    return [sql.format(of=products) for field, sql in ((ALL, EVERY), ("category", CATEGORIES)) if field in fields]
