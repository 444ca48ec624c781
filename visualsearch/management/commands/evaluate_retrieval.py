"""Prints how often an embedder finds the product that a picture shows."""

from __future__ import annotations

import json
import zipfile
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from visualsearch.management.commands._studio import save_catalogue
from visualsearch.ml.datasets.retrieval import READERS, DatasetError
from visualsearch.ml.evaluate import retrieval, sheets, trials
from visualsearch.ml.session import Embedder
from visualsearch.ml.weights import WeightsError, named, write_entry

if TYPE_CHECKING:
    from visualsearch.ml.evaluate.trials import Trial

PAPER_KS = (1, 10, 20, 30, 40, 50)  # as In-shop is reported
# In-shop R@1 in per cent, full and binary vectors, to hold one's own against.
REFERENCES = {"the paper, arXiv 1811.12649": (89.4, 88.8), "an earlier system, trained by it": (89.28, 88.69)}
DRAWN = Path("var/studio-1")
NAMES = {"": "full vectors", "binary": "sign bits", "reranked": "bits, reranked", "whole": "any position"}


class Command(BaseCommand):
    help = "Prints Recall@K in per cent, by full and by binary vectors, on pictures by product."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", type=Path, nargs="?", default=DRAWN, help="folder or zip; the studio draws its own")
        parser.add_argument("--protocol", choices=sorted(READERS), required=True)
        parser.add_argument("--weights", default=settings.VISUALSEARCH["EMBEDDER"], help="name in the registry")
        parser.add_argument("--photos", type=int, default=50, help="street photos that the studio draws")
        parser.add_argument(
            "--pictures", type=Path, metavar="DIR|FILE", help="also draw questions with their answers there, by rule"
        )
        parser.add_argument("--seed", type=int, default=0, help="another number draws other questions")
        parser.add_argument("--record", action="store_true", help="keep the figures in the registry's entry")
        parser.add_argument("--json", action="store_true", help="figures for programs")

    def handle(self, *, data: Path, protocol: str, weights: str, photos: int, **options: Any) -> None:
        try:
            embedder = Embedder(named(weights))
            trial = ask(embedder, data, protocol, photos)
            if options["pictures"]:
                sheets.save(options["pictures"], trial.sections(options["seed"]), trials.SHOWN + 1)
        except (WeightsError, DatasetError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise CommandError(str(error)) from error
        if options["record"]:
            recorded = {f"{protocol} {name}": value for name, value in trial.figures().items()}
            write_entry(replace(embedder.weights, figures=embedder.weights.figures | recorded))
        self.stdout.write(as_json(trial) if options["json"] else as_table(trial, protocol))


def ask(embedder: Embedder, data: Path, protocol: str, photos: int) -> Trial:
    """Put the protocol's questions to the embedder; the studio's catalogue is drawn first where it is not there."""
    if protocol == "studio":
        return trials.street(embedder, READERS[protocol](save_catalogue(data, 1, photos=photos)))
    return trials.two_parts(embedder, READERS[protocol](data), PAPER_KS if protocol == "inshop" else retrieval.KS)


def as_json(trial: Trial) -> str:
    """All that is said about the embedder, for programs; figures in per cent, intervals as [low, high]."""
    more = {
        "questions": len(trial.questions),
        "pictures": len(trial.gallery),
        "intervals": trial.intervals(),
        "kinds": {row.kind: {"questions": row.asked} | named_recalls(trial, row.recalls) for row in trial.kinds()},
        "failures": trial.failures(),
    }
    return json.dumps(trial.figures() | more, indent=1)


def named_recalls(trial: Trial, recalls: tuple[float, ...]) -> dict[str, float]:
    """Per cent by `R@K`."""
    return {f"R@{k}": round(100 * recall, 2) for k, recall in zip(trial.ks, recalls, strict=True)}


def as_table(trial: Trial, protocol: str) -> str:
    """A line a way with its intervals, a line a kind, and what was found instead."""
    figures, between = trial.figures(), trial.intervals()
    lines = [f"{len(trial.questions)} questions against {len(trial.gallery)} pictures, per cent"]
    lines += ["In brackets: 95% by a bootstrap over the questions", ""]
    lines.append(f"{'':18}" + "".join(f"{f'R@{k}':>22}" for k in trial.ks))
    for way in trial.hits:
        names = [f"{way} R@{k}".strip() for k in trial.ks]
        cells = (f"{figures[name]:.2f} ({between[name][0]:.1f}-{between[name][1]:.1f})" for name in names)
        lines.append(f"{NAMES[way]:18}" + "".join(f"{cell:>22}" for cell in cells))
    if protocol == "inshop":
        lines += reference_lines()
    return "\n".join([*lines, "", *kind_lines(trial), "", *failure_lines(trial)])


def reference_lines() -> list[str]:
    """What others have reported on In-shop."""
    heads = f"{'To hold it against, R@1':40}{'full':>8}{'bits':>8}"
    return ["", heads, *(f"{name:40}{full:8.2f}{bits:8.2f}" for name, (full, bits) in REFERENCES.items())]


def kind_lines(trial: Trial) -> list[str]:
    """Full vectors, by the kind of thing that is asked for."""
    heads = f"{'By kind, full vectors':26}{'asked':>6}" + "".join(f"{f'R@{k}':>8}" for k in trial.ks)
    rows = ((row.kind, row.asked, "".join(f"{100 * recall:8.1f}" for recall in row.recalls)) for row in trial.kinds())
    return [heads, *(f"{kind:26}{asked:6}{recalls}" for kind, asked, recalls in rows)]


def failure_lines(trial: Trial) -> list[str]:
    """What the nearest picture shows of the questions that were not answered by it."""
    failures = trial.failures()
    total = failures.total()
    lines = [f"Where the nearest is another product ({total} questions), it shows"]
    return lines + [f"{100 * count / total:5.1f}%{count:6}  {name}" for name, count in failures.most_common()]
