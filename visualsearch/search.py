"""Reads of the index: the published products nearest to regions of a photo. The only place with a distance operator.

Few rows are searched exactly. Many are searched through the position's HNSW graph, whose scan goes on until a pool is
full; deeper pages are exact again, so that no product comes twice.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction

from catalog.models import Product, ProductImage
from visualsearch.ml.types import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.backends.utils import CursorWrapper

    from visualsearch.models import PhotoRegion

EXACT_UP_TO = 10_000  # surviving rows; up to there the exact search is as fast as the graph, and misses nothing
POOL = 8  # regions that a graph is asked for, for each product that is wanted: a product has a few pictures alike
# Cosine from which two pictures are one: the same one, saved smaller or again, has 0.971 and more at half its width; of
# Luma's 420 pictures no two of different products have more than 0.901.
EXACT = 0.965
COUNT_SECONDS = 30  # that a count of rows is trusted for


class BadCursor(ValueError):
    """The text is not a place that an earlier page gave."""


class Place(NamedTuple):
    """Where a page ends: what comes after lies farther away, or as far with a larger product id."""

    distance: float
    product_id: int
    rank: int

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(struct.pack("<dqI", *self)).rstrip(b"=").decode()

    @classmethod
    def read(cls, text: str) -> Place:
        """The place that `str` of a place spells; raises `BadCursor` on anything else."""
        try:
            place = cls(*struct.unpack("<dqI", base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
        except (struct.error, binascii.Error, ValueError) as error:
            raise BadCursor(text) from error
        if not math.isfinite(place.distance):
            raise BadCursor(text)
        return place


START = Place(-math.inf, 0, 0)


@dataclass(frozen=True, slots=True)
class Hit:
    """A product, the picture and the place in it that look most like what was asked for."""

    rank: int
    product: Product
    image: ProductImage
    score: float  # cosine, -1 to 1
    box: Box
    region: int  # the gallery region's id

    @property
    def exact(self) -> bool:
        """Whether what was asked for is this picture itself; of a list only the first can be."""
        return self.rank == 1 and self.score >= EXACT


@dataclass(frozen=True, slots=True)
class Page:
    """Hits, nearest first, and the cursor of the page after; None if this is the last."""

    hits: list[Hit]
    next: str | None = None


class Found(NamedTuple):
    """A row of the statement."""

    list: int
    product_id: int
    image_id: int
    region_id: int
    x1: float
    y1: float
    x2: float
    y2: float
    distance: float


# --- The SQL --------------------------------------------------------------------------------------------------------
# The asking vector stays in the database. Position and version are bound on the client, so that PostgreSQL sees the
# literals that choose the position's own graph.
SURVIVORS = """
    FROM visualsearch_region AS region
    JOIN catalog_productimage AS image ON image.id = region.image_id
    JOIN catalog_product AS product ON product.id = image.product_id
    WHERE region.position = %s AND region.version_id = %s AND product.status = 'published'
"""
COUNT = f"SELECT count(*) FROM (SELECT 1 {SURVIVORS} LIMIT %s) AS survivors"  # noqa: S608 - constants of this module
DISTANCE = "region.embedding <#> (SELECT embedding FROM visualsearch_photoregion WHERE id = %s)"
GALLERY = f"""
    SELECT image.product_id, region.image_id, region.id, region.x1, region.y1, region.x2, region.y2,
        {DISTANCE} AS distance {SURVIVORS}
"""
POOLED = f"{GALLERY} ORDER BY {DISTANCE} LIMIT %s"  # only this shape uses a graph

# A product stands where its nearest region stands.
ONE_A_PRODUCT = """
    (SELECT %s AS list, best.* FROM (
        SELECT DISTINCT ON (product_id) * FROM ({}) AS gallery ORDER BY product_id, distance, id
    ) AS best WHERE (distance, product_id) > (%s::float8, %s) ORDER BY distance, product_id LIMIT %s)
