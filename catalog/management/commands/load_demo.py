"""Fills the shop with drawn products, or with one's own photos."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import track

from catalog.album import Album
from catalog.drawn import Drawn


class Command(BaseCommand):
    help = "Fills the shop with drawn products, or with your own photos. Doing it twice adds nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--products", type=int, default=240, help="how many drawn products there are to be")
        parser.add_argument("--seed", type=int, default=1, help="another number draws another catalogue")
        parser.add_argument("--photos", type=Path, help="a folder or zip of photos, instead of drawn products")

    def handle(self, *, products: int, seed: int, photos: Path | None, **_: Any) -> None:
        source = Album(photos) if photos else Drawn(products, seed)
        console = Console()
        for entry in track(source, source.verb, total=len(source), console=console):
            if entry.problem:
                console.print(f"Left out {entry.name}: {entry.problem}")
