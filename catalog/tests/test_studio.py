"""The studio draws the catalogue it promises: the same each time, every kind, and true boxes."""

import pickle
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from catalog.studio import View, design, draw, save_street_photos, street_photo, views
from catalog.studio.kinds import KINDS
from catalog.studio.prints import PRINTS
from catalog.studio.tailoring import cloth

LABELS = {"shirt", "jacket", "pants", "shorts", "skirt", "dress", "bag", "shoe", "hat"}
POSITIONS = {"upper", "lower", "full", "feet", "bag", "head"}
SOME = {design(1, i).kind: design(1, i) for i in range(len(KINDS))}


def test_a_design_is_the_same_every_time_and_can_be_sent_to_another_process():
    assert design(3, 77) == design(3, 77)
    assert pickle.loads(pickle.dumps(design(3, 77))) == design(3, 77)
    assert design(3, 77) != design(4, 77)


def test_240_designs_hold_every_kind_print_label_and_position():
    made = [design(1, i) for i in range(240)]
    assert set(Counter(d.kind for d in made).values()) == {240 // len(KINDS)}
    assert {d.print for d in made} == set(PRINTS)
    assert {d.label for d in made} == LABELS
    assert {d.position for d in made} == POSITIONS


def test_no_two_of_240_designs_share_kind_colour_print_and_first_cut():
    made = [design(1, i) for i in range(240)]
    assert len({(d.kind, d.colourways[0].base, d.print, next(iter(d.cut.values()))) for d in made}) == 240


def test_a_thousand_designs_have_names_and_skus_of_their_own():
    made = [design(1, i) for i in range(1000)]
    assert len({d.name for d in made}) == len({d.slug for d in made}) == len({d.sku for d in made}) == 1000


def test_the_hundred_thousandth_design_is_as_good_as_the_first():
    late = design(1, 100_000)
    assert late.name
    assert late.kind in SOME


def test_prices_sizes_and_stock_can_be_sold():
    made = [design(2, i) for i in range(300)]
    for d in made:
        assert d.price > 0
        assert d.price.as_tuple().exponent >= -2
        assert d.was is None or d.was > d.price
        assert set(d.stock) == {(way.name, size) for way in d.colourways for size in d.sizes}
        assert 1 <= len(d.colourways) <= 3
        assert len({way.name for way in d.colourways}) == len(d.colourways)
    assert 0.1 < sum(d.was is not None for d in made) / 300 < 0.25
    assert any(0 in d.stock.values() for d in made)
    assert isinstance(made[0].price, Decimal)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_kind_is_drawn_within_its_box(kind):
    picture = draw(SOME[kind], View("front"), width=120)
    x1, y1, x2, y2 = picture.items[0].box
    assert picture.image.size == (120, 150)
    assert 0 <= x1 < x2 <= 1
    assert 0 <= y1 < y2 <= 1
    assert (x2 - x1) * (y2 - y1) > 0.06
    assert np.asarray(picture.image).std() > 5


@pytest.mark.parametrize("name", ["back", "flat", "close", "figure"])
def test_every_view_is_drawn(name):
    for kind in ("hoodie", "shoes", "bag", "hat"):
        assert np.asarray(draw(SOME[kind], View(name), width=80).image).std() > 5


def test_a_picture_has_the_same_bytes_every_time():
    once, again = (draw(SOME["t-shirt"], View("figure"), width=100).image.tobytes() for _ in range(2))
    assert once == again


def test_the_box_is_tight_around_what_differs_from_the_empty_studio():
    ink = replace(SOME["t-shirt"], colourways=(replace(SOME["t-shirt"].colourways[0], base="#101010"),), print="plain")
    picture = draw(ink, View("front"), width=200)
    dark = np.asarray(picture.image.convert("L")) < 90
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    seen = (columns[0] / 200, rows[0] / 250, (columns[-1] + 1) / 200, (rows[-1] + 1) / 250)
    assert np.allclose(seen, picture.items[0].box, atol=0.02)


def test_the_first_view_is_the_front_and_no_view_comes_twice():
    for index in range(30):
        names = [view.name for view in views(design(1, index))]
        assert names[0] == "front"
        assert len(set(names)) == len(names) == 3


def test_every_picture_of_a_design_is_cut_from_one_cloth():
    assert cloth(SOME["shirt"]) == cloth(design(1, SOME["shirt"].index))


def test_a_street_photo_shows_two_to_four_products_of_the_catalogue():
    for seed in range(6):
        picture = street_photo(1, seed, among=60, width=150)
        assert 2 <= len(picture.items) <= 4
        for item in picture.items:
            assert item.index < 60
            assert item.label == design(1, item.index).label
            assert 0 <= item.box[0] < item.box[2] <= 1
            assert 0 <= item.box[1] < item.box[3] <= 1
        assert len({item.position for item in picture.items}) == len(picture.items)


def test_a_street_photo_has_the_same_bytes_every_time():
    once, again = (street_photo(1, 5, width=120) for _ in range(2))
    assert once.image.tobytes() == again.image.tobytes()
    assert once.items == again.items


def test_street_photos_are_saved_with_their_boxes(tmp_path):
    boxes = save_street_photos(tmp_path, 1, count=2, seed=9, width=120)
    assert sorted(p.name for p in tmp_path.glob("*.jpg")) == ["street-000009.jpg", "street-000010.jpg"]
    assert boxes.read_text().count('"product"') >= 4


def test_the_studio_knows_no_django():
    code = "import sys, catalog.studio; assert not [m for m in sys.modules if m.split('.')[0] == 'django']"
    subprocess.run([sys.executable, "-c", code], check=True)
