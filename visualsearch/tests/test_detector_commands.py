"""The detector at the command line: what is in a photo, how good it is, and a training of a moment."""

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from catalog import studio
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


def test_what_is_no_picture_is_named(tmp_path: Path):
    (tmp_path / "x.jpg").write_text("no picture")
    with pytest.raises(CommandError, match=r"x\.jpg cannot be read as a picture"):
        run("detect", tmp_path / "x.jpg")
    with pytest.raises(CommandError, match="No weights are registered as 'none'"):
        run("detect", tmp_path / "x.jpg", "--weights", "none")


def test_a_detector_is_measured(street: Path):
    table = run("evaluate_detector", "--data", street)
    assert "AP@0.5" in table
    assert "<- in use" in table
    figures = json.loads(run("evaluate_detector", "--data", street, "--json"))
    assert figures["photos"] == 4
    assert 0.5 < figures["map50"] <= 1
    with pytest.raises(CommandError, match="no detection set"):
        run("evaluate_detector", "--data", street / "none.zip")


def test_a_detector_is_trained_for_a_moment(street: Path, tmp_path: Path, capsys):
    folder = tmp_path / "detector"
    arguments = ("train_detector", "--data", f"{street}:5", "--arch", "yolov3-tiny", "--folder", folder)
    run(*arguments, "--epochs", "1")
    run(*arguments, "--epochs", "2", "--resume")
    assert len((folder / "log.jsonl").read_text().splitlines()) == 2
    with pytest.raises(CommandError, match="no run to resume"):
        run(*arguments[:-1], tmp_path / "elsewhere" / "detector", "--resume")
