"""What a search found, laid out for a page or a program: the items of the photo, each with its list of products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from visualsearch import thresholds
from visualsearch.facets import Facets, facets
from visualsearch.filters import NO_FILTERS, Filters
from visualsearch.search import Ask, Hit, Page, nearest_of_each

if TYPE_CHECKING:
    from visualsearch.ml.types import Box
    from visualsearch.models import PhotoRegion, PhotoSearch

FULL = 12  # products in the list that was chosen, or in the only one
FIRST = 6  # products in the surest item's list, as long as none was chosen
GLIMPSE = 4  # products in each other list


class Narrowing(NamedTuple):
    """A filter that is set: its field, its value as an address spells it and as the catalogue does, and a way out."""

    field: str
    value: str
    label: str
    url: str


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
    filters: Filters = NO_FILTERS
    far: bool = False  # the list goes on beyond its floor, to the end
    facets: Facets | None = None  # of the one list that is shown in full

    @property
    def accepted(self) -> list[Hit]:
        """The products that score enough, or all where no floor is known."""
        return [hit for hit in self.hits.hits if hit.accepted is not False]

    @property
    def below(self) -> list[Hit]:
        """Those that score less than the list's floor: the shop may not have what was asked for."""
        return [hit for hit in self.hits.hits if hit.accepted is False]

    @property
    def url(self) -> str:
        """The address, within the search's page, that chooses this item."""
        return f"?{urlencode({'item': self.ordinal})}"

    @property
    def first_url(self) -> str:
        """The address of the beginning of its list, as narrowed."""
        return self._address()

    @property
    def next_url(self) -> str | None:
        """The address of the next page of its products."""
        return self._address(after=self.hits.next) if self.hits.next else None

    @property
    def far_url(self) -> str:
        """The address of its list without an end at the floor."""
        return self._address(far=1)

    @property
    def narrowed(self) -> list[Narrowing]:
        """Each filter that is set, with the address of the list without it."""
        pairs, labels = self.filters.pairs, self.facets.labels if self.facets else {}
        rest = ([other for other in pairs if other != pair] for pair in pairs)
        return [Narrowing(*p, labels.get(p, p[1]), self._spelled(kept)) for p, kept in zip(pairs, rest, strict=True)]

    def _address(self, **more: object) -> str:
        return self._spelled(self.filters.pairs, **({"far": 1} if self.far else {}) | more)

    def _spelled(self, pairs: list[tuple[str, str]], **more: object) -> str:
        return f"?{urlencode([('item', self.ordinal), *pairs, *more.items()])}"


def regions_of(search: PhotoSearch) -> list[PhotoRegion]:
    """The whole photo, then its items; their embeddings stay in the database."""
    regions = list(search.regions.defer("embedding"))
    for region in regions:
        region.search = search
    return regions


def items_of(
    search: PhotoSearch,
    *,
    chosen: int | None = None,
    after: str | None = None,
    filters: Filters = NO_FILTERS,
    far: bool = False,
) -> list[Item]:
    """The whole photo, then its items. The chosen one has a full page, else the surest more. Raises `BadCursor`.

    Filters, and going far, are for the chosen list alone; with filters the surest is as good as chosen.
    """
    regions, floors = regions_of(search), thresholds.floors(search)
    known = [region.ordinal for region in regions]
    full = chosen in known or len(known) == 1 or bool(filters)
    if chosen not in known:
        chosen, after = (known[1] if len(known) > 1 else 0), None
    asks = [Ask(r, GLIMPSE, floor=floors.get(r.position)) for r in regions]
    at = known.index(chosen)
    asks[at] = asks[at]._replace(limit=FULL if full else FIRST, after=after, filters=filters, far=far)
    items = [item(r, page) for r, page in zip(regions, nearest_of_each(asks), strict=True)]
    counted = facets(regions[at], filters=filters, floor=asks[at].floor) if full else None
    items[at] = item(regions[at], items[at].hits, chosen=True, filters=filters, far=far, facets=counted)
    return items


def item(
    region: PhotoRegion,
    hits: Page,
    *,
    chosen: bool = False,
    filters: Filters = NO_FILTERS,
    far: bool = False,
    facets: Facets | None = None,
) -> Item:
    """A region with its products."""
    names = region.ordinal, region.label, region.position, region.score, region.box
    return Item(*names, hits, chosen, filters, far, facets)
