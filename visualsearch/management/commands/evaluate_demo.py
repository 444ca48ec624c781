"""How well the shop finds its own products: street photos whose truth is known go through the real search."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import track

from catalog import studio
from catalog.drawn import slug_of
from catalog.models import Product
from visualsearch import indexing, searches, thresholds, versions
from visualsearch.insight import accepted
from visualsearch.ml.types import Box
from visualsearch.models import PhotoSearch, Region, State
from visualsearch.results import regions_of
from visualsearch.search import Ask, nearest_of_each
from visualsearch.tasks import describe_photo

if TYPE_CHECKING:
    from visualsearch.models import PhotoRegion
    from visualsearch.search import Page

SAME = 0.5  # IoU from which a found box is the true one
TOPS = (1, 3, 10)
PATIENCE = 30  # seconds for a worker to describe a photo


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of a street photo."""

    kind: str
    indexed: bool  # a picture of its product has a region of its position: without one it cannot be found
    found: bool  # a box of the right position lies where the item is
    rank: int | None  # of the true product in that box's list; None if it is not in the first TOPS[-1], or not found
    denied: bool = False  # nothing in that list is accepted: the shop says that it may not have this


class Command(BaseCommand):
    """Acceptance of the demo: the true product among the first 3 of its item's list for 90% of the photos' items."""

    help = "Search with drawn street photos of the demo's products, and print how many items and products are found."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--photos", type=int, default=50, help="how many street photos")
        parser.add_argument("--seed", type=int, default=7, help="another number draws other photos")
        parser.add_argument("--catalogue", type=int, default=1, help="the seed that load_demo drew the catalogue with")
        parser.add_argument("--products", type=int, default=240, help="how many products load_demo drew")
        parser.add_argument("--here", action="store_true", help="describe the photos in this process, without a worker")

    def handle(self, *, photos: int, seed: int, catalogue: int, products: int, here: bool, **options: Any) -> None:
        slugs = [slug_of(studio.design(catalogue, index)) for index in range(products)]
        missing = products - Product.objects.published().filter(slug__in=slugs).count()
        if missing:
            raise CommandError(f"{missing} of the {products} products are not in the shop. Run load_demo first.")
        if stale := indexing.stale_images(versions.announce() if here else versions.target()).count():
            raise CommandError(f"{stale} pictures of the shop are not indexed (yet). Wait, or run index_catalog first.")
        outcomes: list[Outcome] = []
        perfect = 0
        for number in track(range(photos), "Searching"):
            picture = studio.street_photo(catalogue, seed * 100_000 + number, products)
            of_photo = list(judge(picture, ask(picture, here=here)))
            perfect += all(one.rank is not None and one.rank <= 3 for one in of_photo)
            outcomes += of_photo
        self.stdout.write("\n".join(table(outcomes)))
        self.stdout.write(
            f"Photos with every true product in the top 3: {perfect} of {photos} ({perfect / photos:.0%})"
        )
        denied, asked = sum(one.denied for one in outcomes), sum(one.found for one in outcomes)
        self.stdout.write(f"Items found of which the shop says that it may not have them: {denied} of {asked}")


def ask(picture: studio.Picture, *, here: bool) -> PhotoSearch:
    """Search with a picture as a shopper would: bytes in, a search that is done back. Raises `CommandError`."""
    file = io.BytesIO()
    picture.image.save(file, "JPEG", quality=90)
    search = searches.begin(file.getvalue())
    if here:
        searches.answer(search.pk)
    else:
        describe_photo.delay(str(search.pk))
    search = searches.awaited(search, PATIENCE)
    if search.state != State.DONE:
        raise CommandError("No worker described the photo. Start `make demo`, or run this with --here.")
    return search


def judge(picture: studio.Picture, search: PhotoSearch) -> Iterator[Outcome]:
    """What became of each item."""
    regions = regions_of(search)
    lists = nearest_of_each([Ask(region, TOPS[-1]) for region in regions])
    floors = thresholds.floors(search)
    for item in picture.items:
        design = studio.design(item.seed, item.index)
        where = matching([(region, region.box.overlap(Box(*item.box))) for region in regions], item.position)
        slugs = [hit.product.slug for hit in lists[where.ordinal].hits] if where else []
        true = slug_of(design)
        rank = slugs.index(true) + 1 if true in slugs else None
        denied = where is not None and is_denied(lists[where.ordinal], floors.get(item.position))
        yield Outcome(design.kind, is_indexed(true, item.position, search), where is not None, rank, denied)


def is_denied(page: Page, floor: float | None) -> bool:
    """Whether nothing on the first page of a list is as near as the floor."""
    return floor is not None and not accepted(page.hits[0].score if page.hits else None, floor)


def is_indexed(slug: str, position: str, search: PhotoSearch) -> bool:
    """Whether the gallery holds a region of the product that a search of this position can meet."""
    regions = Region.objects.filter(image__product__slug=slug, position=position, version=search.version)
    return regions.exists()


def matching(regions: list[tuple[PhotoRegion, float]], position: str) -> PhotoRegion | None:
    """The region of this position that overlaps most, if it overlaps enough."""
    there = [(region, iou) for region, iou in regions if region.position == position and iou >= SAME]
    return max(there, key=lambda pair: pair[1])[0] if there else None


def table(outcomes: list[Outcome]) -> list[str]:
    """A line for all items and one for each kind; an item that was not found counts as a miss in every column."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by_kind[one.kind].append(one)
    heads = ("indexed", "found", *(f"top {top}" for top in TOPS))
    lines = [f"{'':16}{'items':>8}" + "".join(f"{head:>8}" for head in heads)]
    for name, some in [("all", outcomes), *sorted(by_kind.items())]:
        hits = [sum(one.indexed for one in some), sum(one.found for one in some)]
        hits += [sum(one.rank is not None and one.rank <= top for one in some) for top in TOPS]
        lines.append(f"{name:16}{len(some):8}" + "".join(f"{hit / len(some):8.1%}" for hit in hits))
    return lines
