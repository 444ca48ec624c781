"""Reads of the index: the products nearest to a region of a photo, in an order that words have a say in.

Beside `search` one more place with a distance operator. A list holds what it would hold without words, and ends where
it would end: words only move products forward, and only those that the shop stands for, above the list's floor.

A product's place is its distance less what the words give it: `WEIGHT` times the mean of its grades (0 to 1, one for
each wish), and `ALL` more if it meets every wish, which is more than all else can differ by. What no product near
speaks of gives nothing to any. Somebody who says "in red" means the same kind of thing in red, while to a picture the
colour is much of the likeness: `KIND` times the share of the nearest `FEW` products that are in a category of this
name is taken off, too. The sum is a product's own, unlike a rank among others, and a cursor names the nearest few: a
product that comes or goes while somebody turns pages moves no other, and leaves neither holes nor doubles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from visualsearch import shades
from visualsearch.cards import hydrated, still_there
from visualsearch.ml.types import Box
from visualsearch.search import DISTANCE, SCAN_ON, START, SURVIVORS, Hit, Page, Place, ended, few, settled_cursor

if TYPE_CHECKING:
    from catalog.models import Product, ProductImage
    from visualsearch.search import Ask
    from visualsearch.wishes import Wish, Wishes

READ = 5000  # products, the nearest, whose texts are read; beyond them the picture alone decides
WEIGHT, KIND, ALL = 0.5, 1.0, 4.0
FEW = 5  # products by the picture alone that say what kind of thing the photo shows, the first of them what it costs
NEVER = "(?!)"  # a pattern that fits nothing


class Heard(NamedTuple):
    """A wish, and how many of the products near speak of it, as narrowed."""

    wish: Wish
    products: int


class Answer(NamedTuple):
    """A page of a list in words' order, what was heard, and how many products meet all that could be heeded."""

    page: Page
    heard: list[Heard]
    products: int


class Row(NamedTuple):
    """A product by the picture to be shown of it."""

    product_id: int
    image_id: int
    region_id: int
    x1: float
    y1: float
    x2: float
    y2: float
    shown: float  # distance of that picture
    distance: float  # of the nearest picture: it decides with the words where the product stands
    key: float


# --- The SQL --------------------------------------------------------------------------------------------------------
# Every region of the position is looked at once. Texts are read of what lies above the floor only.
STATEMENT = """
    WITH near AS MATERIALIZED (
        SELECT image.product_id, region.image_id, region.id, region.x1, region.y1, region.x2, region.y2,
            unaccent(lower(image.colour)) AS colour, {distance} AS distance {survivors}
    ), best AS MATERIALIZED (
        SELECT product_id AS id, min(distance) AS distance FROM near GROUP BY product_id
    ), pool AS MATERIALIZED (
        SELECT id, distance FROM best WHERE distance <= %s ORDER BY distance, id LIMIT {read}
    ), nearest AS MATERIALIZED (
        {nearest}
    ), kin AS MATERIALIZED (
        SELECT shelf.name, count(*) / sum(count(*)) OVER () AS share FROM nearest
        JOIN catalog_product AS product ON product.id = nearest.id
        JOIN catalog_category AS shelf ON shelf.id = product.category_id GROUP BY shelf.name
    ), said AS MATERIALIZED (
        SELECT product.id, COALESCE((SELECT share FROM kin WHERE kin.name = shelf.name), 0)::float8 AS kin, {grades}
        FROM pool
        JOIN catalog_product AS product ON product.id = pool.id
        JOIN catalog_category AS shelf ON shelf.id = product.category_id
        CROSS JOIN LATERAL (
            SELECT lower(concat_ws(' . ', product.name, product.brand, array_to_string(product.tags, ' . '), shelf.name,
                translate(shelf.path, '/-_', '   '))) AS head, lower(product.description) AS body
        ) AS text
        CROSS JOIN LATERAL (
            SELECT text.head, text.body, unaccent(lower(product.name)) AS name,
                to_tsvector('english', unaccent(text.head)) AS heading,
                to_tsvector('english', unaccent(text.body)) AS telling OFFSET 0
        ) AS told
    ), counted AS MATERIALIZED (SELECT {counts} FROM said),
    weighed AS MATERIALIZED (
        SELECT said.id, said.kin, {mean} AS mean, {every} AS every FROM said CROSS JOIN counted
    ), page AS MATERIALIZED (
        SELECT * FROM (
            SELECT best.id, best.distance, best.distance
                - COALESCE({weight} * mean + {kind} * kin + CASE WHEN every THEN {all} ELSE 0 END, 0) AS key
            FROM best LEFT JOIN weighed ON weighed.id = best.id
        ) AS placed WHERE (key, id) > (%s::float8, %s) ORDER BY key, id LIMIT %s
    ), shown AS (
        SELECT DISTINCT ON (near.product_id) near.product_id, near.image_id, near.id AS region_id,
            near.x1, near.y1, near.x2, near.y2, near.distance AS shown, page.distance, page.key
        FROM near JOIN page ON page.id = near.product_id
        ORDER BY near.product_id, near.colour ~ %s DESC, near.distance, near.id
    )
    SELECT counted.*, (SELECT count(*) FROM weighed WHERE every) AS met,
        (SELECT array_agg(id ORDER BY place) FROM nearest) AS nearest, shown.*
    FROM counted LEFT JOIN shown ON TRUE ORDER BY key, product_id
"""
NEAREST = "SELECT id, row_number() OVER (ORDER BY distance, id) AS place FROM pool ORDER BY place LIMIT %s"
NAMED = "SELECT id, place FROM unnest(%s::bigint[]) WITH ORDINALITY AS named (id, place)"


