"""The model versions of the shop: what there is, how far each is, and the steps that the admin has as buttons."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from visualsearch import filling, steps, versions
from visualsearch.ml.weights import WeightsError
from visualsearch.models import KEPT, ModelVersion


class Command(BaseCommand):
    """Without an option it only looks."""

    help = "List the model versions, or take a step with one. `activate_model` makes one the version that searches use."

    def add_arguments(self, parser: CommandParser) -> None:
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--fill", metavar="NAME_OR_ID", help="index every picture with it beside the active version")
        step.add_argument("--retry", metavar="NAME_OR_ID", help="try pictures again that were given up with it")
        step.add_argument("--retire", metavar="NAME_OR_ID", help="delete its vectors")
        step.add_argument("--back", action="store_true", help="search with the version before the active one again")

    def handle(self, *, back: bool, **options: Any) -> None:
        asked = {name: options[name] for name in ("fill", "retry", "retire") if options[name]}
        try:
            for name, text in asked.items():
                self.stdout.write(steps.take(name, steps.named(text)))
            if back:
                self.stdout.write(steps.take("back", before()))
        except (steps.StepRefused, WeightsError) as error:
            raise CommandError(str(error)) from error
        if not (asked or back):
            self.stdout.write("\n".join(map(as_line, ModelVersion.objects.order_by("pk"))) or "There is none yet.")


def before() -> ModelVersion:
    """The version to go back to; raises `StepRefused` if there is none."""
    version = versions.previous()
    if version is None:
        raise steps.StepRefused("There is no version to go back to. Name one: activate_model NAME_OR_ID.")
    return version


def as_line(version: ModelVersion) -> str:
    """One version, for people."""
    line = f"{version.pk:4}  {version.state:10}  {version.name}"
    if version.state in KEPT:
        progress = filling.progress(version)
        line += f"  {progress}, {progress.failed} failed"
    return "  ".join(filter(None, [line, "becomes active when it is ready" if version.wanted else "", version.trouble]))
