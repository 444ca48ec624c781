"""Training an embedder: pictures as shoppers take them, batches that repeat, a loss that falls, a run taken up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from visualsearch.ml import augment, dml, lite
from visualsearch.ml.datasets.retrieval import Shot, folder
from visualsearch.ml.train.embedder import Recipe, Run
from visualsearch.ml.train.embedder_batches import Batches

COLOURS = ("crimson", "navy", "gold", "seagreen", "black", "hotpink")
TINY = Recipe(epochs=4, batch=6, size=32, rate=3e-3, warm=2, frozen=0, views=2, save_every=3)


@pytest.fixture
def shots(tmp_path: Path) -> list[Shot]:
    """Six products in two pictures each: a square of one colour on white, and on grey."""
    for number, colour in enumerate(COLOURS):
        (tmp_path / "products" / str(number)).mkdir(parents=True)
        for view, ground in enumerate(("white", "grey")):
            picture = Image.new("RGB", (48, 64), ground)
            picture.paste(Image.new("RGB", (28, 36), colour), (10, 14))
            picture.save(tmp_path / "products" / str(number) / f"{view}.png")
    return folder(tmp_path / "products")


def network() -> dml.EmbeddingNet:
    torch.manual_seed(1)
    return dml.EmbeddingNet(nn.Sequential(*lite._conv(3, 8, 3, 2), *lite._conv(8, 16, 3, 2)), 16, 8)


def test_a_shoppers_picture_is_a_letterboxed_square():
    draw = np.random.default_rng(0)
    picture = Image.new("RGB", (60, 80), "white")
    picture.paste(Image.new("RGB", (30, 40), "crimson"), (15, 20))
    seen = [augment.as_shopper(picture, 48, draw, Image.new("RGB", (70, 50), "navy")) for _ in range(30)]
    assert {square.size for square in seen} == {(48, 48)}
    assert len({square.tobytes() for square in seen}) == 30
    reds = [np.asarray(square, int)[20:28, 20:28].mean((0, 1)) for square in seen]
    assert np.median([red - max(green, blue) for red, green, blue in reds]) > 80  # crimson stays crimson


def test_only_a_bright_backdrop_is_replaced():
    packshot = Image.new("RGB", (40, 40), "white")
    packshot.paste(Image.new("RGB", (20, 20), "navy"), (10, 10))
    packshot.paste(Image.new("RGB", (6, 6), "white"), (17, 17))  # white that belongs to the garment
    mask = np.asarray(augment.backdrop(packshot))
    assert mask[0, 0] == mask[39, 20] == 255
    assert mask[12, 12] == mask[20, 20] == 0
    assert augment.backdrop(Image.new("RGB", (40, 40), "olive")) is None


def test_every_class_comes_equally_often(shots: list[Shot]):
    more = [*shots, *[shots[0]] * 10]  # one product with many pictures
    batches = Batches(more, size=32, batch=4, seed=1, views=2)
    drawn = batches.numbers[batches.epoch(0)]
    assert np.bincount(drawn).tolist() == [2] * len(COLOURS)
    assert not np.array_equal(batches.epoch(0), batches.epoch(1))


def test_batches_repeat_and_can_start_anywhere(shots: list[Shot]):
    batches = Batches(shots, size=32, batch=3, seed=1)
    all_of_it = list(batches.drawn(epoch=2))
    again = list(Batches(shots, size=32, batch=3, seed=1).drawn(epoch=2, start=2))
    assert len(all_of_it) == 4
    assert all(torch.equal(one[0], other[0]) for one, other in zip(all_of_it[2:], again, strict=True))
    assert all_of_it[0][0].shape == (3, 3, 32, 32)


def test_the_loss_falls(shots: list[Shot], tmp_path: Path):
    run = Run(network(), shots, replace(TINY, epochs=12), tmp_path / "run")
    run.prepare(projection=True)
    pictures, classes = next(run.batches.drawn(99))
    with torch.no_grad():
        before = run.loss(run.net(pictures), classes)
        run.loss.proxies.data = torch.randn_like(run.loss.proxies)
        at_random = run.loss(run.net(pictures), classes)
    assert before < at_random  # proxies that start at their own pictures know something
    run.train()
    with torch.no_grad():
        assert run.loss(run.net(pictures), classes) < 0.5 * at_random
    assert run.progress() >= 1


class Interrupted(Exception):
    pass


def test_a_run_taken_up_again_ends_with_the_same_weights(shots: list[Shot], tmp_path: Path, monkeypatch):
    whole = Run(network(), shots, TINY, tmp_path / "whole")
    torch.manual_seed(5)
    whole.prepare()
    whole.train()

    parted = Run(network(), shots, TINY, tmp_path / "parted")
    torch.manual_seed(5)
    parted.prepare()
    learn = parted.learn

    def learn_until_the_fifth(*batch):
        if parted.step == 4:
            raise Interrupted
        return learn(*batch)

    monkeypatch.setattr(parted, "learn", learn_until_the_fifth)
    with pytest.raises(Interrupted):
        parted.train()
    taken_up = Run(network(), shots, TINY, tmp_path / "parted")
    taken_up.resume()
    assert taken_up.step == 3  # where it was saved last
    taken_up.train()
    for ours, theirs in zip(taken_up.net.state_dict().values(), whole.net.state_dict().values(), strict=True):
        assert torch.equal(ours, theirs)


def test_another_recipe_is_not_taken_up(shots: list[Shot], tmp_path: Path):
    Run(network(), shots, TINY, tmp_path).save()
    with pytest.raises(ValueError, match="another recipe"):
        Run(network(), shots, replace(TINY, seed=2), tmp_path).resume()
