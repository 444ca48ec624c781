"""What a search found, laid out for a page or a program: the items of the photo, each with its list of products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from visualsearch.ml.types import POSITIONS, WHOLE
from visualsearch.prominence import main_of
from visualsearch.search import Ask, Page, nearest_of_each

if TYPE_CHECKING:
    from visualsearch.ml.types import Box
    from visualsearch.models import PhotoCrop, PhotoRegion, PhotoSearch

FULL = 12  # products in the list that was chosen, or in the only one
FIRST = 6  # products in the main item's list, as long as none was chosen
GLIMPSE = 4  # products in each other list
PLACES = (*POSITIONS, WHOLE)  # what an item can be looked for among


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
    own: bool = False  # a part that the shopper chose
    worn: str = ""  # what the shopper says that it is; else `position` is what the detector says

    @property
    def url(self) -> str:
        """The address, within the search's page, that chooses this item."""
        return f"?{urlencode(self._query)}"

    @property
    def next_url(self) -> str | None:
        """The address of the next page of its products."""
        return f"?{urlencode(self._query | {'after': self.hits.next})}" if self.hits.next else None

    @property
    def _query(self) -> dict[str, object]:
        return {"item": self.ordinal} | ({"worn": self.worn} if self.worn else {})


def regions_of(search: PhotoSearch) -> list[PhotoRegion]:
    """The whole photo, then its items; their embeddings stay in the database."""
    regions = list(search.regions.defer("embedding"))
    for region in regions:
        region.search = search
    return regions


def items_of(search: PhotoSearch, *, chosen: int | None = None, after: str | None = None, worn: str = "") -> list[Item]:
    """The whole photo, then its items. The chosen one has a full page, else the main one more. Raises `BadCursor`.

    `worn` has the chosen one looked for among something else than the detector says.
    """
    regions = regions_of(search)
    known = [region.ordinal for region in regions]
    full = chosen in known or len(known) == 1
    if chosen not in known:
        chosen, after, worn = main(regions), None, ""
    said = {region.ordinal: says(region, worn) for region in regions if region.ordinal == chosen}
    asks = [Ask(r, FULL if full else FIRST, after) if r.ordinal == chosen else Ask(r, GLIMPSE) for r in regions]
    pages = nearest_of_each(asks)
    return [
        item(r, page, chosen=r.ordinal == chosen, worn=said.get(r.ordinal, ""))
        for r, page in zip(regions, pages, strict=True)
    ]


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


def item(region: PhotoRegion, hits: Page, *, chosen: bool = False, worn: str = "") -> Item:
    """A region with its products."""
    names = region.ordinal, region.label, region.position
    return Item(*names, region.score, region.box, hits, chosen, own=region.crop_id is not None, worn=worn)


def part_of(crop: PhotoCrop) -> Item:
    """A part that is no region yet, for a page to show where it lies."""
    return Item(crop.ordinal, "", "", 0.0, crop.box, Page([]), chosen=True, own=True)
