"""Opens the whole shop on this machine until Ctrl-C."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console

from catalog.album import Album
from shop import demo
from shop.environment import env


class Command(BaseCommand):
    help = "Opens the whole shop on this machine, filled with an example catalogue, until Ctrl-C."
    requires_system_checks: list[str] = []  # a second's work that the web server does again

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--photos", type=Path, help="fill an empty shop with the pictures of this folder or zip")
        parser.add_argument("--products", type=int, default=240, help="or with so many drawn products")

    def handle(self, *, photos: Path | None, products: int, **_: Any) -> None:
        address = demo.Address(env("HOST", default="127.0.0.1"), env.int("PORT", default=8000))
        source = Album(photos) if photos else None
        demo.run(address, source, products=products, console=Console())
