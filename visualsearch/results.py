"""What a search found, laid out for a page or a program: the items of the photo, each with its list of products."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from visualsearch.designs import Group, grouped
from visualsearch.search import Ask, Page, nearest_of_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visualsearch.ml.types import Box
    from visualsearch.models import PhotoRegion, PhotoSearch

FULL = 12  # products in the list that was chosen, or in the only one
FIRST = 6  # products in the surest item's list, as long as none was chosen
GLIMPSE = 4  # products in each other list


@dataclass(frozen=True, slots=True)
class Item:
    """A region of the photo and the products like it. Ordinal 0 is the whole photo."""

    ordinal: int
    label: str
    position: str
    score: float
    box: Box
    hits: Page
    chosen: bool = False
    groups: list[Group] = field(default_factory=list)  # the hits, nearly equal products together

    @property
    def url(self) -> str:
        """The address, within the search's page, that chooses this item."""
        return f"?{urlencode({'item': self.ordinal})}"

    @property
    def next_url(self) -> str | None:
        """The address of the next page of its products."""
        return f"?{urlencode({'item': self.ordinal, 'after': self.hits.next})}" if self.hits.next else None


def regions_of(search: PhotoSearch) -> list[PhotoRegion]:
    """The whole photo, then its items; their embeddings stay in the database."""
    regions = list(search.regions.defer("embedding"))
    for region in regions:
        region.search = search
    return regions


def items_of(search: PhotoSearch, *, chosen: int | None = None, after: str | None = None) -> list[Item]:
    """The whole photo, then its items. The chosen one has a full page, else the surest more. Raises `BadCursor`."""
    regions = regions_of(search)
    known = [region.ordinal for region in regions]
    full = chosen in known or len(known) == 1
    if chosen not in known:
        chosen, after = (known[1] if len(known) > 1 else 0), None
    asks = [Ask(r, FULL if full else FIRST, after) if r.ordinal == chosen else Ask(r, GLIMPSE) for r in regions]
    pages = nearest_of_each(asks)
    groups = grouped([page.hits for page in pages])
    parts = zip(regions, pages, groups, strict=True)
    return [item(region, page, chosen=region.ordinal == chosen, groups=some) for region, page, some in parts]


def item(region: PhotoRegion, hits: Page, *, chosen: bool = False, groups: Sequence[Group] = ()) -> Item:
    """A region with its products."""
    columns = region.ordinal, region.label, region.position, region.score, region.box
    return Item(*columns, hits, chosen, list(groups))