def nearest_with_words(ask: Ask, wishes: Wishes) -> Answer:
    """A page of the list that `ask` is for, as wishes order it. One statement, and three for the cards.

    Of a product with a picture in a wanted colour that picture is shown. Raises `BadCursor`.
    """
    place = Place.read(ask.after) if ask.after else START
    with settled_cursor("" if few(ask.region, ask.filters) else SCAN_ON) as cursor:
        cursor.execute(*_statement(ask, wishes, place))
        found = cursor.fetchall()
    told = len(wishes.each)
    heard = [Heard(*each) for each in zip(wishes.each, found[0][:told], strict=True)]
    met, nearest = found[0][told : told + 2]
    rows = [Row._make(row[told + 2 :]) for row in found if row[told + 2] is not None]
    page = _page(ask, place, rows, tuple(nearest or ()))
    return Answer(page, heard, met if any(one.products for one in heard) else 0)


def _statement(ask: Ask, wishes: Wishes, place: Place) -> tuple[str, list[Any]]:
    region = ask.region
    narrowed, values = ask.filters.narrowing()
    narrowed += " AND product.id <> ALL(%s::bigint[])" if ask.without else ""
    graded = [wish.graded for wish in wishes.each]
    known = " + ".join(f"(counted.n{i} > 0)::int" for i in range(len(graded)))
    met = [f"said.g{i} {'> 0' if wish.wanted else '= 0'}" for i, wish in enumerate(wishes.each)]
    grades = [f"said.g{i}" if wish.wanted else f"(said.g{i} = 0)::int" for i, wish in enumerate(wishes.each)]
    total = " + ".join(f"CASE WHEN counted.n{i} > 0 THEN {grade} ELSE 0 END" for i, grade in enumerate(grades))
    each = " AND ".join(f"(counted.n{i} = 0 OR {one})" for i, one in enumerate(met))
    sql = STATEMENT.format(
        distance=DISTANCE,
        survivors=SURVIVORS.format(narrowed=narrowed),
        read=READ,
        nearest=NAMED if place.seen else NEAREST,
        grades=", ".join(f"{one.sql} AS g{i}" for i, one in enumerate(graded)),
        counts=", ".join(f"count(*) FILTER (WHERE g{i} > 0) AS n{i}" for i in range(len(graded))),
        mean=f"({total}) / NULLIF({known}, 0)",
        every=f"{known} > 0 AND {each}",
        weight=WEIGHT,
        kind=KIND,
        all=ALL,
    )
    colours = shades.pattern(*wishes.colours) if wishes.colours else NEVER
    near = float("inf") if ask.floor is None else -ask.floor
    params = [region.pk, region.position, region.search.version_id, *values]
    params += [list(ask.without)] if ask.without else []
    params += [near, list(place.seen) if place.seen else FEW, *(param for one in graded for param in one.params)]
    return sql, [*params, place.distance, place.product_id, ask.limit + 1, colours]


def _page(ask: Ask, place: Place, rows: list[Row], nearest: tuple[int, ...]) -> Page:
    """Hits of the rows whose product is still for sale; a row more than `limit` means that another page follows."""
    kept = ended(ask, place, rows)
    shown = kept[: ask.limit]
    hits = [_hit(ask, *one) for one in still_there(shown, place.rank, *hydrated(shown))]
    if len(kept) <= ask.limit:
        return Page(hits, farther=len(kept) < len(rows))
    below = place.below + sum(ask.floor is not None and -row.distance < ask.floor for row in shown)
    return Page(hits, str(Place(shown[-1].key, shown[-1].product_id, place.rank + ask.limit, below, nearest)))


def _hit(ask: Ask, rank: int, row: Row, product: Product, image: ProductImage) -> Hit:
    accepted = None if ask.floor is None else -row.distance >= ask.floor
    return Hit(rank, product, image, -row.shown, Box(*row[3:7]), row.region_id, accepted)
