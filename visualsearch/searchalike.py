"""Reads of the index that begin at a picture of the catalogue: products like it, and products that are nearly the same.

Beside `search`, which begins at a photo, the only place with a distance operator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction

from visualsearch.cards import hydrated, still_there
from visualsearch.ml.types import Box
from visualsearch.models import Region
from visualsearch.search import EXACT_UP_TO, POOL, SCAN_ON, START, Hit, Page, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalog.models import Product
    from visualsearch.models import PhotoRegion, WornRegion

# --- The SQL --------------------------------------------------------------------------------------------------------
# The asking vector stays in the database. Position and version are bound on the client, so that PostgreSQL sees the
# literals that choose the position's own graph. Only the table names of models are put into the text.
COUNT = """
    SELECT count(*) FROM (
        SELECT 1 FROM visualsearch_region WHERE version_id = %s AND position = %s LIMIT %s
    ) AS counted
"""
LIKE_ONE = """
    (SELECT image.product_id, region.image_id, region.id, region.x1, region.y1, region.x2, region.y2,
        region.embedding <#> (SELECT embedding FROM {table} WHERE id = %s) AS distance
    FROM visualsearch_region AS region
    JOIN catalog_productimage AS image ON image.id = region.image_id
    JOIN catalog_product AS product ON product.id = image.product_id
    WHERE region.position = %s AND region.version_id = %s AND product.status = 'published'
        AND product.id <> ALL(%s) {order})
"""
BY_GRAPH = "ORDER BY region.embedding <#> (SELECT embedding FROM {table} WHERE id = %s) LIMIT %s"
# A product stands where its region nearest to any of those that ask stands.
LIKE_ANY = """
    SELECT best.* FROM (
        SELECT DISTINCT ON (product_id) * FROM ({}) AS gallery ORDER BY product_id, distance, id
    ) AS best WHERE (distance, product_id) > (%s::float8, %s) ORDER BY distance, product_id LIMIT %s
"""
MATCHED = """
    SELECT region.id, -(region.embedding <#> (SELECT embedding FROM visualsearch_photoregion WHERE id = %s)) AS score
    FROM visualsearch_region AS region
    JOIN catalog_productimage AS image ON image.id = region.image_id
    WHERE image.product_id = %s AND region.position = %s AND region.version_id = %s
    ORDER BY score DESC, region.id LIMIT 1
"""
ALIKE = """
    SELECT one.id, other.id FROM visualsearch_region AS one JOIN visualsearch_region AS other ON one.id < other.id
    WHERE one.id = ANY(%s) AND other.id = ANY(%s) AND one.embedding <#> other.embedding <= %s
"""


class Row(NamedTuple):
    """A product by its best region."""

    product_id: int
    image_id: int
    region_id: int
    x1: float
    y1: float
    x2: float
    y2: float
    distance: float


def nearest_like(
    regions: Sequence[Region | WornRegion], *, without: Iterable[int] = (), limit: int = 24, after: str | None = None
) -> Page:
    """A page of the products most like any of these regions of one position, each once, without some (by id).

    Raises `BadCursor`.
    """
    if not regions:
        return Page([])
    place = Place.read(after) if after else START
    by_graph = place is START and _many(regions[0])
    rows = _rows(regions, list(without), place, limit, by_graph=by_graph)
    if by_graph and len(rows) <= limit:  # the pool held many pictures of few products
        rows = _rows(regions, list(without), place, limit, by_graph=False)
    return _page(rows, place, limit)


def matched_region(asked: PhotoRegion, product: Product) -> tuple[Region, float] | None:
    """The region of the product's pictures that looks most like a photo's region, and how much; None if it has none."""
    with connection.cursor() as cursor:
        cursor.execute(MATCHED, [asked.pk, product.pk, asked.position, asked.search.version_id])
        row = cursor.fetchone()
    region = row and Region.objects.select_related("image").defer("embedding").filter(pk=row[0]).first()
    return (region, row[1]) if region else None


def alike(region_ids: Iterable[int], least: float) -> set[tuple[int, int]]:
    """Pairs of these gallery regions, the smaller id first, whose cosine is `least` or more."""
    ids = sorted(region_ids)
    if len(ids) < 2:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, [ids, ids, -least])
        return set(cursor.fetchall())


def _many(region: Region | WornRegion) -> bool:
    """Whether the shelf is so large that its graph is faster than a look at every row."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [region.version_id, region.position, EXACT_UP_TO + 1])
        return cursor.fetchone()[0] > EXACT_UP_TO


def _rows(
    regions: Sequence[Region | WornRegion], without: list[int], place: Place, limit: int, *, by_graph: bool
) -> list[Row]:
    """Up to `limit + 1` rows beyond the place."""
    parts, params = list[str](), list[int | float | str | list[int]]()
    for region in regions:
        table = region._meta.db_table
        parts.append(LIKE_ONE.format(table=table, order=BY_GRAPH.format(table=table) if by_graph else ""))
        params += [region.pk, region.position, region.version_id, without]
        params += [region.pk, POOL * (limit + 1)] if by_graph else []
    statement = LIKE_ANY.format(" UNION ALL ".join(parts))
    with transaction.atomic(), connection.cursor() as cursor:
        if by_graph:
            cursor.execute(SCAN_ON)
        cursor.execute(statement, [*params, place.distance, place.product_id, limit + 1])
        return list(map(Row._make, cursor.fetchall()))


def _page(rows: list[Row], place: Place, limit: int) -> Page:
    """Hits of the rows whose product is still for sale; a row more than `limit` means that another page follows."""
    shown = rows[:limit]
    hits = [
        Hit(rank, product, image, -row.distance, Box(*row[3:7]), row.region_id)
        for rank, row, product, image in still_there(shown, place.rank, *hydrated(shown))
    ]
    if len(rows) <= limit:
        return Page(hits)
    return Page(hits, str(Place(shown[-1].distance, shown[-1].product_id, place.rank + limit)))
