"""The commands around the embedder: teach it, measure it, and refuse what makes no sense in a sentence."""

import io
import json
from pathlib import Path

import pytest
import torch
from django.core.management import CommandError, call_command
from PIL import Image
from torch import nn

from visualsearch.management.commands import _studio, evaluate_retrieval, train_embedder
from visualsearch.ml import dml, lite, weights
from visualsearch.ml.datasets.retrieval import studio
from visualsearch.tests.fakes import FakeEmbedder, entry


@pytest.fixture
def products(tmp_path: Path) -> Path:
    """Four products in two pictures each."""
    for name in ("crimson", "navy", "gold", "black"):
        (tmp_path / "products" / name).mkdir(parents=True)
        for view, size in enumerate(((40, 60), (50, 50))):
            Image.new("RGB", size, name).save(tmp_path / "products" / name / f"{view}.png")
    return tmp_path / "products"


@pytest.fixture
def tiny(monkeypatch, tmp_path: Path) -> Path:
    """A network of two layers in the place of EfficientNet-Lite; where its weights will be registered."""
    trunk = nn.Sequential(*lite._conv(3, 8, 3, 2), *lite._conv(8, 16, 3, 2))
    monkeypatch.setattr(train_embedder, "network", lambda *_: dml.EmbeddingNet(trunk, 16, 4))
    monkeypatch.setattr("visualsearch.ml.dml.freeze", lambda net, stages: None)
    monkeypatch.setattr(weights, "ARTIFACTS", tmp_path)
    return tmp_path


def said(*arguments: object, **options: object) -> str:
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_a_trained_network_is_registered_and_measured(products: Path, tiny: Path, monkeypatch):
    torch.manual_seed(1)
    options = ("--folder", tiny / "run", "--size", 32, "--epochs", 1, "--name", "tried")
    assert "Registered tried: tried.onnx" in said("train_embedder", "--data", products, *options)
    registered = weights.read_entry(tiny / "tried.json")
    assert (registered.dimension, registered.data) == (4, "products")

    monkeypatch.setattr(evaluate_retrieval, "named", lambda name: registered)
    table = said("evaluate_retrieval", products, "--protocol", "folder", "--record")
    assert table.startswith("4 questions against 4 pictures")
    assert weights.read_entry(tiny / "tried.json").figures["folder R@20"] == 100.0


def test_figures_for_programs(products: Path, monkeypatch):
    monkeypatch.setattr(evaluate_retrieval, "named", lambda name: entry(name, "embedder", "e"))
    monkeypatch.setattr(evaluate_retrieval, "Embedder", FakeEmbedder)
    figures = json.loads(said("evaluate_retrieval", products, "--protocol", "folder", "--json"))
    assert figures["R@1"] == 100.0


def test_a_drawn_catalogue_is_kept_and_gone_on_with(tmp_path: Path):
    _studio.save_catalogue(tmp_path, 1000, products=2, photos=0, views=2, widths=(64, 64))
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.*")}
    assert len(before) == 2 * 3 + 1
    _studio.save_catalogue(tmp_path, 1000, products=2, photos=0, views=2, widths=(64, 64))
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.*")} == before
    assert {shot.part for shot in studio(tmp_path)} == {"gallery"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("train_embedder", "--studio", 1), "the demo, for measuring only"),
        (("train_embedder",), "Nothing to learn from"),
        (("train_embedder", "--data", "catalogue-luma.zip"), "never trained on"),
        (("train_embedder", "--data", "photos.zip:many"), "invalid literal"),
        (
            ("evaluate_retrieval", "nowhere", "--protocol", "folder", "--weights", "none-such"),
            "No weights are registered",
        ),
        (("evaluate_retrieval", "nowhere", "--protocol", "folder"), "neither a folder nor a zip"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[object, ...], sentence: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)


def test_some_products_are_drawn_by_the_seed(products: Path):
    assert train_embedder.parted(f"{products}:2") == (products, 2)
    shots = train_embedder.training_shots(products)
    chosen = train_embedder.some(shots, 2, seed=1)
    assert chosen == train_embedder.some(shots, 2, seed=1)
    assert len(chosen) == 4
    assert train_embedder.some(shots, 0, seed=1) == shots
