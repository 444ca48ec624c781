"""Reads of the index: the published products nearest to regions of a photo. The only place with a distance operator,
beside `search_facets` and `searchwords`, which count and order what is near with the pieces of this module.

Few rows are searched exactly. Many are searched through the position's HNSW graph, whose scan goes on until a pool is
full. Deeper pages and the end of a list are exact: what the graph missed comes on the second page, so that a list has
neither holes nor doubles. docs/search.md explains all of it.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from django.db import connection, transaction

from catalog.filters import NO_FILTERS, Filters
from visualsearch.cards import hydrated, still_there
from visualsearch.ml.types import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.backends.utils import CursorWrapper

    from catalog.models import Product, ProductImage
    from visualsearch.models import PhotoRegion

EXACT_UP_TO = 10_000  # surviving rows; up to there the exact search is as fast as the graph, and misses nothing
POOL = 8  # regions that a graph is asked for, for each product that is wanted: a product has a few pictures alike
# Cosine from which two pictures are one (`bench/sameness.py`): the same one, saved again, has 0.969 and more at half
# its width; of Luma's 420 pictures no two of different styles have more than 0.889.
EXACT = 0.955
COUNT_SECONDS = 30  # that a count of rows is trusted for
FARTHEST = 2**31  # rank that a cursor may name
BELOW = 6  # products shown of those that score less than the list's floor


class BadCursor(ValueError):
    """The text is not a place that an earlier page gave."""


class Place(NamedTuple):
    """Where a page ends: what comes after lies farther away, or as far with a larger product id, and is not in `seen`.

    A page that came from a graph ends nowhere in the exact order: it names its products instead.
    """

    distance: float
    product_id: int
    rank: int  # of the last product
    below: int = 0  # products so far that score less than the floor
    seen: tuple[int, ...] = ()

    def __str__(self) -> str:
        packed = struct.pack(f"<dqII{len(self.seen)}q", *self[:4], *self.seen)
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def read(cls, text: str) -> Place:
        """The place that `str` of a place spells; raises `BadCursor` on anything else."""
        try:
            packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            distance, product_id, rank, below, *seen = struct.unpack(f"<dqII{max(0, len(packed) - 24) // 8}q", packed)
        except (struct.error, binascii.Error, ValueError) as error:
            raise BadCursor(text) from error
        real = math.isfinite(distance) or (distance == -math.inf and seen)
        if not real or max(rank, below) > FARTHEST:
            raise BadCursor(text)
        return cls(distance, product_id, rank, below, tuple(seen))


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
    accepted: bool | None = None  # whether it scores as much as the list's floor; None for a list without one

    @property
    def exact(self) -> bool:
        """Whether what was asked for is this picture itself; of a list only the first can be."""
        return self.rank == 1 and self.score >= EXACT


@dataclass(frozen=True, slots=True)
class Page:
    """Hits, nearest first, and the cursor of the page after; None if this is the last.

    `farther`: the list ends here because of its floor, and there is more beyond.
    """

    hits: list[Hit]
    next: str | None = None
    farther: bool = False


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


class Distant(Protocol):
    """A row of any statement here."""

    @property
    def distance(self) -> float:
        """Of the product: less the cosine."""


Placed = TypeVar("Placed", bound=Distant)


class Listed(NamedTuple):
    """Rows of one list, nearest first, whether a graph found them, and whether the floor cut some off."""

    rows: list[Found]
    by_graph: bool
    farther: bool


# --- The SQL --------------------------------------------------------------------------------------------------------
# The asking vector stays in the database. Position and version are bound on the client, so that PostgreSQL sees the
# literals that choose the position's own graph. `{narrowed}` is the place of `Filters.narrowing`.
SURVIVORS = """
    FROM visualsearch_region AS region
    JOIN catalog_productimage AS image ON image.id = region.image_id
    JOIN catalog_product AS product ON product.id = image.product_id
    WHERE region.position = %s AND region.version_id = %s AND product.status = 'published'{narrowed}
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
    ) AS best WHERE (distance, product_id) > (%s::float8, %s) AND product_id <> ALL(%s::bigint[])
    ORDER BY distance, product_id LIMIT %s)
