"""Reads of the index for the keeper: which pictures of other products look most like a picture, as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction

from visualsearch.search import SCAN_ON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visualsearch.models import ModelVersion

# Drafts count as well: a keeper wants to know before it is for sale. What is archived does not.
NEIGHBOURS = """
    SELECT asked.image_id, near.other, near.product_id, near.category_id, near.score
    FROM visualsearch_region AS asked
    JOIN catalog_productimage AS own ON own.id = asked.image_id
    CROSS JOIN LATERAL (
        SELECT region.image_id AS other, image.product_id, product.category_id,
            -(region.embedding <#> asked.embedding) AS score
        FROM visualsearch_region AS region
        JOIN catalog_productimage AS image ON image.id = region.image_id
        JOIN catalog_product AS product ON product.id = image.product_id
        WHERE region.position = 'whole' AND region.version_id = %(version)s
            AND image.product_id <> own.product_id AND product.status <> 'archived'
        ORDER BY region.embedding <#> asked.embedding LIMIT %(limit)s
    ) AS near
    WHERE asked.position = 'whole' AND asked.version_id = %(version)s AND asked.image_id = ANY(%(ids)s)
    ORDER BY asked.image_id, near.score DESC, near.other
"""
ALIKE = 0.8  # cosine from which two shoppers look for the same kind of thing
ASKED_ALIKE = """
    SELECT one.id, count(*)
    FROM visualsearch_sought AS one
    JOIN visualsearch_sought AS other
        ON other.position = one.position AND other.version_id = one.version_id AND other.trace <> one.trace
    WHERE one.id = ANY(%s) AND -(other.embedding <#> one.embedding) >= %s
    GROUP BY one.id
"""


class Neighbour(NamedTuple):
    """A picture of another product, and how much it looks like the one that was asked about: a cosine."""

    image_id: int
    product_id: int
    category_id: int
    score: float


def neighbours(image_ids: Iterable[int], version: ModelVersion, limit: int) -> dict[int, list[Neighbour]]:
    """For each picture the `limit` most like it among those of other products, nearest first."""
    found: dict[int, list[Neighbour]] = {pk: [] for pk in image_ids}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SCAN_ON)
        cursor.execute(NEIGHBOURS, {"version": version.pk, "limit": limit, "ids": list(found)})
        for image_id, *rest in cursor.fetchall():
            found[image_id].append(Neighbour(*rest))
    return found


def asked_alike(sought_ids: Iterable[int]) -> dict[int, int]:
    """Of items that were searched with, how many others of other searches look like each; those with none are left out.

    Reads every item that is kept: for a page of them, not for all.
    """
    with connection.cursor() as cursor:
        cursor.execute(ASKED_ALIKE, [list(sought_ids), ALIKE])
        return dict(cursor.fetchall())
