"""The part of a picture that a score hangs on, and the colour of a garment in a word."""

import numpy as np
import pytest
from PIL import Image

from visualsearch.ml import hues, occlusion
from visualsearch.ml.types import Box
from visualsearch.tests.fakes import FakeEmbedder


class Corner:
    """An embedder that sees only how red the upper left quarter is."""

    def embed(self, pictures):
        red = np.array([np.asarray(p.resize((8, 8)), np.float32)[:4, :4, 0].mean() / 255 for p in pictures])
        return np.stack([red, np.sqrt(1 - red**2)], 1).astype(np.float32)


def test_is_where_the_embedder_looks():
    picture = Image.new("RGB", (120, 160), "red")
    part = occlusion.decisive_part(picture, Corner(), np.array([1, 0, 0], np.float32))
    assert part.box == Box(0, 0, 0.5, 0.5)
    assert part.score == pytest.approx(1, abs=1e-3)
    assert part.drop == pytest.approx(0.5, abs=0.02)
    assert max(part.cells) == part.cells[0] > part.cells[-1] == pytest.approx(0, abs=1e-3)


def test_hides_a_part_and_leaves_the_picture_as_it_was():
    picture = Image.new("RGB", (40, 40), "red")
    hidden = occlusion.masked(picture, Box(0.5, 0, 1, 1))
    assert [hidden.getpixel((x, 20)) for x in (10, 30)] == [(255, 0, 0), occlusion.GREY]
    assert picture.getpixel((30, 20)) == (255, 0, 0)


def test_every_window_has_one_size_and_lies_in_the_picture():
    boxes = occlusion.windows()
    assert len(set(boxes)) == 16
    assert {round(box.area, 6) for box in boxes} == {0.25}
    assert all(0 <= box.x1 < box.x2 <= 1 and 0 <= box.y1 < box.y2 <= 1 for box in boxes)


def test_scores_do_not_depend_on_how_many_pictures_go_at_once(monkeypatch):
    picture, target = Image.radial_gradient("L").convert("RGB"), np.ones(512, np.float32) / 512**0.5
    whole, some = occlusion.scores(picture, occlusion.windows(), FakeEmbedder(None), target)
    monkeypatch.setattr(occlusion, "AT_ONCE", 100)
    again = occlusion.scores(picture, occlusion.windows(), FakeEmbedder(None), target)
    assert whole == again[0]
    assert some == pytest.approx(again[1])


@pytest.mark.parametrize(
    ("colour", "name"),
    [("black", "black"), ("#1d2b50", "navy"), ("#c8202a", "red"), ("#e8dcc0", "beige"), ("white", "white")],
)
def test_a_garment_has_the_colour_of_its_middle(colour, name):
    picture = Image.new("RGB", (100, 100), "green")
    picture.paste(colour, (20, 20, 80, 80))
    assert hues.colour_of(picture) == name


def test_a_garment_of_many_colours_has_none():
    picture = Image.new("RGB", (100, 100), "red")
    for n, colour in enumerate(["green", "blue", "yellow"], 1):
        picture.paste(colour, (0, 20 + 15 * n, 100, 100))
    assert hues.colour_of(picture) == ""
