"""Why this one: all there is to say about one product in one list of a search, for the page and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visualsearch import explanations, photos
from visualsearch.attributes import Shared, shared
from visualsearch.results import regions_of
from visualsearch.search import nearest_products
from visualsearch.searchalike import matched_region
from visualsearch.tasks import explain_hit

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.models import Product
    from visualsearch.explanations import Explanation
    from visualsearch.models import PhotoRegion, PhotoSearch, Region

NEAREST = 12  # products whose words say what such things have in common


@dataclass(frozen=True, slots=True)
class Why:
    """One product beside one region of the photo."""

    asked: PhotoRegion
    product: Product
    region: Region  # of the product's picture
    score: float
    exact: bool  # whether the picture is the very one that was asked with
    shared: list[Shared]
    parts: Explanation | None
    photo_lives: bool

    @property
    def under_way(self) -> bool:
        """Whether a worker is still to name the parts."""
        return self.photo_lives and self.parts is None

    @property
    def same_label(self) -> bool:
        """Whether the detector took both for the same thing."""
        return bool(self.asked.label) and self.asked.label == self.region.label


def why(
    search: PhotoSearch, ordinal: int, product: Product, *, seconds: float, may_ask: Callable[[], bool]
) -> Why | None:
    """Why the product is in the list of that region; None if there is no such region, or nothing to compare it with.

    Sends the task that names the parts, once and only if `may_ask` (a limit) says so, and waits for it so long.
    """
    asked = next((region for region in regions_of(search) if region.ordinal == ordinal), None)
    found = matched_region(asked, product) if asked else None
    if not (asked and found):
        return None
    region, score = found
    nearest = nearest_products(asked, limit=NEAREST).hits
    exact = any(hit.exact and hit.product == product for hit in nearest)
    common = shared(product.pk, [hit.product.pk for hit in nearest])
    lives = photos.lives(search.pk)
    parts = explanations.awaited(asked, region, 0) if lives else None
    if lives and parts is None:
        if explanations.is_to_be_made(asked, region) and may_ask():
            explain_hit.delay(asked.pk, region.pk)
        parts = explanations.awaited(asked, region, seconds)
    return Why(asked, product, region, score, exact, common, parts, lives)
