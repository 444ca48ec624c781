"""The shop's own products as lessons: the active embedder goes on learning from them, and is kept if it got better.

A part of the products is held out. On these the model is measured before and after: each one's first picture stands in
the gallery beside the first pictures of all other products, and its other pictures ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from django.conf import settings

from catalog.models import ProductImage
from visualsearch import versions
from visualsearch.ml import weights
from visualsearch.ml.datasets.retrieval import DatasetError, Shot
from visualsearch.ml.evaluate import trials
from visualsearch.ml.session import Embedder

if TYPE_CHECKING:
    from visualsearch.ml.weights import Weights

HELD_OUT = 0.2  # of the products that have two pictures or more
LEAST = 10  # products that have to be held out: fewer say nothing
KS = (1, 5, 10)


def improve(taught: Callable[..., Any], *, name: str | None, folder: Path, **options: Any) -> str:
    """Go on with the active embedder on the shop's products; offer the result if it is no worse; say what happened.

    `taught` trains on shots and returns a run. Raises `DatasetError` when the shop has too few products to measure on,
    `WeightsError` when the active embedder cannot be trained on or the name is taken.
    """
    from visualsearch.ml.train import embedder  # torch comes with training only

    active = weights.named(options["start"] or versions.serving().embedder)
    name = name or f"{active.name}-own"
    if name in weights.registered():
        raise weights.WeightsError(f"There are weights named {name} already. Choose another --name.")
    if not active.architecture:
        raise weights.WeightsError(f"{active.name} does not say what network it is, and cannot be trained on.")
    lessons, exam = shots(options["seed"])
    before = figures(active, exam)
    options |= {"start": active.name, "trunk": active.architecture, "dimension": active.dimension}
    run = taught(lessons, folder=folder, **options)
    data = f"{active.data}; then the shop's own products"
    models = settings.VISUALSEARCH["MODELS"]
    entry = embedder.publish(run.net, name, active.architecture, data, models, side=active.input_size)
    after = figures(entry, exam)
    asked = sum(shot.part == "query" for shot in exam)
    lines = [f"{asked} pictures of {len({s.product for s in exam if s.part == 'query'})} products held out, per cent"]
    lines += [f"{key:6}{before[key]:8.1f} before{after[key]:8.1f} after" for key in before]
    return "\n".join([*lines, kept_or_not(entry, before, after)])


def kept_or_not(entry: Weights, before: dict[str, float], after: dict[str, float]) -> str:
    """Offer the new weights for activation, or remove them if they find fewer products first (then: among five)."""
    if list(after.values()) < list(before.values()):
        weights.remove_entry(entry)
        return "It got worse. The active model stays, and the new one is not kept."
    weights.write_entry(replace(entry, figures={f"held out {key}": round(value, 2) for key, value in after.items()}))
    version = versions.offer(embedder=weights.named(entry.name))
    return f"Registered {entry.name} and offered as version {version.pk}: fill and activate it when you like."


def shots(seed: int) -> tuple[list[Shot], list[Shot]]:
    """Pictures of published products to learn from, and the exam: everything's first picture, held-out views asking."""
    root = Path(settings.MEDIA_ROOT)
    pictures: dict[str, list[Shot]] = {}
    rows = ProductImage.objects.filter(product__status="published").order_by("product_id", "position", "pk")
    for file, slug, kind in rows.values_list("file", "product__slug", "product__category__name"):
        part = "query" if slug in pictures else "gallery"
        pictures.setdefault(slug, []).append(Shot(root, file, slug, part, label=kind or ""))
    several = sorted(slug for slug, views in pictures.items() if len(views) > 1)
    held_out = set(Random(seed).sample(several, round(HELD_OUT * len(several))))  # noqa: S311
    if len(held_out) < LEAST:
        raise DatasetError(
            f"{len(several)} products have two pictures or more. To hold out {LEAST}, the shop needs "
            f"{round(LEAST / HELD_OUT)}: without them nobody could tell whether the model got better."
        )
    lessons = [replace(s, part="train") for slug, views in pictures.items() if slug not in held_out for s in views]
    exam = [s for slug, views in pictures.items() for s in views if s.part == "gallery" or slug in held_out]
    return lessons, exam


def figures(entry: Weights, exam: list[Shot]) -> dict[str, float]:
    """Recall in per cent, by `R@K`."""
    found = trials.two_parts(Embedder(entry), exam, KS).figures()
    return {f"R@{k}": found[f"R@{k}"] for k in KS}
