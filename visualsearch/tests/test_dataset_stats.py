"""The table of what is in a data set, for every kind of set that there is a reader for."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image, ImageDraw

from visualsearch.management.commands import dataset_stats
from visualsearch.ml.datasets import stats
from visualsearch.tests.fakes import FakeDetector, entry
from visualsearch.tests.test_retrieval_readers import PARTITION, drawn, laid_out, picture, zipped


def told(*arguments: object) -> list[list[str]]:
    """The words of each line that is no blank."""
    out = io.StringIO()
    call_command("dataset_stats", *map(str, arguments), stdout=out)
    return [line.split() for line in out.getvalue().splitlines() if line.strip()]


def test_a_folder_of_products(tmp_path: Path):
    laid_out(
        tmp_path, {"boot/1.png": picture(), "boot/2.png": picture(), "boot/3.png": picture(), "hat/1.png": picture()}
    )
    lines = told(tmp_path)
    assert lines[0][:3] == ["kind", "products", "pictures"]
    assert ["(no", "kind", "named)", "2", "4", "2.00", "1", "3"] in lines
    assert ["all", "2", "4", "2.00", "1", "3"] in lines
    assert ["of", "these", "query", "1", "2"] in lines


def test_in_shop_has_all_its_parts(tmp_path: Path):
    names = [line.split()[0] for line in PARTITION.splitlines()[2:]]
    laid_out(tmp_path, {"list_eval_partition.txt": PARTITION, **dict.fromkeys(names, picture())})
    lines = told(tmp_path)
    assert ["Dresses", "2", "3", "1.50", "1", "2"] in lines
    assert ["of", "these", "train", "1", "1"] in lines


def test_shop_photos_by_kind(tmp_path: Path):
    rows = ("id,masterCategory,articleType,baseColour,squashed", "7,Apparel,Tshirts,Red,1", "8,Footwear,Boots,Red,0")
    files = {"products.csv": "\n".join(rows), "images/7.webp": picture(), "images/8.webp": picture()}
    lines = told(zipped(tmp_path / "products-kaggle.zip", files))
    once = ["1", "1", "1.00", "1", "1"]
    assert lines[1:] == [["Boots", *once], ["Tshirts", *once], ["all", "2", "2", "1.00", "1", "1"]]


def test_luma_by_kind(tmp_path: Path):
    table = "sku,product_type,categories\nMH01,configurable,Default Category/Men/Hoodies\n"
    files: dict[str, bytes | str] = {f"images/mh01-{view}.webp": picture() for view in ("red_main", "red_back")}
    files["fixtures/ConfigurableSampleData/products.csv"] = table
    assert ["Hoodies", "1", "2", "2.00", "2", "2"] in told(zipped(tmp_path / "catalogue-luma.zip", files))


def test_a_drawn_catalogue_counts_pictures_not_items(tmp_path: Path):
    lines = told(drawn(tmp_path / "s"))
    assert ["shirt", "2", "3", "1.50", "1", "2"] in lines


def test_boxes_by_position_and_class(tmp_path: Path):
    box = {"box": [0, 0, 1, 1]}
    truth = {
        "1.png": [box | {"label": "hat"}, box | {"label": "shoe"}, box | {"label": "shoe"}],
        "2.png": [box | {"label": "shoe"}],
    }
    laid_out(tmp_path, {"boxes.json": json.dumps(truth), "1.png": picture(), "2.png": picture()})
    lines = told(tmp_path)
    assert lines[0] == ["2", "photos", "with", "boxes"]
    assert lines[2:] == [["feet", "shoe", "3", "2"], ["head", "hat", "1", "1"], ["all", "4"]]


def test_colorful_counts_both_parts(tmp_path: Path):
    files: dict[str, bytes | str] = {
        f"ImageSets/Main/{part}.txt": name for part, name in (("trainval", "7"), ("test", "8"))
    }
    for name in "78":
        files |= {f"Annotations_txt/{name}.txt": "1 0.5 0.5 0.2 0.2\n", f"images/{name}.webp": picture()}
    assert ["head", "hat", "2", "2"] in told(zipped(tmp_path / "detection-colorful.zip", files))


def test_phone_photos_are_products_and_have_boxes(tmp_path: Path):
    photo, ground = io.BytesIO(), Image.new("RGB", (200, 300), (170, 130, 90))
    ImageDraw.Draw(ground).rectangle((50, 60, 150, 240), fill=(30, 60, 160))
    ground.save(photo, "WEBP", quality=90)
    table = "image,sender_id,label,kids\na,1,Pants,False\n"
    lines = told(zipped(tmp_path / "clothing-cc0.zip", {"labels.csv": table, "images/a.webp": photo.getvalue()}))
    assert ["Pants", "1", "1", "1.00", "1", "1"] in lines
    assert ["lower", "pants", "1", "1"] in lines


def test_what_a_detector_finds_is_counted(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(dataset_stats, "named", lambda name: entry(name, "detector", "d"))
    monkeypatch.setattr(dataset_stats, "Detector", FakeDetector)
    laid_out(tmp_path, {"boot/1.png": picture(), "boot/2.png": picture(), "hat/1.png": picture()})
    lines = told(tmp_path, "--detect")
    assert ["upper", "shirt", "3", "3"] in lines
    assert ["lower", "pants", "3", "3"] in lines
    assert ["upper", "shirt", "2", "2"] in told(tmp_path, "--detect", "--most", "2")


def test_a_picture_with_two_items_is_looked_at_once(tmp_path: Path):
    shots = stats.shots_of(drawn(tmp_path / "s"))
    twice = [*shots, *shots]
    assert len(stats.some_pictures(twice, 0)) == 3
    assert all(source.box is None for source in stats.some_pictures(twice, 0))
    assert stats.some_pictures(twice, 2, seed=1) == stats.some_pictures(twice, 2, seed=1)


def test_what_is_no_data_set_is_named(tmp_path: Path):
    def refused(path: Path) -> str:
        with pytest.raises(CommandError) as refusal:
            told(path)
        return str(refusal.value)

    (tmp_path / "cut.zip").write_bytes(b"PK\3\4")
    (tmp_path / "detection-ccp.zip").write_bytes(b"PK\3\4")
    (tmp_path / "empty").mkdir()
    assert "neither a folder nor a zip" in refused(tmp_path / "cut.zip")
    assert "not a zip file" in refused(tmp_path / "detection-ccp.zip")
    assert "one folder a product" in refused(tmp_path / "empty")
    assert "neither a folder nor a zip" in refused(tmp_path / "nowhere")
