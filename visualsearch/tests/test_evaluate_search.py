"""The command that measures the whole shop: filled, asked through its API, and gone again."""

import csv
import io
import json
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image

from catalog.models import Product, ProductImage, Variant
from visualsearch.management.commands import _stock, _trial_shop, evaluate_search
from visualsearch.ml.datasets.retrieval import READERS
from visualsearch.ml.evaluate import ranks
from visualsearch.ml.types import Box, Detection
from visualsearch.models import PhotoSearch
from visualsearch.tests import fakes
from visualsearch.tests.makers import photo

# Two styles; MH01 in two colours. The view mh01-red_back looks like the blue one: a model must take it for that.
COLOURS = {"mh01-red_main": "red", "mh01-blue_main": "blue", "wp02-lime_main": "lime",
           "mh01-red_alt1": "crimson", "mh01-red_back": "navy", "wp02-lime_alt1": "green"}  # fmt: skip


def a_sheet() -> str:
    """Magento's rows of both styles: their variants, in a size each, with their views, and the product over them."""
    out = io.StringIO()
    columns = ("sku", "name", "price", "qty", "product_type", "categories", "base_image", "additional_images",
               "additional_attributes", "visibility", "configurable_variations")  # fmt: skip
    sheet = csv.DictWriter(out, columns)
    sheet.writeheader()
    every = {"price": "5", "qty": "1", "categories": "Default Category/Tops"}
    for sku, colours in (("MH01", ("Red", "Blue")), ("WP02", ("Lime",))):
        options = {f"{sku}-S-{colour}": f"size=S,color={colour}" for colour in colours}
        for (name, option), colour in zip(options.items(), colours, strict=True):
            main, *others = [f"/m/h/{stem}.jpg" for stem in COLOURS if stem.startswith(f"{sku}-{colour}_".lower())]
            views = {"base_image": main, "additional_images": ",".join(others), "additional_attributes": option}
            hidden = {"product_type": "simple", "visibility": "Not Visible Individually"}
            sheet.writerow(every | views | hidden | {"sku": name, "name": name})
        variations = "|".join(f"sku={name},{option}" for name, option in options.items())
        over = {"sku": sku, "name": f"Style {sku}", "product_type": "configurable"}
        sheet.writerow(every | over | {"configurable_variations": variations})
    return out.getvalue()


