"""From which score on a product is what the photo shows: measured on photos whose truth is known."""

from __future__ import annotations

import zipfile
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings
from rich.progress import track

from catalog.importer.files import NoFiles
from catalog.importer.sheets import Unreadable
from catalog.models import Product
from visualsearch import searches, thresholds, versions
from visualsearch.management.commands._stock import fill
from visualsearch.management.commands._studio import save_catalogue
from visualsearch.management.commands._trial_shop import trial_shop
from visualsearch.management.commands.evaluate_demo import matching
from visualsearch.ml.datasets.retrieval import READERS, DatasetError
from visualsearch.ml.evaluate import intervals, ranks, trials
from visualsearch.ml.types import POSITIONS, WHOLE
from visualsearch.ml.weights import WeightsError
from visualsearch.models import State
from visualsearch.results import regions_of
from visualsearch.search import Ask, nearest_of_each

if TYPE_CHECKING:
    from visualsearch.management.commands._stock import Stock
    from visualsearch.ml.datasets.retrieval import Shot
    from visualsearch.models import PhotoRegion, PhotoSearch
    from visualsearch.versions import Pair

DRAWN = Path("var/calibration")
WIDTHS = (800, 720)  # px of products and street photos, as the demo has them
ERROR = 0.1
FEWEST = 30  # questions from which a position gets a floor
NOT_READ = (WeightsError, DatasetError, NoFiles, Unreadable, ValueError, OSError, zipfile.BadZipFile)


class Question(NamedTuple):
    """The best score of one list while the product that the photo shows is in the shop, and as if it were not."""

    photo: int
    position: str
    there: float
    gone: float


class Command(BaseCommand):
    help = (
        "Fills an empty shop beside yours, searches in it with photos whose products are known, and chooses for each "
        "position the score below which the shop says that it may not have this, so that it says so of at most the "
        "promised share of things that it has. Prints both errors on photos that took no part in the choice, and your "
        "shop searches with these scores from then on. Its products are not touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", type=Path, nargs="?", default=DRAWN, help="folder or zip; the studio draws its own")
        parser.add_argument("--protocol", choices=("studio", "luma", "folder"), default="studio")
        parser.add_argument("--error", type=float, default=ERROR, help="share of things that are there and denied")
        parser.add_argument("--photos", type=int, default=300, help="street photos that the studio draws")
        parser.add_argument("--products", type=int, default=240, help="products that the studio draws")
        parser.add_argument("--seed", type=int, default=1, help="of the studio's catalogue")
        parser.add_argument("--record", action="store_true", help="also keep them among the embedder's figures")
        less = parser.add_mutually_exclusive_group()
        less.add_argument("--dry-run", action="store_true", help="print, and change nothing in your shop")
        less.add_argument("--forget", action="store_true", help="measure nothing; your shop takes no side any more")

    def handle(self, *, error: float, forget: bool, **options: Any) -> None:
        if not 0 < error < 1:
            raise CommandError("--error is a share between 0 and 1, such as 0.1.")
        try:
            pair = versions.in_use()
            found = {} if forget else self.measure(pair, error=error, **options)
            if not options["dry_run"]:
                self.keep(pair, found, error)
            if options["record"]:
                thresholds.record(pair.embedder, found, error=error, photos=options["protocol"])
        except NOT_READ as problem:
            raise CommandError(str(problem)) from problem

    def measure(self, pair: Pair, *, data: Path, protocol: str, error: float, **options: Any) -> Mapping[str, float]:
        """The floors, once they are printed with their errors."""
        if protocol == "studio":
            seed, drawn = options["seed"], {name: options[name] for name in ("photos", "products")}
            folder = data / "-".join(map(str, (seed, *drawn.values(), *WIDTHS)))
            data = save_catalogue(folder, seed, widths=WIDTHS, **drawn)
        shots = READERS[protocol](data)
        names = {"DETECTOR": pair.detector.name, "EMBEDDER": pair.embedder.name}
        with override_settings(VISUALSEARCH=settings.VISUALSEARCH | names), trial_shop():
            versions.announce()
            choosing, judging = halves(ask(shots, fill(protocol, data, shots)))
        found = floors(choosing, error)
        self.stdout.write("\n".join(table(found, choosing, judging, error)))
        return found

    def keep(self, pair: Pair, found: Mapping[str, float], error: float) -> None:
        """Search with the floors from now on, also where no worker has made the version's row yet."""
        version = versions.offer(detector=pair.detector, embedder=pair.embedder)
        thresholds.keep(pair.embedder, found, error=error)
        if found:
            self.stdout.write(f"Searches with {version.name} have the floors of {len(found)} positions from now on.")
        else:
            self.stdout.write(f"Searches with {version.name} have no floors any more.")


