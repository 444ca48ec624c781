"""Examine the catalogue: what seems wrong with its pictures. The admin shows the same, with the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import track

from catalog.models import Product, ProductImage
from visualsearch import diagnoses, doctor, measuring, versions
from visualsearch.management.commands._faults import Planted, draw_catalogue, needed, plant
from visualsearch.management.commands._trial_shop import trial_shop
from visualsearch.ml.weights import WeightsError
from visualsearch.modelsdoctor import Ailment, Finding


class Command(BaseCommand):
    help = (
        "Measure and examine every picture, and print what seems wrong. With --planted: do so in an empty shop beside "
        "yours, filled with a drawn catalogue with faults planted, and print precision and recall of each kind."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--planted", action="store_true", help="measure the doctor on planted faults")
        parser.add_argument("--products", type=int, default=220, help="drawn products, with --planted")
        parser.add_argument("--each", type=int, default=12, help="products with a fault of each kind, with --planted")
        parser.add_argument("--seed", type=int, default=5, help="of the drawn products and of the faults")
        parser.add_argument("--show", action="store_true", help="with --planted: name what was missed and what was not")

    def handle(self, *, planted: bool, **options: Any) -> None:
        lines = measured(**options) if planted else examined()
        for line in lines:
            self.stdout.write(line)


def examined() -> Iterator[str]:
    """The shop's own pictures."""
    examine_all()
    for finding in Finding.objects.still().select_related("image__product", "other__product"):
        image = finding.image
        yield f"{finding.get_kind_display():32} {image.product} (picture {image.pk}): {diagnoses.sentence(finding)}"
    yield "; ".join(f"{name}: {count}" for _, name, count in diagnoses.counts())


def measured(*, products: int, each: int, seed: int, show: bool, **options: Any) -> Iterator[str]:
    """The doctor, on faults that are known."""
    if products < needed(each):
        raise CommandError(f"{each} faults of each kind need {needed(each)} products.")
    try:
        with trial_shop():
            versions.announce()
            truth = plant(list(draw_catalogue(products, seed)), each, seed)
            examine_all()
            found = set(Finding.objects.values_list("image_id", "kind"))
            yield f"{products} drawn products, {ProductImage.objects.count()} pictures, seed {seed}"
            yield from table(truth, found)
            if show:
                yield from mistakes(truth, found)
    except WeightsError as error:
        raise CommandError(str(error)) from error


def examine_all() -> None:
    """Measure what was not measured, and examine everything that is indexed."""
    measuring.measure_all(track(list(measuring.unmeasured()), "Measuring", transient=True))
    pictures = ProductImage.objects.exclude(product__status=Product.Status.ARCHIVED).order_by("pk")
    ids = list(pictures.values_list("pk", flat=True))
    for begin in track(range(0, len(ids), doctor.AT_ONCE), "Examining", transient=True):
        doctor.examine(ids[begin : begin + doctor.AT_ONCE])


def table(truth: Planted, found: Planted) -> Iterator[str]:
    """A line for each kind of fault."""
    yield f"{'':32}{'planted':>9}{'found':>9}{'right':>9}{'precision':>11}{'recall':>9}"
    for kind in Ailment:
        there, said = ({pair for pair in some if pair[1] == kind} for some in (truth, found))
        right = len(there & said)
        precision, recall = (f"{right / len(some):.1%}" if some else "-" for some in (said, there))
        yield f"{kind.label:32}{len(there):9}{len(said):9}{right:9}{precision:>11}{recall:>9}"


def mistakes(truth: Planted, found: Planted) -> Iterator[str]:
    """Each picture that was missed or accused."""
    images = ProductImage.objects.select_related("product__category", "measure").in_bulk()
    for word, pairs in (("missed", truth - found), ("accused", found - truth)):
        for pk, kind in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
            image = images[pk]
            facts = Finding.objects.filter(image=pk, kind=kind).values_list("facts", flat=True).first()
            seen = [f"{r.label or '?'} {r.position} {r.score:.2f}" for r in image.regions.defer("embedding")[1:]]
            where = f"{image.colour}, {image.product.category.path}"
            yield f"{word:8} {kind:9} {image.product} ({where}) {seen} {facts or ''}"