@pytest.fixture
def luma(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue-luma.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("fixtures/ConfigurableSampleData/products.csv", a_sheet())
        for stem, colour in COLOURS.items():
            archive.writestr(f"images/{stem}.webp", photo(colour, format="WEBP", lossless=True))
    return path


@pytest.fixture
def trial(networks, valkey, settings, monkeypatch):
    """The test's own database in the place of the trial's."""

    @contextmanager
    def here():
        settings.ALLOWED_HOSTS = ["testserver"]
        with _trial_shop.tasks_at_once():
            yield

    monkeypatch.setattr(evaluate_search, "trial_shop", here)


def told(*arguments: object) -> str:
    out = io.StringIO()
    call_command("evaluate_search", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("trial")
class TestTheCommand:
    def test_asks_a_shop_without_the_pictures_that_ask(self, luma):
        answer = json.loads(told(luma, "--protocol", "luma", "--json"))
        assert (answer["questions"], answer["products in the shop"], answer["photos without an item"]) == (3, 2, 0)
        assert ProductImage.objects.count() == 3
        assert PhotoSearch.objects.count() == 3
        assert set(Variant.objects.values_list("sku", flat=True)) == {"MH01-S-Red", "MH01-S-Blue", "WP02-S-Lime"}
        figures = {name: row["R@1"][0] for name, row in answer["figures"].items()}
        assert figures == {
            "model alone, in its colour": 66.67,
            "model alone, in any colour": 100.0,
            "photo as a whole, in its colour": 66.67,
            "photo as a whole, in any colour": 100.0,
            "surest item, in its colour": 66.67,
            "surest item, in any colour": 100.0,
            "best item, in its colour": 66.67,
            "best item, in any colour": 100.0,
        }
        assert answer["figures"]["model alone, in its colour"]["R@5"] == [100.0, 100.0, 100.0]

    def test_a_photo_in_which_nothing_is_found_has_no_item_to_rank(self, luma, monkeypatch):
        monkeypatch.setattr(fakes.FakeDetector, "found", [])
        answer = json.loads(told(luma, "--protocol", "luma", "--json"))
        assert answer["photos without an item"] == 3
        assert answer["figures"]["surest item, in any colour"]["R@20"][0] == 0.0
        assert answer["figures"]["photo as a whole, in any colour"]["R@1"][0] == 100.0

    def test_folders_of_products_need_no_export(self, tmp_path):
        for name, colours in {"a": ("red", "crimson"), "b": ("blue", "navy")}.items():
            (tmp_path / "f" / name).mkdir(parents=True)
            for number, colour in enumerate(colours):
                Image.new("RGB", (60, 80), colour).save(tmp_path / "f" / name / f"{number}.png")
        table = told(tmp_path / "f", "--protocol", "folder")
        assert "questions: 2; products in the shop: 2" in table
        row = next(line.split() for line in table.splitlines() if line.startswith("photo as a whole"))
        assert row[4:] == ["100.00", "(100.0-100.0)"] * 4

    def test_items_of_street_photos_are_found_and_ranked(self, tmp_path, monkeypatch):
        left, right = [0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 1.0, 1.0]
        street = Image.new("RGB", (120, 80), "red")
        street.paste("blue", (60, 0, 120, 80))
        shown = {"products/00000": (Image.new("RGB", (60, 80), "red"), [(0, "upper", [0, 0, 1, 1])]),
                 "products/00001": (Image.new("RGB", (60, 80), "blue"), [(1, "upper", [0, 0, 1, 1])]),
                 "street": (street, [(0, "upper", left), (1, "upper", right), (1, "feet", left)])}  # fmt: skip
        for folder, (picture, worn) in shown.items():
            (tmp_path / folder).mkdir(parents=True)
            picture.save(tmp_path / folder / "p.png")
            truth = [{"label": "shirt", "position": place, "product": n, "box": box} for n, place, box in worn]
            (tmp_path / folder / "boxes.json").write_text(json.dumps({"p.png": truth}))
        found = [Detection("shirt", "upper", 0.9, Box(*left)), Detection("shirt", "upper", 0.8, Box(*right))]
        monkeypatch.setattr(fakes.FakeDetector, "found", found)
        monkeypatch.setattr(evaluate_search, "save_catalogue", lambda data, seed, photos: data)
        answer = json.loads(told(tmp_path, "--protocol", "studio", "--json"))
        assert (answer["questions"], answer["photos"], answer["items found"]) == (3, 1, 2)
        assert answer["figures"]["its item's list"]["R@1"][0] == 66.67  # shoes that nobody found are missed
        assert answer["figures"]["its item's list"]["R@10"][0] == 66.67

    def test_a_picture_that_asks_and_is_in_the_shop_is_refused(self, luma, monkeypatch):
        shots = READERS["luma"](luma)
        twin = next(shot for shot in shots if shot.part == "query")
        monkeypatch.setattr(_stock, "_import", lambda data, shots: _stock._add([twin]))
        with pytest.raises(CommandError, match="1 pictures that ask are in the shop as well"):
            told(luma, "--protocol", "luma")

    def test_a_photo_that_the_shop_refuses_is_a_sentence(self):
        with pytest.raises(CommandError, match="The shop answered 415 to a photo: This is a text file"):
            evaluate_search.Shopper().search(b"no picture", 10)


@pytest.mark.parametrize(
    ("path", "sentence"), [("nowhere", "neither a folder nor a zip"), ("", "one folder a product")]
)
def test_what_cannot_be_asked_with_is_named(path: str, sentence: str, tmp_path: Path):
    with pytest.raises(CommandError, match=sentence):
        told(tmp_path / path, "--protocol", "folder")


def test_a_trial_shop_leaves_nothing_behind(django_db_setup, django_db_blocker, settings):
    def databases() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database")
            return {name for (name,) in cursor.fetchall()}

    media, name = settings.MEDIA_ROOT, connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        before = databases()
        with _trial_shop.trial_shop():
            assert connection.settings_dict["NAME"].startswith("trial_")
            assert Product.objects.count() == 0
            assert len(databases()) == len(before) + 1
            assert media != settings.MEDIA_ROOT
        assert databases() == before
        connection.close()
    assert (settings.MEDIA_ROOT, connection.settings_dict["NAME"]) == (media, name)


def test_the_rank_is_the_place_of_the_first_that_is_right():
    assert ranks.rank_of([False, True, True]) == 2
    assert ranks.rank_of([False]) is None
    assert ranks.best([None, 4, 2]) == 2
    assert ranks.best([None]) is None


def test_a_question_without_a_rank_is_a_miss():
    assert ranks.line("x", [1, 3, None], (1, 3)).hits.tolist() == [[1, 1], [0, 1], [0, 0]]
