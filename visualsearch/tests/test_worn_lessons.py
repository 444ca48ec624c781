"""Street photos as lessons for the embedder, and batches that processes draw."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from visualsearch.ml import lite, transforms
from visualsearch.ml.datasets.street import lessons
from visualsearch.ml.train.ahead import Machine, ahead, normalised
from visualsearch.ml.train.embedder_batches import Batches


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two photos of a jacket, its lining, a bag, and glasses too small to tell one pair from another."""
    rows = ["2 .5 .3 .4 .4", "3 .5 .31 .4 .4", "8 .2 .7 .2 .2", "0 .5 .05 .1 .05"]
    path = tmp_path / "detection-colorful.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ImageSets/Main/trainval.txt", "1\n2\n")
        for name, colour in (("1", "olive"), ("2", "navy")):
            kept = io.BytesIO()
            Image.new("RGB", (80, 100), colour).save(kept, "WEBP")
            archive.writestr(f"images/{name}.webp", kept.getvalue())
            archive.writestr(f"Annotations_txt/{name}.txt", "\n".join(rows))
    return path


def test_every_garment_that_can_be_told_from_another_is_a_product(photos: Path):
    shots = lessons(photos)
    assert [(shot.product, shot.label) for shot in shots] == [
        ("colorful/1/0", "Jackets"), ("colorful/1/2", "Handbags"),
        ("colorful/2/0", "Jackets"), ("colorful/2/2", "Handbags"),
    ]  # fmt: skip
    assert shots[0].picture().size == (32, 40)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_processes_draw_the_same_batches_as_a_thread(photos: Path):
    shots = lessons(photos)
    ways = [Batches(shots, 32, 2, seed=3, machine=Machine(workers=workers)) for workers in (0, 2)]
    thread, processes = (list(batches.drawn(epoch=0)) for batches in ways)
    assert len(thread) == len(processes) == 2
    for (pictures, classes), (same, also) in zip(thread, processes, strict=True):
        assert torch.equal(pictures, same)
        assert torch.equal(classes, also)


def test_more_or_fewer_places_than_are_drawn_ahead():
    for count in (0, 1, 3, 9):
        assert list(ahead(lambda place: place * place, range(count))) == [place * place for place in range(count)]


def test_squares_are_normalised_as_served():
    squares = np.random.default_rng(1).integers(0, 256, (2, 6, 6, 3)).astype(np.uint8)
    ours = normalised(torch.from_numpy(squares), lite.MEAN, lite.STD).numpy()
    theirs = [transforms.as_array(Image.fromarray(square), lite.MEAN, lite.STD) for square in squares]
    assert np.array_equal(ours, np.stack(theirs))
