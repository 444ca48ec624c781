"""The active embedder goes on learning from the shop's products, and is offered only when it is no worse."""

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from PIL import Image
from torch import nn

from catalog import pictures
from catalog.tests.factories import ProductFactory
from visualsearch import finetuning, versions
from visualsearch.management.commands import train_embedder
from visualsearch.ml import dml, weights
from visualsearch.ml.datasets.retrieval import DatasetError
from visualsearch.ml.train import embedder

pytestmark = pytest.mark.django_db


class Colours(nn.Module):
    """The mean colour of a picture, as a trunk; `kept` channels of it."""

    def __init__(self, kept: int):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        with torch.no_grad():
            self.conv.weight.copy_(torch.eye(4, 3)[:, :, None, None] * (torch.arange(4) < kept)[:, None, None, None])
            self.conv.bias.copy_(torch.tensor([0.0, 0.0, 0.0, 1.0]))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.conv(pictures)


def embedder_of(kept: int) -> dml.EmbeddingNet:
    net = dml.EmbeddingNet(Colours(kept), 4, 4)
    with torch.no_grad():
        net.projection.weight.copy_(torch.eye(4))
        net.projection.bias.zero_()
    return net


def registered(name: str, folder: Path, kept: int, trunk: str = "lite0") -> weights.Weights:
    return embedder.release(embedder_of(kept), name, 32, trunk=trunk, data="squares", licence="none", folder=folder)


@pytest.fixture
def shop(media, tmp_path: Path, settings, monkeypatch) -> Path:
    """Twenty products of one colour each in two pictures; an embedder that sees two channels is active."""
    draw = np.random.default_rng(0)
    for number in range(20):
        product = ProductFactory(slug=f"piece-{number:02}")
        colour = tuple(int(value) for value in draw.integers(0, 256, 3))
        for width in (40, 44):
            file = io.BytesIO()
            Image.new("RGB", (width, 50), colour).save(file, "PNG")
            pictures.add_picture(product, file.getvalue())
    monkeypatch.setattr(finetuning, "LEAST", 4)
    folder = tmp_path / "models"
    settings.VISUALSEARCH = settings.VISUALSEARCH | {"MODELS": folder}
    monkeypatch.setattr(weights, "ARTIFACTS", folder)
    monkeypatch.setattr(weights, "further", ())
    registered("active", folder, kept=2)
    monkeypatch.setattr(versions, "serving", lambda: SimpleNamespace(embedder="active"))
    return folder


@pytest.fixture
def offered(monkeypatch) -> list[str]:
    names: list[str] = []

    def offer(*, embedder: weights.Weights) -> SimpleNamespace:
        names.append(embedder.name)
        return SimpleNamespace(pk=7)

    monkeypatch.setattr(versions, "offer", offer)
    return names


def improve(kept: int, tmp_path: Path, **options: object) -> str:
    """Learn nothing, and come out with an embedder that sees so many channels."""
    lessons = []

    def taught(shots, **_):
        lessons.extend(shots)
        return SimpleNamespace(net=embedder_of(kept))

    defaults = {"name": "own", "folder": tmp_path, "start": None, "seed": 1}
    said = finetuning.improve(taught, **defaults | options)
    assert len({shot.product for shot in lessons}) == 16
    return said


def test_what_got_better_is_registered_and_offered(shop: Path, offered: list[str], tmp_path: Path):
    said = improve(3, tmp_path)
    assert "4 pictures of 4 products held out" in said
    assert "offered as version 7" in said
    assert offered == ["own"]
    own, active = weights.named("own"), weights.named("active")
    exam = finetuning.shots(seed=1)[1]
    assert own.figures == {f"held out {key}": round(value, 2) for key, value in finetuning.figures(own, exam).items()}
    assert own.figures["held out R@1"] >= finetuning.figures(active, exam)["R@1"]


def test_what_got_worse_is_not_kept(shop: Path, offered: list[str], tmp_path: Path):
    assert "It got worse" in improve(0, tmp_path)
    assert offered == []
    assert sorted(path.name for path in shop.iterdir()) == ["active.json", "active.onnx"]


def test_no_product_is_both_learned_from_and_asked_for(shop: Path):
    lessons, exam = finetuning.shots(seed=3)
    asked = {shot.product for shot in exam if shot.part == "query"}
    assert len(asked) == 4
    assert asked.isdisjoint(shot.product for shot in lessons)
    assert {shot.product for shot in exam if shot.part == "gallery"} == {f"piece-{n:02}" for n in range(20)}
    assert finetuning.shots(seed=3) == (lessons, exam)


def test_too_few_products_say_nothing(shop: Path, offered: list[str], tmp_path: Path):
    ProductFactory._meta.model.objects.filter(slug__gt="piece-10").update(status="draft")
    with pytest.raises(DatasetError, match="11 products have two pictures or more"):
        improve(3, tmp_path)


def test_a_taken_name_is_refused_before_anything_is_learned(shop: Path, tmp_path: Path):
    with pytest.raises(weights.WeightsError, match="There are weights named active already"):
        improve(3, tmp_path, name="active")


def test_a_model_that_does_not_say_what_it_is_cannot_be_trained_on(shop: Path, tmp_path: Path):
    registered("foreign", shop, kept=2, trunk="")
    with pytest.raises(weights.WeightsError, match="foreign does not say what network it is"):
        improve(3, tmp_path, start="foreign")


def test_the_command_says_it_in_a_sentence(shop: Path, tmp_path: Path):
    with pytest.raises(CommandError, match="another network than the one that is to start from it"):
        call_command("train_embedder", "--catalogue", "--name", "own", "--folder", str(tmp_path / "run"))
    assert train_embedder.parted("x.zip:40") == (Path("x.zip"), 40)
