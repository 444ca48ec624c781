"""The detection sets as their zips have them, and boxes for photos that come without."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from visualsearch.ml.datasets import detection
from visualsearch.ml.datasets.garments import garment_box


def picture(size: tuple[int, int] = (30, 40)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (9, 9, 9)).save(buffer, "WEBP")
    return buffer.getvalue()


def garment_on_ground(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    """A blue thing on a wooden, grainy ground."""
    grain = np.random.default_rng(0).normal(0, 8, (size[1], size[0], 1))
    ground = Image.fromarray((np.array([170, 130, 90]) + grain).clip(0, 255).astype(np.uint8))
    ImageDraw.Draw(ground).rectangle(box, fill=(30, 60, 160))
    return ground


def test_colorful_has_parts_and_boxes_by_their_centre(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "detection-colorful.zip", "w") as archive:
        archive.writestr("ImageSets/Main/trainval.txt", "7\n")
        archive.writestr("ImageSets/Main/test.txt", "8")
        archive.writestr("Annotations_txt/7.txt", "9 0.5 0.9 0.2 0.4\n")
        archive.writestr("images/7.webp", picture())
    (photo,) = detection.read(tmp_path / "detection-colorful.zip")
    assert photo.name == "colorful/7"
    assert photo.labels.tolist() == [pytest.approx([9, 0.4, 0.7, 0.6, 1.0])]
    assert photo.picture().size == (30, 40)


def test_clothing_co_parsing_is_mapped_and_joined(tmp_path: Path):
    tags = [
        ["shoes", 0.1, 0.8, 0.2, 0.9], ["shoes", 0.3, 0.7, 0.4, 0.85], ["skin", 0, 0, 1, 1],
        ["coat", 0.2, 0.1, 0.8, 0.5], ["bag", 0, 0, 0.1, 0.1], ["purse", 0.5, 0.5, 0.6, 0.6],
    ]  # fmt: skip
    truth = {"images": {"1": tags, "2": [["suit", 0, 0, 1, 1]]}}
    with zipfile.ZipFile(tmp_path / "detection-ccp-dev.zip", "w") as archive:
        archive.writestr("boxes.json", json.dumps(truth))
        archive.writestr("images/1.webp", picture())
    (photo,) = detection.read(tmp_path / "detection-ccp-dev.zip")
    named = [(detection.CLASSES[int(label)], *map(float, box)) for label, *box in photo.labels.round(3)]
    assert [row[0] for row in named] == ["bag", "bag", "jacket", "shoe"]
    assert named[3][1:] == pytest.approx((0.1, 0.7, 0.4, 0.9))


def test_phone_photos_get_their_box_from_the_picture(tmp_path: Path):
    photo = io.BytesIO()
    garment_on_ground((200, 300), (50, 60, 150, 240)).save(photo, "WEBP", quality=90)
    with zipfile.ZipFile(tmp_path / "clothing-cc0.zip", "w") as archive:
        rows = ("image,sender_id,label,kids", "a,1,Pants,False", "b,1,Not sure,False", "c,1,Hat,False")
        archive.writestr("labels.csv", "\n".join(rows))
        archive.writestr("images/a.webp", photo.getvalue())
    (found,) = detection.read(tmp_path / "clothing-cc0.zip")
    assert found.labels[0, 0] == detection.CLASSES.index("pants")
    assert found.labels[0, 1:] == pytest.approx([0.25, 0.2, 0.755, 0.803], abs=0.03)


def test_a_picture_of_nothing_in_particular_has_no_box():
    assert garment_box(Image.new("RGB", (100, 100), (200, 200, 200))) is None
    assert garment_box(garment_on_ground((100, 100), (45, 45, 50, 50))) is None


def test_what_training_keeps_back_is_what_is_measured_on(tmp_path: Path):
    from visualsearch.ml.train import detector_start

    truth = {f"{number:02}.webp": [{"label": "hat", "box": [0, 0, 1, 1]}] for number in range(25)}
    for name in truth:
        (tmp_path / name).write_bytes(picture())
    (tmp_path / "boxes.json").write_text(json.dumps(truth))
    kept_back = [photo.name for photo in detector_start._part(tmp_path, "val")]
    assert [photo.name for photo in detection.measured(tmp_path, "held-out")] == kept_back
    assert len(kept_back) == 3
    assert len(list(detection.measured(tmp_path, "all"))) == 25


def test_by_default_no_photo_is_measured_on_that_was_learned_from(tmp_path: Path):
    names = ("detection-colorful.zip", "detection-ccp-dev.zip", "clothing-cc0.zip")
    assert [detection.default_part(tmp_path / name) for name in names] == ["test", "held-out", "held-out"]
    assert detection.default_part(tmp_path) == "all"
    with pytest.raises(ValueError, match="has no part 'all', only test, trainval and held-out"):
        detection.measured(tmp_path / "detection-colorful.zip", "all")


def test_other_files_are_no_detection_set(tmp_path: Path):
    with pytest.raises(ValueError, match="no detection set"):
        detection.read(tmp_path / "products-kaggle.zip")


def test_a_cache_gives_back_what_was_put_in_and_is_opened_the_second_time(tmp_path: Path):
    labels = [np.array([[1, 0, 0, 0.5, 0.5]], np.float32), np.zeros((0, 5), np.float32)]
    photos = [detection.Photo("a", picture((64, 32)), labels[0]), detection.Photo("b", picture((10, 20)), labels[1])]
    detection.fill(tmp_path / "c", photos, side=32)
    cache = detection.fill(tmp_path / "c", iter(()))
    assert (len(cache), cache.names) == (2, ["a", "b"])
    assert [cache.picture(index).size for index in range(2)] == [(32, 16), (10, 20)]
    assert cache.labels(0).tolist() == labels[0].tolist()
    assert cache.labels(1).shape == (0, 5)


def test_every_class_has_a_position_of_the_house():
    from visualsearch.ml.types import POSITIONS

    assert len(detection.CLASSES) == len(detection.POSITIONS)
    assert set(detection.POSITIONS) == set(POSITIONS)
    assert set(detection.CCP_TAGS.values()) | set(detection.CC0_LABELS.values()) <= set(detection.CLASSES)
