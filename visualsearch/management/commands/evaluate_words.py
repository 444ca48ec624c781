"""How often words beside a photo bring what they name to the top, and the kind of thing that the photo shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import track

from catalog import studio
from catalog.drawn import Drawn, slug_of
from catalog.models import Product
from visualsearch import indexing, shades, thresholds, versions
from visualsearch.management.commands._trial_shop import trial_shop
from visualsearch.management.commands.evaluate_demo import ask, matching
from visualsearch.ml.types import Box
from visualsearch.results import regions_of
from visualsearch.search import Ask, Page, nearest_of_each
from visualsearch.searchwords import nearest_with_words
from visualsearch.wishes import Wishes

if TYPE_CHECKING:
    from catalog.studio import Design
    from visualsearch.models import PhotoRegion

FIRST = 4  # products of a list that are looked at: a phone's first two rows


class Hit(NamedTuple):
    """Whether a product of a list is in the colour that was asked for, and of the photo's kind."""

    coloured: bool
    alike: bool


class Outcome(NamedTuple):
    """The first products of one item's list, by the picture and with the words."""

    before: list[Hit]
    after: list[Hit]
    possible: bool  # whether the accepted products hold one that is both


class Command(BaseCommand):
    help = (
        "Fills an empty shop beside yours with drawn products, asks with street photos and “in” another colour, one in "
        "which the shop has that kind of thing, and prints what comes first without and with the words."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--products", type=int, default=240, help="how many products the shop is to have")
        parser.add_argument("--photos", type=int, default=50, help="how many street photos")
        parser.add_argument("--catalogue", type=int, default=1, help="another number draws another catalogue")
        parser.add_argument("--seed", type=int, default=7, help="another number draws other photos")

    def handle(self, *, products: int, photos: int, catalogue: int, seed: int, **options: Any) -> None:
        with trial_shop():
            versions.announce()
            source = Drawn(products, catalogue)
            for _ in track(source, source.verb, total=len(source), transient=True):
                pass
            if stale := indexing.stale_images(versions.target()).count():
                raise CommandError(f"{stale} pictures of the shop could not be indexed.")
            designs = {slug_of(one): one for one in (studio.design(catalogue, n) for n in range(products))}
            outcomes = list[Outcome]()
            for number in track(range(photos), "Searching", transient=True):
                picture = studio.street_photo(catalogue, seed * 100_000 + number, products)
                outcomes += judge(picture, designs, Random(number))  # noqa: S311 - no secret
        self.stdout.write("\n".join(table(outcomes)))


def judge(picture: studio.Picture, designs: dict[str, Design], draw: Random) -> Iterator[Outcome]:
    """What became of each item that was found, and of whose kind there is another colour."""
    search = ask(picture, here=True)
    regions, floors = regions_of(search), thresholds.floors(search)
    for item in picture.items:
        own = studio.design(item.seed, item.index)
        region = matching([(one, one.box.overlap(Box(*item.box))) for one in regions], item.position)
        others = [one for one in designs.values() if one.kind == own.kind and one.index != own.index]
        colours = sorted(offered(others) - offered([own]))
        if region and colours:
            yield outcome(region, floors.get(region.position), own.kind, draw.choice(colours), designs)


def outcome(region: PhotoRegion, floor: float | None, kind: str, colour: str, designs: dict[str, Design]) -> Outcome:
    """Ask for a colour."""

    def told(page: Page) -> list[Hit]:
        some = [designs[hit.product.slug] for hit in page.hits if hit.accepted is not False]
        return [Hit(colour in offered([one]), one.kind == kind) for one in some]

    plain, wishes = Ask(region, Product.objects.count(), floor=floor), Wishes.read(f"in {colour}")
    before = told(nearest_of_each([plain])[0])
    after = told(nearest_with_words(plain, wishes).page)
    return Outcome(before, after, Hit(True, True) in before)


def offered(designs: list[Design]) -> set[str]:
    """The colours that these come in, by the words that shoppers have for them."""
    names = [shades.plain(way.name) for design in designs for way in design.colourways]
    return {
        colour for colour in shades.FAMILIES
        if any(re.search(shades.pattern(*shades.names(colour)), name) for name in names)
    }  # fmt: skip


def table(outcomes: list[Outcome]) -> list[str]:
    """Shares of all items that were asked about."""
    count = max(1, len(outcomes))
    lines = [f"{len(outcomes)} items", f"{'':44}{'picture':>10}{'and words':>10}"]
    rows = {
        "first: in the colour": lambda some: sum(one.coloured for one in some[:1]),
        "first: of the kind": lambda some: sum(one.alike for one in some[:1]),
        "first: in the colour and of the kind": lambda some: sum(one == (True, True) for one in some[:1]),
        f"first {FIRST}: any in the colour and of the kind": lambda some: int((True, True) in some[:FIRST]),
    }
    for name, counted in rows.items():
        before, after = (sum(counted(getattr(one, when)) for one in outcomes) / count for when in ("before", "after"))
        lines.append(f"{name:44}{before:10.1%}{after:10.1%}")
    possible = sum(one.possible for one in outcomes) / count
    return [*lines, f"{'in the list at all (accepted)':44}{possible:10.1%}{possible:10.1%}"]