"""
BEST, BEST_BY_GRAPH = ONE_A_PRODUCT.format(GALLERY), ONE_A_PRODUCT.format(POOLED)

# A graph's scan goes on until the pool is full; its rows come in nearly the right order, and are sorted above. Of what
# it meets a filter leaves a share: it may look at that much more.
SCAN_ON = "SET LOCAL hnsw.iterative_scan = relaxed_order; SET LOCAL hnsw.ef_search = 200; SET LOCAL jit = off"
SCAN_FAR = f"{SCAN_ON}; SET LOCAL hnsw.ef_search = 400; SET LOCAL hnsw.max_scan_tuples = 200000"
SCAN_FAR += "; SET LOCAL hnsw.scan_mem_multiplier = 8"


class Ask(NamedTuple):
    """What one list is to hold: products like this region, so many, from a cursor on.

    With a floor it ends with the `BELOW` nearest of those that score less, unless it is to go far.
    """

    region: PhotoRegion
    limit: int = 24
    after: str | None = None
    filters: Filters = NO_FILTERS
    floor: float | None = None
    far: bool = False
    without: tuple[int, ...] = ()  # ids of products that are left out


def nearest_products(region: PhotoRegion, *, limit: int = 24, after: str | None = None) -> Page:
    """A page of the products that look most like a region, each once. Raises `BadCursor`."""
    return nearest_of_each([Ask(region, limit, after)])[0]


def nearest_of_each(asks: Sequence[Ask]) -> list[Page]:
    """A page for each. One statement finds all the rows, two fetch the cards, for ten lists as for one.

    Raises `BadCursor`.
    """
    places = [Place.read(ask.after) if ask.after else START for ask in asks]
    lists = _lists(asks, places)
    products, images = hydrated(row for ask, one in zip(asks, lists, strict=True) for row in one.rows[: ask.limit])
    return [_page(*each, products, images) for each in zip(asks, places, lists, strict=True)]


def _lists(asks: Sequence[Ask], places: Sequence[Place]) -> list[Listed]:
    """For each up to `limit + 1` rows of its list beyond its place; the first page of a large gallery by its graph.

    A page that would be the last is asked for exactly: the pool may have held many pictures of few products, and
    nobody is told "no more" by a guess.
    """
    small = [few(ask.region, ask.filters) for ask in asks]
    large = [place is START and not little for place, little in zip(places, small, strict=True)]
    settings = "" if all(small) else SCAN_FAR if any(ask.filters for ask in asks) else SCAN_ON
    with settled_cursor(settings) as cursor:
        lists = _fetch(cursor, asks, places, large)
        for i, one in enumerate(lists):
            if one.by_graph and len(one.rows) <= asks[i].limit:
                lists[i] = _fetch(cursor, [asks[i]], [places[i]], [False])[0]
    return lists


@contextmanager
def settled_cursor(settings: str) -> Iterator[CursorWrapper]:
    """A cursor under settings that end with the block; without settings a plain one."""
    with transaction.atomic() if settings else nullcontext(), connection.cursor() as cursor:
        if settings:
            cursor.execute(settings)
        yield cursor


def _fetch(cursor: CursorWrapper, asks: Sequence[Ask], places: Sequence[Place], large: Sequence[bool]) -> list[Listed]:
    """Run one statement with a part for each list, and sort its rows out again."""
    parts, params = list[str](), list[Any]()
    for number, (ask, place, by_graph) in enumerate(zip(asks, places, large, strict=True)):
        region = ask.region
        narrowed, values = ask.filters.narrowing()
        parts.append((BEST_BY_GRAPH if by_graph else BEST).format(narrowed=narrowed))
        params += [number, region.pk, region.position, region.search.version_id, *values]
        params += [region.pk, POOL * (ask.limit + 1)] if by_graph else []
        params += [place.distance, place.product_id, [*place.seen, *ask.without], ask.limit + 1]
    lists: list[list[Found]] = [[] for _ in asks]
    if parts:
        cursor.execute(" UNION ALL ".join(parts), params)
        for row in map(Found._make, cursor.fetchall()):
            lists[row.list].append(row)
    ordered = [sorted(rows, key=lambda row: (row.distance, row.product_id)) for rows in lists]
    cut = list(map(ended, asks, places, ordered))
    farther = [len(kept) < len(rows) for kept, rows in zip(cut, ordered, strict=True)]
    return [Listed(*each) for each in zip(cut, large, farther, strict=True)]


def ended(ask: Ask, place: Place, rows: list[Placed]) -> list[Placed]:
    """The rows as far as the list goes: all that score enough, and the nearest few of the others."""
    if ask.floor is None or ask.far:
        return rows
    enough = sum(-row.distance >= ask.floor for row in rows)
    return rows[: enough + max(0, BELOW - place.below)]


def few(region: PhotoRegion, filters: Filters = NO_FILTERS) -> bool:
    """Whether so few rows survive the filters that an exact search is as fast; counted anew every COUNT_SECONDS."""
    period = int(time.monotonic() / COUNT_SECONDS)
    key = region.search.version_id, region.position
    return _few_during(*key, NO_FILTERS, period) or (bool(filters) and _few_during(*key, filters, period))


@lru_cache(256)
def _few_during(version_id: int, position: str, filters: Filters, _period: int) -> bool:
    narrowed, values = filters.narrowing()
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(narrowed=narrowed), [position, version_id, *values, EXACT_UP_TO + 1])
        return cursor.fetchone()[0] <= EXACT_UP_TO


def _page(
    ask: Ask, place: Place, listed: Listed, products: dict[int, Product], images: dict[int, ProductImage]
) -> Page:
    """Hits of the rows whose product is still for sale; a row more than `limit` means that another page follows."""
    shown = listed.rows[: ask.limit]
    hits = [_hit(ask, *one) for one in still_there(shown, place.rank, products, images)]
    if len(listed.rows) <= ask.limit:
        return Page(hits, farther=listed.farther)
    below = place.below + sum(ask.floor is not None and -row.distance < ask.floor for row in shown)
    end = START[:2] if listed.by_graph else (shown[-1].distance, shown[-1].product_id)
    seen = tuple(row.product_id for row in shown) if listed.by_graph else place.seen
    return Page(hits, str(Place(*end, place.rank + ask.limit, below, seen)))


def _hit(ask: Ask, rank: int, row: Found, product: Product, image: ProductImage) -> Hit:
    accepted = None if ask.floor is None else -row.distance >= ask.floor
    return Hit(rank, product, image, -row.distance, Box(*row[4:8]), row.region_id, accepted)
