"""Prints how often the whole shop finds what a photo shows, beside how often the embedder alone does."""

from __future__ import annotations

import json
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import track

from catalog.importer.files import NoFiles
from catalog.importer.sheets import Unreadable
from visualsearch import pipeline, versions
from visualsearch.management.commands._stock import Stock, fill
from visualsearch.management.commands._studio import save_catalogue
from visualsearch.management.commands._trial_shop import Shopper, trial_shop
from visualsearch.management.commands.evaluate_demo import SAME
from visualsearch.ml.datasets.retrieval import READERS, DatasetError
from visualsearch.ml.evaluate import ranks, retrieval, trials
from visualsearch.ml.evaluate.ranks import Line, Rank
from visualsearch.ml.types import Box
from visualsearch.ml.weights import WeightsError

if TYPE_CHECKING:
    from visualsearch.ml.datasets.retrieval import Shot

DRAWN = Path("var/studio-1")
NOT_READ = (WeightsError, DatasetError, NoFiles, Unreadable, ValueError, OSError, zipfile.BadZipFile)
EXACT, ANY = "in its colour", "in any colour"
WHOLE, SUREST, BEST = "photo as a whole", "surest item", "best item"


class Command(BaseCommand):
    help = (
        "Fills an empty shop beside yours, sends it photos through its API, and prints how often the right product is "
        "among the first, in per cent, beside the same for the embedder alone. Your shop is not touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", type=Path, nargs="?", default=DRAWN, help="folder or zip; the studio draws its own")
        parser.add_argument("--protocol", choices=("luma", "studio", "folder"), required=True)
        parser.add_argument("--photos", type=int, default=50, help="street photos that the studio draws")
        parser.add_argument("--json", action="store_true", help="figures for programs")

    def handle(self, *, data: Path, protocol: str, photos: int, **options: Any) -> None:
        try:
            shots = READERS[protocol](save_catalogue(data, 1, photos=photos) if protocol == "studio" else data)
            trials.parts(shots)
            with trial_shop():
                versions.announce()
                stock = fill(protocol, data, shots)
                lines, notes = items(shots, stock) if protocol == "studio" else views(shots, stock)
        except NOT_READ as error:
            raise CommandError(str(error)) from error
        ks = trials.STREET_KS if protocol == "studio" else retrieval.KS
        self.stdout.write(as_json(lines, ks, notes) if options["json"] else as_table(lines, ks, notes))


def views(shots: list[Shot], stock: Stock) -> tuple[list[Line], dict[str, int]]:
    """Each question is a photo of one product: in which list does it stand, and where? And what there was to ask."""
    asked, there = trials.parts(shots)
    shopper, ks = Shopper(), retrieval.KS
    answers = [shopper.search(shot.content(), ks[-1]) for shot in track(asked, "Searching", transient=True)]
    stood = [list(standings(answer, shot, stock)) for answer, shot in zip(answers, asked, strict=True)]
    exact, style = ranks.model_only(serving_embedder(), asked, there, ks)
    colours = any(shot.style for shot in asked)
    lines = [Line(f"model alone, {EXACT}", exact)] if colours else []
    lines.append(Line(f"model alone, {ANY}" if colours else "model alone", style))
    for at, (name, _, _) in enumerate(stood[0]):
        if colours:
            lines.append(ranks.line(f"{name}, {EXACT}", [each[at][1] for each in stood], ks))
        lines.append(ranks.line(f"{name}, {ANY}" if colours else name, [each[at][2] for each in stood], ks))
    return lines, counted(asked, stock) | {"photos without an item": sum(not each["objects"] for each in answers)}


def standings(answer: dict[str, Any], shot: Shot, stock: Stock) -> Iterator[tuple[str, Rank, Rank]]:
    """For the photo as a whole, its surest item and its best one: the rank in the exact colour, and of the style.

    A product stands in a list once, with its nearest picture: its colour is right if that picture is of the product.
    """
    lists = [answer["image"]["results"], *(one["results"] for one in answer["objects"])]
    styles = [ranks.rank_of([stock.style(r) == ranks.style_of(shot) for r in results]) for results in lists]
    exact = [ranks.rank_of([stock.shows(r, shot.product) for r in results]) for results in lists]
    yield WHOLE, exact[0], styles[0]
    yield SUREST, ranks.best(exact[1:2]), ranks.best(styles[1:2])
    yield BEST, ranks.best(exact[1:]), ranks.best(styles[1:])


def items(shots: list[Shot], stock: Stock) -> tuple[list[Line], dict[str, int]]:
    """Each question is an item of a photo: is it found, and where does its product stand in its list?"""
    asked, _ = trials.parts(shots)
    shopper, ks = Shopper(), trials.STREET_KS
    stood, found = list[Rank](), 0
    photos = [list(group) for _, group in groupby(asked, key=lambda shot: shot.member)]
    for items_ in track(photos, "Searching", transient=True):
        answer = shopper.search(items_[0].content(), ks[-1])
        for shot in items_:
            there = matching(answer["objects"], shot)
            found += there is not None
            stood.append(ranks.rank_of([stock.style(r) == shot.product for r in there["results"]]) if there else None)
    alone = Line("model alone, true boxes", trials.street(serving_embedder(), shots).hits[""])
    notes = counted(asked, stock) | {"photos": len(photos), "items found": found}
    return [alone, ranks.line("its item's list", stood, ks)], notes


def matching(objects: list[dict[str, Any]], shot: Shot) -> dict[str, Any] | None:
    """The object of the item's position that lies most on its box, if it lies there enough."""
    assert shot.box is not None
    there = [(shot.box.overlap(Box(*one["box"])), one) for one in objects if one["position"] == shot.position]
    best = max(there, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= SAME else None


def serving_embedder() -> Any:
    """The embedder that the shop searches with."""
    return pipeline.models_in_process(versions.serving()).embedder


def counted(asked: list[Shot], stock: Stock) -> dict[str, int]:
    """How much was asked, among how much."""
    return {"questions": len(asked), "products in the shop": len(stock.styles)}


def as_json(lines: list[Line], ks: tuple[int, ...], notes: dict[str, int]) -> str:
    """For programs, in per cent: by line and `R@K` [figure, low, high]."""
    figures = {
        line.name: {f"R@{k}": [round(100 * one, 2) for one in cell] for k, cell in zip(ks, line.recalls(), strict=True)}
        for line in lines
    }
    return json.dumps(notes | {"figures": figures}, indent=1)


def as_table(lines: list[Line], ks: tuple[int, ...], notes: dict[str, int]) -> str:
    """A line a way to ask, with its intervals."""
    rows = ["; ".join(f"{name}: {count}" for name, count in notes.items())]
    rows += ["Per cent. In brackets: 95% by a bootstrap over the questions", ""]
    rows.append(f"{'':34}" + "".join(f"{f'R@{k}':>22}" for k in ks))
    for line in lines:
        cells = (f"{100 * share:.2f} ({100 * low:.1f}-{100 * high:.1f})" for share, low, high in line.recalls())
        rows.append(f"{line.name:34}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(rows)
