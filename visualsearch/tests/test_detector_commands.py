"""The detector at the command line: what is in a photo, how good it is, and a training of a moment."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import ExifTags, Image

from catalog import studio
from visualsearch.management.commands import evaluate_detector
from visualsearch.ml.boxes import overlaps


@pytest.fixture(scope="module")
def street(tmp_path_factory) -> Path:
    """Four street photos of a catalogue that no detector was trained on."""
    return studio.save_street_photos(tmp_path_factory.mktemp("street"), 31, 4, 0, 240, 400).parent


def run(*arguments) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_street_photo_shows_its_items(street: Path, tmp_path: Path):
    truth = json.loads((street / "boxes.json").read_text())
    photos = [street / name for name in truth]
    entries = json.loads(run("detect", *photos, "--json", "--draw", tmp_path))
    assert [entry["photo"] for entry in entries] == [str(photo) for photo in photos]
    found = wanted = 0
    for entry, items in zip(entries, truth.values(), strict=True):
        for item in items:
            mine = [one["box"] for one in entry["items"] if one["position"] == item["position"]]
            wanted += 1
            found += bool(mine) and overlaps(np.array([item["box"]]), np.array(mine)).max() > 0.5
    assert found >= 0.75 * wanted
    with Image.open(tmp_path / f"{photos[0].stem}.jpg") as drawn, Image.open(photos[0]) as photo:
        assert drawn.size == photo.size


def test_without_json_a_line_a_photo(street: Path):
    photo = next(street.glob("*.jpg"))
    assert run("detect", photo, "--threshold", "1.0") == f"{photo}: nothing found\n"


def test_boxes_are_fractions_of_the_upright_photo(street: Path, tmp_path: Path):
    """A camera held sideways notes in EXIF how the picture is to be turned."""
    photo = next(street.glob("*.jpg"))
    with Image.open(photo) as upright:
        exif = upright.getexif()
        exif[ExifTags.Base.Orientation] = 6  # a quarter turn clockwise makes it upright
        upright.save(tmp_path / "upright.png")
        upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "sideways.png", exif=exif)
    straight, turned = json.loads(run("detect", tmp_path / "upright.png", tmp_path / "sideways.png", "--json"))
    assert straight["items"]
    assert turned["items"] == straight["items"]


def test_a_photo_that_cannot_be_read_is_named_and_the_others_go_on(street: Path, tmp_path: Path):
    photo = next(street.glob("*.jpg"))
    bad = {tmp_path / "x.jpg": "not a picture", tmp_path / "cut.jpg": "cut off", tmp_path / "none.jpg": "No such file"}
    (tmp_path / "x.jpg").write_text("no picture")
    (tmp_path / "cut.jpg").write_bytes(photo.read_bytes()[:9000])
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="3 of 4 photos could not be read"):
        call_command("detect", *bad, photo, "--json", stdout=out, stderr=err)
    *refused, good = json.loads(out.getvalue())
    for entry, (path, sentence) in zip(refused, bad.items(), strict=True):
        assert (entry["photo"], entry["items"]) == (str(path), [])
        assert sentence in entry["error"]
        assert f"{path}: {entry['error']}" in err.getvalue()
    assert good["items"]
    assert "error" not in good


def test_photos_of_one_name_are_drawn_side_by_side(street: Path, tmp_path: Path):
    photo = next(street.glob("*.jpg"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / photo.name).write_bytes(photo.read_bytes())
    run("detect", photo, tmp_path / "other" / photo.name, "--draw", tmp_path / "drawn")
    assert {path.name for path in (tmp_path / "drawn").iterdir()} == {photo.name, f"{photo.stem}-2.jpg"}


def test_a_lower_threshold_finds_more(street: Path):
    photo = next(street.glob("*.jpg"))
    few, many = (json.loads(run("detect", photo, "--json", "--threshold", t))[0]["items"] for t in ("0.6", "0.01"))
    assert len(few) < len(many)
    assert all(item["score"] >= 0.6 for item in few)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--weights", "none"), "No weights are registered as 'none'"),
        (("--weights", "embedder-lite1-fine"), "embedder-lite1-fine is an embedder: it finds nothing"),
        (("--threshold", "15"), "a score from 0 to 1, not 15"),
        (("--threshold", "nan"), "a score from 0 to 1, not nan"),
        (("--draw", "{photo}"), r"Nothing can be written to .*\.jpg: File exists"),
    ],
)
def test_options_that_make_no_sense_are_refused(street: Path, options, sentence: str):
    photo = next(street.glob("*.jpg"))
    with pytest.raises(CommandError, match=sentence):
        run("detect", photo, *(option.format(photo=photo) for option in options))


def test_a_detector_is_measured(street: Path, tmp_path: Path):
    table = run("evaluate_detector", "--data", street, "--pictures", tmp_path / "one.png")
    assert "AP@0.5" in table
    assert "<- in use" in table
    assert "The garment is found" not in table
    with Image.open(tmp_path / "one.png") as sheet:
        assert sheet.width == 4 * 272 + 12
    figures = json.loads(run("evaluate_detector", "--data", street, "--json"))
    assert figures["photos"] == 4
    assert 0.5 < figures["map50"] <= 1
    assert figures["map50_95%"][0] <= figures["map50"] <= figures["map50_95%"][1]


def test_photos_of_one_garment_say_how_often_it_is_found(tmp_path: Path):
    truth = {}
    for index in range(2):
        picture = studio.draw(design := studio.design(31, index), studio.views(design, 1)[0], 300)
        picture.image.save(tmp_path / f"{index}.jpg")
        truth[f"{index}.jpg"] = [{"label": picture.items[0].label, "box": list(picture.items[0].box)}]
    (tmp_path / "boxes.json").write_text(json.dumps(truth))
    found = json.loads(run("evaluate_detector", "--data", tmp_path, "--json"))["found"]
    assert 0 <= found["kind"] <= found["position"] <= 1
    assert sum(row["photos"] for row in found["classes"].values()) == 2
    assert "The garment is found, by its kind and by its position" in run("evaluate_detector", "--data", tmp_path)


def test_figures_are_kept_under_the_name_of_what_they_were_measured_on(street: Path, tmp_path: Path, monkeypatch):
    entry = replace(evaluate_detector.named("detector-lite2"), figures={"other": 1.0})
    kept = []
    monkeypatch.setattr(evaluate_detector, "named", lambda name: entry)
    monkeypatch.setattr(evaluate_detector, "write_entry", kept.append)
    figures = json.loads(run("evaluate_detector", "--data", street, "--record", "--json"))
    assert kept[0].figures == {
        "other": 1.0,
        f"{street.name} mAP@0.5": round(figures["map50"], 3),
        f"{street.name} AP": round(figures["ap"], 3),
    }


def test_what_cannot_be_measured_on_is_named(street: Path, tmp_path: Path, monkeypatch):
    def refused(*arguments) -> str:
        with pytest.raises(CommandError) as refusal:
            run("evaluate_detector", "--data", *arguments)
        return str(refusal.value)

    (tmp_path / "detection-colorful.zip").write_text("cut off")
    (tmp_path / "boxes.json").write_text("{}")
    assert "no detection set" in refused(street / "none.zip")
    assert "not a zip file" in refused(tmp_path / "detection-colorful.zip")
    assert "no photo with a box" in refused(tmp_path)
    assert "has no part 'test', only all and held-out" in refused(street, "--part", "test")
    strange = replace(evaluate_detector.named("detector-lite2"), classes=("sling",))
    monkeypatch.setattr(evaluate_detector, "named", lambda name: strange)
    assert "knows kinds that the photos' boxes do not: sling" in refused(street)


def test_a_detector_is_trained_for_a_moment(street: Path, tmp_path: Path, capsys):
    folder = tmp_path / "detector"
    arguments = ("train_detector", "--data", f"{street}:5", "--arch", "yolov3-tiny", "--folder", folder)
    run(*arguments, "--epochs", "1")
    run(*arguments, "--epochs", "2", "--resume")
    assert len((folder / "log.jsonl").read_text().splitlines()) == 2
    with pytest.raises(CommandError, match="has no epoch 5: it has had 2"):
        run(*arguments, "--epochs", "2", "--resume", "--mean", "1", "5", "--name", "never")
    with pytest.raises(CommandError, match="no run to resume"):
        run(*arguments[:-1], tmp_path / "elsewhere" / "detector", "--resume")
