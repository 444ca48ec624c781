"""Takes in a Darknet detector that was trained elsewhere."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from visualsearch import versions
from visualsearch.ml import classmaps, weights
from visualsearch.ml.classmaps import ClassMapError
from visualsearch.ml.darknet import DarknetError
from visualsearch.ml.weights import WeightsError

if TYPE_CHECKING:
    from visualsearch.ml.classmaps import ClassMap
    from visualsearch.ml.weights import Weights
    from visualsearch.models import ModelVersion

THRESHOLD = 0.25  # Darknet's own
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Command(BaseCommand):
    help = (
        "Takes in Darknet weights of YOLOv3 or YOLOv3-tiny: checks them, exports ONNX, registers and offers the result."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        known = "|".join(classmaps.BY_NAME)
        parser.add_argument("weights", type=Path, metavar="W.weights")
        parser.add_argument(
            "--cfg", type=Path, required=True, metavar="C.cfg", help="that the weights were trained with"
        )
        parser.add_argument(
            "--classes", required=True, metavar=f"{known}|FILE", help="FILE: `class[, position]` a line"
        )
        parser.add_argument("--name", help="in the registry; made of the file's name if not given")
        parser.add_argument("--size", type=int, metavar="PX", help="side of the pictures; the cfg's if not given")
        parser.add_argument(
            "--threshold", type=share, default=THRESHOLD, help="score from which on something is an item"
        )
        parser.add_argument("--licence", default="not stated", metavar="TEXT", help="kept with the weights")
        parser.add_argument("--data", metavar="TEXT", help="what it was trained on; kept with the weights")

    def handle(self, **options: Any) -> None:
        folder = settings.VISUALSEARCH["MODELS"]
        try:
            entry = converted(folder, **options)
            version = offered(entry)
        except (ClassMapError, DarknetError, WeightsError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Nothing can be written to the models folder {folder}: {error.strerror}.") from error
        except DatabaseError as error:
            raise CommandError(f"The database does not take the offer, so nothing was registered: {error}") from error
        self.stdout.write(f"Registered {entry.name}: {entry.path}, sha256 {entry.sha256[:12]}, {entry.input_size} px.")
        for label, position in zip(entry.classes, entry.positions, strict=True):
            self.stdout.write(f"  {label}: {position or 'dropped'}")
        self.stdout.write(f"Offered for activation: {version}. To search with it: activate_model {version.pk}")


def share(text: str) -> float:
    """A number between 0 and 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 < number < 1:
        raise ArgumentTypeError(f"{text} is not a number between 0 and 1.")
    return number


def converted(
    folder: Path, *, weights: Path, cfg: Path, classes: str, name: str | None, size: int | None, **options: Any
) -> Weights:
    """The entry of the files given, registered in `folder`; raises one of the errors that `handle` knows."""
    conversion = library()
    name = free_name(name or re.sub(r"[^A-Za-z0-9._-]+", "-", weights.stem).strip("-._"), folder)
    class_map = classmaps.read(classes)
    size = conversion.side(cfg) if size is None else size
    network = conversion.read(weights, cfg, len(class_map))
    entry = conversion.entry(network, class_map, name=name, size=size, folder=folder)
    about = {"threshold": options["threshold"], "licence": options["licence"]}
    return conversion.register(network, replace(entry, **about, data=options["data"] or source(classes, class_map)))


def library() -> ModuleType:
    """The module that needs torch, which comes with training only."""
    try:
        from visualsearch.ml import conversion
    except ModuleNotFoundError as error:
        raise CommandError(
            f"This command needs {error.name}, which the shop itself does without: pip install -r requirements-dev.txt"
        ) from error
    return conversion


def free_name(name: str, folder: Path) -> str:
    """The name, if it is one and nothing has it; raises `WeightsError` otherwise."""
    if not NAME.fullmatch(name):
        raise WeightsError(f"{name!r} is no name: give --name 1 to 80 letters, digits, dots, dashes or underscores.")
    taken = name in weights.registered() or any((folder / f"{name}{end}").exists() for end in (".json", ".onnx"))
    if taken:
        raise WeightsError(f"There are weights called {name} already. Give another --name.")
    return name


def source(classes: str, class_map: ClassMap) -> str:
    """What is said of the data where the keeper says nothing."""
    return f"not stated; classes of {classes if classes in classmaps.BY_NAME else Path(classes).name}"


def offered(entry: Weights) -> ModelVersion:
    """The version that the shop's keeper may activate; if there can be none, the entry goes too."""
    try:
        return versions.offer(detector=entry)
    except BaseException:
        weights.remove_entry(entry)
        raise
