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
    monkeypatch.setattr(train_embedder, "network", lambda **_: dml.EmbeddingNet(trunk, 16, 4))
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


@pytest.fixture
def colours(monkeypatch):
    """An embedder of colours in the place of any that is named."""
    monkeypatch.setattr(evaluate_retrieval, "named", lambda name: entry(name, "embedder", "e"))
    monkeypatch.setattr(evaluate_retrieval, "Embedder", FakeEmbedder)


@pytest.mark.usefixtures("colours")
def test_figures_for_programs(products: Path):
    told = json.loads(said("evaluate_retrieval", products, "--protocol", "folder", "--json"))
    assert told["R@1"] == told["binary R@20"] == told["reranked R@5"] == 100.0
    assert told["intervals"]["R@1"] == [100.0, 100.0]
    assert (told["questions"], told["pictures"], told["failures"]) == (4, 4, {})
    assert told["kinds"]["(no kind named)"]["questions"] == 4


@pytest.mark.usefixtures("colours")
def test_in_shop_stands_beside_what_others_reported(tmp_path: Path):
    kinds = {"id_1": "Dresses", "id_2": "Dresses", "id_3": "Tees_Tanks"}
    shots = [("id_1", "gallery", "red"), ("id_2", "gallery", "blue"), ("id_3", "gallery", "lime"),
             ("id_1", "query", "crimson"), ("id_2", "query", "maroon"), ("id_3", "train", "white")]  # fmt: skip
    names = [f"img/WOMEN/{kinds[item]}/{item}/{colour}.jpg" for item, _, colour in shots]
    for name, (_, _, colour) in zip(names, shots, strict=True):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 30), colour).save(tmp_path / name)
    rows = [f"{name} {item} {part}" for name, (item, part, _) in zip(names, shots, strict=True)]
    (tmp_path / "Eval").mkdir()
    (tmp_path / "Eval" / "list_eval_partition.txt").write_text("\n".join(["6", "image_name item_id status", *rows]))
    told = json.loads(said("evaluate_retrieval", tmp_path, "--protocol", "inshop", "--json"))
    ways = ("", "binary ", "reranked ")
    assert {f"{way}R@{k}" for way in ways for k in (1, 10, 20, 30, 40, 50)} <= set(told)
    assert (told["R@1"], told["R@10"]) == (50.0, 100.0)  # maroon is nearer to red than to blue
    assert told["kinds"] == {"Dresses": {"questions": 2, "R@1": 50.0} | {f"R@{k}": 100.0 for k in (10, 20, 30, 40, 50)}}
    assert told["failures"] == {"another product of the same kind": 1}
    lines = [line.split() for line in said("evaluate_retrieval", tmp_path, "--protocol", "inshop").splitlines()]
    assert ["the", "paper,", "arXiv", "1811.12649", "89.40", "88.80"] in lines
    assert ["an", "earlier", "system,", "trained", "by", "it", "89.28", "88.69"] in lines


@pytest.mark.usefixtures("colours")
def test_questions_are_drawn_with_their_answers(products: Path, tmp_path: Path):
    said("evaluate_retrieval", products, "--protocol", "folder", "--pictures", tmp_path / "sheets")
    assert sorted(path.name for path in (tmp_path / "sheets").iterdir()) == ["found.jpg", "missed.jpg"]


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
        (("evaluate_retrieval", "lonely", "--protocol", "folder"), "0 pictures to ask with and 1 to ask among"),
        (("evaluate_retrieval", "cut.zip", "--protocol", "luma"), "neither a folder nor a zip"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[object, ...], sentence: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lonely" / "hat").mkdir(parents=True)
    Image.new("RGB", (9, 9)).save(tmp_path / "lonely" / "hat" / "1.png")
    (tmp_path / "cut.zip").write_bytes(b"PK\3\4")
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)


def test_some_products_are_drawn_by_the_seed(products: Path):
    assert train_embedder.parted(f"{products}:2") == (products, 2)
    shots = train_embedder.training_shots(products)
    chosen = train_embedder.some(shots, 2, seed=1)
    assert chosen == train_embedder.some(shots, 2, seed=1)
    assert len(chosen) == 4
    assert train_embedder.some(shots, 0, seed=1) == shots