"""
BEST, BEST_BY_GRAPH = ONE_A_PRODUCT.format(GALLERY), ONE_A_PRODUCT.format(POOLED)

# A graph's scan goes on until the pool is full; its rows come in nearly the right order, and are sorted above.
SCAN_ON = "SET LOCAL hnsw.iterative_scan = relaxed_order; SET LOCAL hnsw.ef_search = 100; SET LOCAL jit = off"


class Ask(NamedTuple):
    """What one list is to hold: products like this region, so many, from a cursor on."""

    region: PhotoRegion
    limit: int = 24
    after: str | None = None


def nearest_products(region: PhotoRegion, *, limit: int = 24, after: str | None = None) -> Page:
    """A page of the products that look most like a region, each once. Raises `BadCursor`."""
    return nearest_of_each([Ask(region, limit, after)])[0]


def nearest_of_each(asks: Sequence[Ask]) -> list[Page]:
    """A page for each. One statement finds all the rows, three fetch the cards, for ten lists as for one.

    Raises `BadCursor`.
    """
    places = [Place.read(ask.after) if ask.after else START for ask in asks]
    lists = _rows(asks, places)
    products, images = _hydrated(row for ask, rows in zip(asks, lists, strict=True) for row in rows[: ask.limit])
    return [_page(*each, products, images) for each in zip(asks, places, lists, strict=True)]


def _rows(asks: Sequence[Ask], places: Sequence[Place]) -> list[list[Found]]:
    """For each up to `limit + 1` rows beyond its place. The first page of a large gallery comes from its graph."""
    large = [place is START and not _few(ask.region) for ask, place in zip(asks, places, strict=True)]
    if not any(large):
        with connection.cursor() as cursor:
            return _fetch(cursor, asks, places, large)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SCAN_ON)
        lists = _fetch(cursor, asks, places, large)
        for i, rows in enumerate(lists):
            if large[i] and len(rows) <= asks[i].limit:  # the pool held many pictures of few products
                lists[i] = _fetch(cursor, [asks[i]], [places[i]], [False])[0]
    return lists


def _fetch(
    cursor: CursorWrapper, asks: Sequence[Ask], places: Sequence[Place], large: Sequence[bool]
) -> list[list[Found]]:
    """Run one statement with a part for each list, and sort its rows out again."""
    parts, params = list[str](), list[float | str | None]()
    for number, (ask, place, by_graph) in enumerate(zip(asks, places, large, strict=True)):
        region = ask.region
        parts.append(BEST_BY_GRAPH if by_graph else BEST)
        params += [number, region.pk, region.position, region.search.version_id]
        params += [region.pk, POOL * (ask.limit + 1)] if by_graph else []
        params += [place.distance, place.product_id, ask.limit + 1]
    lists: list[list[Found]] = [[] for _ in asks]
    if parts:
        cursor.execute(" UNION ALL ".join(parts), params)
        for row in map(Found._make, cursor.fetchall()):
            lists[row.list].append(row)
    return [sorted(rows, key=lambda row: (row.distance, row.product_id)) for rows in lists]


def _few(region: PhotoRegion) -> bool:
    """Whether so few rows survive the filters that an exact search is as fast; counted anew every COUNT_SECONDS."""
    return _few_during(region.search.version_id, region.position, int(time.monotonic() / COUNT_SECONDS))


@lru_cache(64)
def _few_during(version_id: int, position: str, _period: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [position, version_id, EXACT_UP_TO + 1])
        return cursor.fetchone()[0] <= EXACT_UP_TO


def _hydrated(rows: Iterable[Found]) -> tuple[dict[int, Product], dict[int, ProductImage]]:
    """Products ready for their cards, and the matching pictures, by id."""
    rows = list(rows)
    products = Product.objects.published().for_cards().in_bulk({row.product_id for row in rows})
    return products, ProductImage.objects.in_bulk({row.image_id for row in rows})


def _page(
    ask: Ask, place: Place, rows: Sequence[Found], products: dict[int, Product], images: dict[int, ProductImage]
) -> Page:
    """Hits of the rows whose product is still for sale; a row more than `limit` means that another page follows."""
    hits = [
        Hit(rank, products[row.product_id], images[row.image_id], -row.distance, Box(*row[4:8]), row.region_id)
        for rank, row in enumerate(rows[: ask.limit], place.rank + 1)
        if row.product_id in products and row.image_id in images
    ]
    if len(rows) <= ask.limit:
        return Page(hits)
    last = rows[ask.limit - 1]
    return Page(hits, str(Place(last.distance, last.product_id, place.rank + ask.limit)))
