"""What the training commands are for, in small: a detector and an embedder learn from pictures that the studio drew."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from catalog import studio
from visualsearch.management.commands._studio import save_catalogue
from visualsearch.ml import dml, lite
from visualsearch.ml.datasets import detection
from visualsearch.ml.datasets.retrieval import training_shots
from visualsearch.ml.train import curves, detector_start, embedder_heads
from visualsearch.ml.train.detector import Recipe
from visualsearch.ml.train.embedder import Recipe as EmbedderRecipe
from visualsearch.ml.train.embedder import Run
from visualsearch.tests.test_detector_training import small_run


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """A small catalogue: 24 products in two views, eight street photos."""
    folder = tmp_path_factory.mktemp("studio")
    return save_catalogue(folder, 1000, products=24, photos=8, views=2, widths=(64, 96))


def test_a_detector_learns_from_street_photos_and_takes_up_where_it_stopped(drawn: Path, tmp_path: Path, capsys):
    cache = detection.fill(tmp_path / "cache", detection.read(drawn / "street"))
    recipe = Recipe(seed=2, epochs=4, batch=4, size=64, sizes=(64, 96), warm=2, rate=3e-3, half=False, frozen=0)
    whole = small_run(tmp_path / "whole", recipe)
    whole.train([cache], [2.0], [cache])
    log = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text().splitlines()]
    assert log[-1]["loss"] < log[0]["loss"]
    assert (tmp_path / "whole" / "curves.png").stat().st_size > 1000

    part = small_run(tmp_path / "part", recipe)
    part.progress = lambda share: (part.epoch + share) / 4 if part.epoch < 2 else 1.0  # a run that ends half way
    part.train([cache], [2.0], [cache])
    resumed = detector_start.take_up(recipe, tmp_path / "part")
    assert resumed.epoch == 2
    resumed.train([cache], [2.0], [cache])
    theirs = whole.network.state_dict()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in resumed.network.state_dict().items())


def test_an_embedder_learns_the_studios_products(drawn: Path, tmp_path: Path, capsys):
    shots = training_shots(drawn)
    torch.manual_seed(1)
    net = dml.EmbeddingNet(nn.Sequential(*lite._conv(3, 8, 3, 2), *lite._conv(8, 16, 3, 2)), 16, 8)
    recipe = EmbedderRecipe(epochs=8, batch=4, size=32, rate=3e-3, warm=2, frozen=0, views=4, save_every=5)
    run = Run(net, shots, recipe, tmp_path / "run")
    run.prepare(projection=False)
    pictures, classes = next(run.batches.drawn(99))
    with torch.no_grad():
        before = run.loss(run.net(pictures), classes)
    run.train()
    with torch.no_grad():
        assert run.loss(run.net(pictures), classes) < before
    assert (tmp_path / "run" / "curves.png").is_file()


def test_kinds_and_colours_are_asked_where_they_are_known(drawn: Path, monkeypatch):
    monkeypatch.setattr(embedder_heads, "LEAST", 1)
    shots = [replace(shot, label="T-Shirt", colour="Red") for shot in training_shots(drawn)[:3]]
    shots[1] = replace(shots[1], label="Shirts", colour="")
    answers = embedder_heads.answers(shots, [0, 1, 2])
    assert answers.tolist() == [[1, 0], [0, -1], [1, 0]]
    heads = embedder_heads.Heads(4, answers)
    features = torch.randn(2, 4)
    kind, colour = (classifier(features) for classifier in heads.classifiers)
    expected = nn.functional.cross_entropy(kind, torch.tensor([0, 1])) + nn.functional.cross_entropy(
        colour[1:], torch.tensor([0])
    )
    torch.testing.assert_close(heads(features, torch.tensor([1, 2])), expected)
    assert float(heads(features[:0], torch.tensor([], dtype=torch.long))) == 0.0


def test_curves_leave_out_what_was_not_measured(tmp_path: Path):
    records = [{"minutes": 1, "loss": 2.0, "mAP a": float("nan")}, {"minutes": 2, "loss": 1.0, "mAP a": 0.5}]
    (tmp_path / "log.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    assert curves.draw(tmp_path).read_bytes().startswith(b"\x89PNG")


def test_the_studio_names_what_the_detector_knows(drawn: Path):
    photo = studio.street_photo(1000, 5, 24, 96)
    assert {item.label for item in photo.items} <= set(detection.CLASSES)
    assert all(np.all(np.diff(np.array(item.box).reshape(2, 2), axis=0) > 0) for item in photo.items)
