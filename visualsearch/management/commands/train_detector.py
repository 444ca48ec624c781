"""Teaches a detector on the sets given and registers the result."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visualsearch.management.commands._machine import add_machine
from visualsearch.ml.darknet import DarknetError
from visualsearch.ml.weights import WeightsError

ARCHITECTURES = ("yolov3-lite0", "yolov3-lite1", "yolov3-lite2", "yolov3-tiny-3l", "yolov3-tiny", "yolov3")


class Command(BaseCommand):
    help = "Teaches a YOLOv3 the ten kinds of garment; stop it at will and go on with --resume."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", nargs="+", required=True, metavar="PATH[:SHARE]", help="zips or folders of photos"
        )
        parser.add_argument("--arch", default="yolov3-lite0", choices=ARCHITECTURES)
        parser.add_argument(
            "--start", help="Darknet .weights, its .cfg beside it; for a Lite, a run's last.pt or registered weights"
        )
        parser.add_argument("--folder", type=Path, default=Path("var/train/detector"), help="state, log and caches")
        parser.add_argument("--size", type=int, default=416, help="px of the pictures to learn from, around")
        parser.add_argument("--served", type=int, help="px of the pictures that it will be served, if not --size")
        parser.add_argument("--minutes", type=float, default=0.0, help="wall clock in all; or")
        parser.add_argument("--epochs", type=int, default=30)
        parser.add_argument("--batch", type=int, default=16)
        parser.add_argument("--rate", type=float, default=3e-4, help="of learning; new layers learn thrice as fast")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--threads", type=int, help="1 is quickest on a busy machine: two wait for each other")
        add_machine(parser)
        parser.add_argument("--resume", action="store_true", help="go on with the run in the folder")
        parser.add_argument(
            "--mean", nargs="+", type=int, default=[], help="register the mean of these epochs, not the last"
        )
        parser.add_argument("--name", help="of the weights in the registry; nothing is registered without")

    def handle(self, *, data: list[str], folder: Path, resume: bool, **options: Any) -> None:
        # Torch comes with training only.
        import torch

        from visualsearch.ml.train import detector_start, precision
        from visualsearch.ml.train.ahead import Machine
        from visualsearch.ml.train.detector import Recipe

        if options["threads"]:
            torch.set_num_threads(options["threads"])
        fields = {name: options[name] for name in ("seed", "epochs", "minutes", "size", "batch", "rate")}
        machine = Machine(options["device"], options["workers"])
        half = precision.available(machine.device)
        recipe = Recipe(**fields, half=half, frozen=detector_start.frozen(options["arch"]))
        sources, shares = shared(data)
        try:
            caches, held_out = detector_start.prepare(sources, folder.parent / "cache")
            if resume:
                run = detector_start.take_up(recipe, folder, machine)
            else:
                run = detector_start.start(options["arch"], recipe, caches, folder, options["start"], machine=machine)
        except (OSError, ValueError, ImportError, DarknetError, WeightsError) as error:
            raise CommandError(str(error)) from error
        run.train(caches, shares, held_out)
        if options["name"]:
            self.register(folder, **options)

    def register(
        self, folder: Path, *, name: str, arch: str, size: int, served: int | None, mean: list[int], **_: Any
    ) -> None:
        """Export the averaged network into the registry."""
        from visualsearch.ml.train.detector_release import averaged, release
        from visualsearch.ml.weights import ARTIFACTS

        try:
            network = averaged(folder, mean)
        except FileNotFoundError as error:
            raise CommandError(f"{error} Nothing is registered; try again with --resume and another --mean.") from error
        weights = release(network, ARTIFACTS, name=name, architecture=arch, size=served or size)
        self.stdout.write(f"Registered {weights.name}: {weights.file}, sha256 {weights.sha256[:12]}.")


def shared(data: list[str]) -> tuple[list[Path], list[float]]:
    """Paths, and how often an epoch shows each set's photos: `photos.zip:0.5` is every second one."""
    pairs = [text.rpartition(":") if ":" in text else (text, "", "1") for text in data]
    return [Path(path) for path, _, _ in pairs], [float(share) for _, _, share in pairs]