def ask(shots: list[Shot], stock: Stock) -> Iterator[Question]:
    """A question for each photo as a whole, and one for each of its things that is found in it.

    Where the data know no boxes, a photo shows one thing: the surest that is found.
    """
    asked, _ = trials.parts(shots)
    ids: dict[str, set[int]] = defaultdict(set)
    for pk, slug in Product.objects.values_list("pk", "slug"):
        ids[stock.styles.get(slug, "")].add(pk)
    photos = [list(group) for _, group in groupby(asked, key=lambda shot: shot.member)]
    for number, things in enumerate(track(photos, "Searching", transient=True)):
        regions = regions_of(described(things[0].content()))
        shown = set().union(*(ids[ranks.style_of(thing)] for thing in things))
        places = ((place_of(thing, regions), ids[ranks.style_of(thing)]) for thing in things)
        for region, products in [(regions[0], shown), *places]:
            if region:
                yield Question(number, region.position, *best_scores(region, products))


def described(photo: bytes) -> PhotoSearch:
    """The search with a photo, done in this process."""
    search = searches.begin(photo)
    if searches.answer(search.pk) != State.DONE:
        raise CommandError("A photo could not be described. The log says why.")
    search.refresh_from_db()
    return search


def place_of(thing: Shot, regions: list[PhotoRegion]) -> PhotoRegion | None:
    """The region that shows the thing, if one does."""
    if thing.box is None:
        return next(iter(regions[1:]), None)
    box = thing.box
    return matching([(region, region.box.overlap(box)) for region in regions], thing.position)


def best_scores(region: PhotoRegion, products: set[int]) -> tuple[float, float]:
    """The best score in a region's list, as it is and without these products; -1 of an empty list."""
    pages = nearest_of_each([Ask(region, 1), Ask(region, 1, without=tuple(products))])
    there, gone = (page.hits[0].score if page.hits else -1.0 for page in pages)
    return there, gone


def halves(questions: Iterable[Question]) -> tuple[list[Question], list[Question]]:
    """The questions to choose by and those to judge by; of one photo all are in one half."""
    parts: tuple[list[Question], list[Question]] = ([], [])
    for question in questions:
        parts[question.photo % 2].append(question)
    return parts


def floors(choosing: Iterable[Question], error: float) -> dict[str, float]:
    """The floor of each position that was asked about often enough."""
    by_position = defaultdict[str, list[Question]](list)
    for question in choosing:
        by_position[question.position].append(question)
    chosen = {
        position: thresholds.choose([q.there for q in some], error, [q.gone for q in some])
        for position, some in by_position.items()
        if len(some) >= FEWEST
    }
    return {position: floor for position, floor in chosen.items() if floor is not None}


def table(found: Mapping[str, float], choosing: list[Question], judging: list[Question], error: float) -> Iterator[str]:
    """A line for each position, and one for all things: both errors on the half that took no part in the choice."""
    yield f"Promised: of what is there, at most {error:.0%} is denied. In brackets: 95% (Wilson)"
    yield f"{'':12}{'chosen by':>10}{'floor':>8}{'judged by':>10}{'there, denied':>24}{'gone, not noticed':>24}"
    for position in (WHOLE, *POSITIONS):
        chosen, judged = ([q for q in half if q.position == position] for half in (choosing, judging))
        floor = f"{found[position]:8.3f}" if position in found else f"{'none':>8}"
        yield f"{position:12}{len(chosen):10}{floor}" + errors([q for q in judged if position in found], found)
    things = [q for q in judging if q.position in found and q.position != WHOLE]
    yield f"{'all things':12}{'':18}" + errors(things, found)


def errors(judged: list[Question], found: Mapping[str, float]) -> str:
    """How many were asked, the share of things that are there and denied, and of things gone that go unnoticed."""
    denied = sum(q.there < found[q.position] for q in judged)
    unnoticed = sum(q.gone >= found[q.position] for q in judged)
    return f"{len(judged):10}{share(denied, len(judged))}{share(unnoticed, len(judged))}"


def share(some: int, of: int) -> str:
    """In per cent with its interval."""
    if not of:
        return f"{'-':>24}"
    low, high = intervals.of_share(some, of)
    return f"{f'{some / of:.1%} ({low:.1%}-{high:.1%})':>24}"
