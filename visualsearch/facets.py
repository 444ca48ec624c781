"""What the list of a region can be narrowed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.facets import Facets, laid_out
from visualsearch import search_facets

if TYPE_CHECKING:
    from catalog.filters import Filters
    from visualsearch.models import PhotoRegion


def facets(region: PhotoRegion, *, filters: Filters, floor: float | None, without: tuple[int, ...] = ()) -> Facets:
    """Of the list of one region, without some products (by id)."""
    rows = search_facets.counts(region, filters=filters, floor=floor, without=without)
    return laid_out(rows, filters, near=floor is not None)
