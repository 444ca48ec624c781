"""Teaches an embedder to tell products apart and registers the result."""

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from visualsearch.management.commands._studio import save_catalogue
from visualsearch.ml.datasets.retrieval import DatasetError, Shot, training_shots

if TYPE_CHECKING:
    from visualsearch.ml.dml import EmbeddingNet
    from visualsearch.ml.train.embedder import Recipe

LICENCE = "MIT; trunk from EfficientNet-Lite, Apache-2.0"
MEASURED_ON = 1  # the demo's catalogue, which nothing learns from


class Command(BaseCommand):
    help = "Teaches an embedder to tell products apart; stop it at will and go on with --resume."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", nargs="*", default=[], metavar="PATH[:PRODUCTS]", help="zips, or folders with one a product"
        )
        parser.add_argument("--studio", nargs="*", type=int, default=[], metavar="SEED", help="drawn catalogues, not 1")
        parser.add_argument("--folder", type=Path, default=Path("var/train/embedder"), help="state, log and drawings")
        parser.add_argument("--trunk", choices=("lite0", "lite1", "lite2"), default="lite0")
        parser.add_argument("--dimension", type=int, default=512)
        parser.add_argument("--start", type=Path, help="a run's last.pt to start from, instead of ImageNet")
        parser.add_argument("--size", type=int, default=160, help="px of the pictures to learn from")
        parser.add_argument("--minutes", type=float, default=0.0, help="wall clock in all; or")
        parser.add_argument("--epochs", type=int, default=2, help="0 registers the frozen trunk behind a projection")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--heads", type=float, default=0.2, help="weight of the heads for kind and colour")
        parser.add_argument("--threads", type=int, help="1 is quickest on a busy machine: two wait for each other")
        parser.add_argument("--resume", action="store_true", help="go on with the run in the folder")
        parser.add_argument("--name", help="of the weights in the registry; nothing is registered without")

    def handle(self, *, folder: Path, resume: bool, **options: Any) -> None:
        # Torch comes with training only.
        import torch

        from visualsearch.ml.train.embedder import Recipe, Run

        fields = {name: options[name] for name in ("seed", "epochs", "minutes", "size", "heads")}
        if options["threads"]:
            torch.set_num_threads(options["threads"])
        try:
            shots = self.shots(folder, **options)
            net = network(options["trunk"], options["dimension"], options["start"])
            run = Run(net, shots, Recipe(**fields), folder)
            run.resume() if resume else run.prepare(projection=options["start"] is None)
        except (OSError, ValueError, KeyError, ImportError, DatasetError) as error:
            raise CommandError(str(error)) from error
        run.train()
        if options["name"]:
            self.register(run.net, run.recipe, **options)

    def shots(self, folder: Path, *, data: list[str], studio: list[int], seed: int, **_: Any) -> list[Shot]:
        """The pictures to learn from; draws the studio's catalogues beside the run if they are not there."""
        if MEASURED_ON in studio:
            raise DatasetError(f"The studio's catalogue {MEASURED_ON} is the demo, for measuring only.")
        drawn = [save_catalogue(folder.parent / f"studio-{s}", s, photos=130, widths=(208, 400)) for s in studio]
        shots = [shot for path, most in map(parted, data) for shot in some(training_shots(path), most, seed)]
        shots += [shot for path in drawn for shot in training_shots(path)]
        if not shots:
            raise DatasetError("Nothing to learn from: name --data, --studio, or both.")
        return shots

    def register(self, net: "EmbeddingNet", recipe: "Recipe", *, name: str, trunk: str, **options: Any) -> None:
        """Export the network into the registry."""
        from visualsearch.ml import lite, weights
        from visualsearch.ml.train.embedder import release

        names = [parted(text)[0].name for text in options["data"]] + [f"studio {seed}" for seed in options["studio"]]
        side, data = lite.SIZES[trunk].side, ", ".join(names)
        entry = release(net, name, side, data=data, licence=LICENCE, folder=weights.ARTIFACTS)
        self.stdout.write(f"Registered {entry.name}: {entry.file}, sha256 {entry.sha256[:12]}.")


def parted(text: str) -> tuple[Path, int]:
    """A path, and how many of its products are wanted: `photos.zip:4000`; 0, all, if nothing is said."""
    path, colon, most = text.rpartition(":")
    return (Path(path), int(most)) if colon else (Path(text), 0)


def some(shots: list[Shot], most: int, seed: int) -> list[Shot]:
    """The shots of at most so many products, drawn by the seed; 0 is all."""
    from random import Random

    products = sorted({shot.product for shot in shots})
    chosen = set(Random(seed).sample(products, most) if 0 < most < len(products) else products)  # noqa: S311
    return [shot for shot in shots if shot.product in chosen]


def network(trunk: str, dimension: int, start: Path | None) -> "EmbeddingNet":
    """A network with ImageNet's trunk, or as a run left it. Its norms are folded in: a step costs half as much."""
    import torch

    from visualsearch.ml import dml, lite
    from visualsearch.ml.export import folded

    if start is None:
        return folded(dml.EmbeddingNet(lite.pretrained(trunk), dimension=dimension))
    net = folded(dml.EmbeddingNet(lite.LiteTrunk(trunk), dimension=dimension))
    net.load_state_dict(torch.load(start, weights_only=True)["net"])
    return net
