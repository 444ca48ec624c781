"""What a search found, laid out for a page or a program: the items of the photo, each with its list of products."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from catalog.filters import NO_FILTERS, Filters
from visualsearch import thresholds
from visualsearch.designs import Group, grouped
from visualsearch.facets import facets
from visualsearch.ml.types import POSITIONS, WHOLE
from visualsearch.prominence import main_of
from visualsearch.reactions import refused
from visualsearch.search import Ask, Page, nearest_of_each
from visualsearch.searchwords import Answer, Heard, nearest_with_words
from visualsearch.wishes import NO_WISHES, Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.facets import Facets
    from visualsearch.ml.types import Box
    from visualsearch.models import PhotoCrop, PhotoRegion, PhotoSearch

FULL = 12  # products in the list that was chosen, or in the only one
FIRST = 6  # products in the main item's list, as long as none was chosen
GLIMPSE = 4  # products in each other list
PLACES = (*POSITIONS, WHOLE)  # what an item can be looked for among


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
    groups: list[Group] = field(default_factory=list)  # the hits, nearly equal products together
    filters: Filters = NO_FILTERS
    far: bool = False  # the list goes on beyond its floor, to the end
    facets: Facets | None = None  # of the one list that is shown in full
    own: bool = False  # a part that the shopper chose
    worn: str = ""  # what the shopper says that it is; else `position` is what the detector says
    words: str = ""  # typed beside the photo; they have a say in the order
    answer: Answer | None = None  # what was heard of them
    refused: int = 0  # products that stand in no list of the search, as somebody said that they are not it

    @property
    def accepted(self) -> list[Group]:
        """The products that score enough, or all where no floor is known."""
        return [group for group in self.groups if group.hit.accepted is not False]

    @property
    def below(self) -> list[Group]:
        """Those that score less than the list's floor: the shop may not have what was asked for."""
        return [group for group in self.groups if group.hit.accepted is False]

    @property
    def url(self) -> str:
        """The address, within the search's page, that chooses this item."""
        return f"?{urlencode(self._query)}"

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

    @property
    def wordless_url(self) -> str:
        """The address of its list, as narrowed, by the picture alone."""
        return f"?{urlencode([*self._query.items(), *self.filters.pairs])}"

    @property
    def unheard(self) -> list[Heard]:
        """The words that could not be heeded: nothing near speaks of them."""
        return [one for one in self.answer.heard if not one.products] if self.answer else []

    def _address(self, **more: object) -> str:
        return self._spelled(self.filters.pairs, **({"far": 1} if self.far else {}) | more)

    def _spelled(self, pairs: list[tuple[str, str]], **more: object) -> str:
        words = [("words", self.words)] if self.words else []
        return f"?{urlencode([*self._query.items(), *words, *pairs, *more.items()])}"

    @property
    def _query(self) -> dict[str, object]:
        return {"item": self.ordinal} | ({"worn": self.worn} if self.worn else {})


def regions_of(search: PhotoSearch) -> list[PhotoRegion]:
    """The whole photo, then its items, with what is refused; their embeddings stay in the database. One query."""
    regions = list(search.regions.defer("embedding").annotate(refused=refused(search)))  # type: ignore[no-redef]
    for region in regions:
        region.search = search
    return regions


def items_of(
    search: PhotoSearch,
    *,
    chosen: int | None = None,
    after: str | None = None,
    worn: str = "",
    filters: Filters = NO_FILTERS,
    far: bool = False,
    wishes: Wishes = NO_WISHES,
) -> list[Item]:
    """The whole photo, then its items. The chosen one has a full page, else the main one more. Raises `BadCursor`.

    `worn` has the chosen one looked for among something else than the detector says. Filters, wishes, and going far,
    are for the chosen list alone; with filters or wishes the main one is as good as chosen.
    """
    regions = regions_of(search)
    known = [region.ordinal for region in regions]
    full = chosen in known or len(known) == 1 or bool(filters or wishes.text)
    if chosen not in known:
        chosen, after, worn = main(regions), None, ""
    at = known.index(chosen)
    said, floors = says(regions[at], worn), thresholds.floors(search)
    asks = [Ask(r, GLIMPSE, floor=floors.get(r.position), without=tuple(r.refused)) for r in regions]
    asks[at] = asks[at]._replace(limit=FULL if full else FIRST, after=after, filters=filters, far=far)
    answer = nearest_with_words(asks[at], wishes) if wishes else None
    pages = nearest_of_each(asks[:at] + asks[at + 1 :] if answer else asks)
    if answer:
        pages.insert(at, answer.page)
    groups = grouped([page.hits for page in pages])
    items = [item(*each) for each in zip(regions, pages, groups, strict=True)]
    counted = facets(regions[at], filters=filters, floor=asks[at].floor, without=asks[at].without) if full else None
    narrowed = {"filters": filters, "far": far, "facets": counted, "words": wishes.text, "answer": answer}
    narrowed["refused"] = len(asks[at].without)
    items[at] = item(regions[at], pages[at], groups[at], chosen=True, worn=said, **narrowed)
    return items


def main(regions: list[PhotoRegion]) -> int:
    """The ordinal of what the photo is about: its most prominent item, else the whole of it. A shopper's part never."""
    region = main_of(region for region in regions if region.ordinal and region.crop_id is None)
    return region.ordinal if region else 0


def says(region: PhotoRegion, worn: str) -> str:
    """Have the region looked for among `worn`, in this answer alone. The position if that is another one, else ""."""
    if worn not in PLACES or worn == region.position:
        return ""
    region.position, region.label = worn, ""
    return worn


def item(region: PhotoRegion, hits: Page, groups: Sequence[Group] = (), *, chosen: bool = False, **more: Any) -> Item:
    """A region with its products; `more` are the fields that only a chosen item has."""
    columns = region.ordinal, region.label, region.position, region.score, region.box
    return Item(*columns, hits, chosen, list(groups), own=region.crop_id is not None, **more)


def part_of(crop: PhotoCrop) -> Item:
    """A part that is no region yet, for a page to show where it lies."""
    return Item(crop.ordinal, "", "", 0.0, crop.box, Page([]), chosen=True, own=True)
