"""Teaches an embedder to tell products apart and registers the result."""

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from visualsearch import finetuning
from visualsearch.management.commands._machine import add_machine
from visualsearch.management.commands._studio import save_catalogue
from visualsearch.ml.datasets.retrieval import DatasetError, Shot, training_shots
from visualsearch.ml.datasets.street import lessons
from visualsearch.ml.weights import WeightsError

if TYPE_CHECKING:
    from visualsearch.ml.dml import EmbeddingNet
    from visualsearch.ml.train.embedder import Run

CHANGES = ("crops", "grounds", "covers", "light")  # `ml.augment.CHANGES`, without its libraries
MEASURED_ON = 1  # the demo's catalogue, which nothing learns from


class Command(BaseCommand):
    help = "Teaches an embedder to tell products apart; stop it at will and go on with --resume."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", nargs="*", default=[], metavar="PATH[:PRODUCTS]", help="zips, or folders with one a product"
        )
        parser.add_argument("--studio", nargs="*", type=int, default=[], metavar="SEED", help="drawn catalogues, not 1")
        parser.add_argument(
            "--catalogue", action="store_true", help="the shop's own products, from the active model on; see --name"
        )
        parser.add_argument("--folder", type=Path, default=Path("var/train/embedder"), help="state, log and drawings")
        parser.add_argument("--trunk", choices=("lite0", "lite1", "lite2", "resnet50"), default="lite1")
        parser.add_argument("--trunk-weights", type=Path, help="torchvision's resnet50-*.pth, for --trunk resnet50")
        parser.add_argument("--dimension", type=int, default=512)
        parser.add_argument("--start", help="a run's last.pt or registered weights to start from, instead of ImageNet")
        parser.add_argument("--size", type=int, default=160, help="px of the pictures to learn from")
        parser.add_argument("--served", type=int, help="px that it will be served at; by default the trunk's own")
        parser.add_argument("--minutes", type=float, default=0.0, help="wall clock in all; or")
        parser.add_argument("--epochs", type=int, default=2, help="0 registers the frozen trunk behind a projection")
        parser.add_argument("--rate", type=float, help="of learning; 2e-4 from ImageNet, 5e-5 from other weights")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--heads", type=float, default=0.2, help="weight of the heads for kind and colour")
        parser.add_argument("--batch", type=int, default=32)
        parser.add_argument("--warm", type=int, default=40, help="steps until the full rate")
        parser.add_argument(
            "--changes", nargs="*", choices=CHANGES, default=CHANGES, help="to pictures, as shoppers make them; or none"
        )
        parser.add_argument("--threads", type=int, help="1 is quickest on a busy machine: two wait for each other")
        add_machine(parser)
        parser.add_argument("--resume", action="store_true", help="go on with the run in the folder")
        parser.add_argument("--name", help="of the weights in the registry; nothing is registered without")

    def handle(self, **options: Any) -> None:
        try:
            if options["catalogue"]:
                self.stdout.write(finetuning.improve(self.taught, **options))
            else:
                self.learn(**options)
        except (OSError, ValueError, KeyError, ImportError, DatasetError, WeightsError) as error:
            raise CommandError(str(error)) from error

    def learn(self, *, folder: Path, **options: Any) -> None:
        """Learn from sets of pictures, and register the result among the shipped models."""
        from visualsearch.ml import weights
        from visualsearch.ml.train import embedder

        run = self.taught(self.shots(folder, **options), folder=folder, **options)
        if name := options["name"]:
            sets = [parted(text)[0].name for text in options["data"]]
            data = ", ".join([*sets, *(f"studio {seed}" for seed in options["studio"])])
            entry = embedder.publish(run.net, name, options["trunk"], data, weights.ARTIFACTS, side=options["served"])
            self.stdout.write(f"Registered {entry.name}: {entry.file}, sha256 {entry.sha256[:12]}.")

    def taught(self, shots: list[Shot], *, folder: Path, resume: bool, **options: Any) -> "Run":
        """A run over the shots, taken up or begun, and finished."""
        # Torch comes with training only.
        import torch

        from visualsearch.ml.train import precision
        from visualsearch.ml.train.ahead import Machine
        from visualsearch.ml.train.embedder import Recipe, Run

        if options["threads"]:
            torch.set_num_threads(options["threads"])
        fields = {name: options[name] for name in ("seed", "epochs", "minutes", "size", "heads", "batch", "warm")}
        fields["changes"] = tuple(options["changes"])
        rate = options["rate"] or (2e-4 if options["start"] is None else 5e-5)
        machine = Machine(options["device"], options["workers"])
        recipe = Recipe(rate=rate, half=precision.available(machine.device), **fields)
        run = Run(network(**options), shots, recipe, folder, machine=machine)
        if resume:
            run.resume()
        else:
            run.prepare(projection=options["start"] is None)
        run.train()
        return run

    def shots(self, folder: Path, *, data: list[str], studio: list[int], seed: int, **_: Any) -> list[Shot]:
        """The pictures to learn from; draws the studio's catalogues beside the run if they are not there."""
        if MEASURED_ON in studio:
            raise DatasetError(f"The studio's catalogue {MEASURED_ON} is the demo, for measuring only.")
        drawn = [save_catalogue(folder.parent / f"studio-{s}", s, photos=130, widths=(208, 400)) for s in studio]
        shots = [shot for path, most in map(parted, data) for shot in some(lessons(path), most, seed)]
        shots += [shot for path in drawn for shot in training_shots(path)]
        if not shots:
            raise DatasetError("Nothing to learn from: name --data, --studio, both, or --catalogue.")
        return shots


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


def network(
    *, trunk: str, dimension: int, start: str | None, trunk_weights: Path | None = None, **_: Any
) -> "EmbeddingNet":
    """A network with ImageNet's trunk, or as a run or registered weights have it.

    A Lite trunk's norms are folded into its convolutions, which halves the cost of a step.
    """
    import torch

    from visualsearch.ml import dml, lite, parameters, resnet, weights
    from visualsearch.ml.export import folded

    if trunk == "resnet50":
        if trunk_weights is None:
            raise ValueError("--trunk resnet50 needs --trunk-weights, torchvision's resnet50-*.pth.")
        return dml.EmbeddingNet(resnet.from_file(trunk_weights), resnet.FEATURES, dimension)
    if start is None:
        return folded(dml.EmbeddingNet(lite.pretrained(trunk), dimension=dimension))
    net = folded(dml.EmbeddingNet(lite.LiteTrunk(trunk), dimension=dimension))
    if Path(start).is_file():
        net.load_state_dict(torch.load(start, "cpu", weights_only=True)["net"])
    else:
        parameters.load(net, weights.named(start))
    return net
