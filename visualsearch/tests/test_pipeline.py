"""Picture to regions, with the fakes held to the real networks."""

import inspect

import numpy as np
import pytest
from PIL import Image

from visualsearch import photos, pipeline, versions
from visualsearch.ml import session
from visualsearch.ml.types import FULL_FRAME, Box, Detection
from visualsearch.ml.weights import WeightsError
from visualsearch.models import ModelVersion
from visualsearch.tests.fakes import SHIRT, TROUSERS, FakeDetector, FakeEmbedder


def describe(picture, found=(SHIRT, TROUSERS)):
    detector = FakeDetector(None)
    detector.found = list(found)
    return pipeline.describe(picture, detector, FakeEmbedder(None))


def test_the_whole_picture_comes_first_and_items_follow_surest_first():
    regions = describe(Image.new("RGB", (80, 80), "red"))
    assert [(r.position, r.label, r.score) for r in regions] == [
        ("whole", "", 1.0),
        ("upper", "shirt", 0.9),
        ("lower", "pants", 0.8),
    ]
    assert [r.box for r in regions] == [FULL_FRAME, SHIRT.box, TROUSERS.box]
    assert all(abs(float(np.linalg.norm(r.embedding)) - 1) < 1e-5 for r in regions)


def test_a_picture_without_items_is_still_described_as_a_whole():
    assert [r.position for r in describe(Image.new("RGB", (40, 40)), [])] == ["whole"]


def test_an_item_is_embedded_by_its_own_part_of_the_picture():
    picture = Image.new("RGB", (100, 100), "white")
    picture.paste("red", (0, 0, 50, 100))
    left, right = (Detection("shirt", "upper", 0.9, Box(x, 0, x + 0.4, 1)) for x in (0.0, 0.6))
    _, red, white = describe(picture, [left, right])
    assert np.argmax(red.embedding) == 0
    assert red.embedding[0] > 0.99
    assert white.embedding[:3] == pytest.approx([0.577] * 3, abs=1e-3)


def test_only_so_many_items_are_kept():
    assert len(describe(Image.new("RGB", (40, 40)), [SHIRT] * 30)) == 1 + pipeline.MOST_ITEMS


def test_a_large_picture_is_described_as_the_bounded_copy_that_is_kept_of_a_photo():
    large = Image.effect_noise((2400, 1200), 80).convert("RGB")
    of_large, of_small = describe(large), describe(photos.bounded(large))
    assert [r.embedding.tolist() for r in of_large] == [r.embedding.tolist() for r in of_small]


@pytest.mark.parametrize(("fake", "real"), [(FakeDetector, session.Detector), (FakeEmbedder, session.Embedder)])
def test_the_fakes_take_what_the_real_networks_take(fake, real):
    methods = [name for name in vars(real) if callable(getattr(real, name)) and name in {"__init__", "detect", "embed"}]
    assert "__init__" in methods
    assert len(methods) == 2
    for method in methods:
        assert list(inspect.signature(getattr(fake, method)).parameters) == list(
            inspect.signature(getattr(real, method)).parameters
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("networks")
def test_networks_are_loaded_once_a_process():
    version = versions.announce()
    assert pipeline.models_in_process(version) is pipeline.models_in_process(version)


@pytest.mark.usefixtures("networks")
def test_networks_whose_files_are_not_here_are_not_guessed_at():
    with pytest.raises(WeightsError, match="Restart this worker"):
        pipeline.models_in_process(ModelVersion(detector_sha256="x", embedder_sha256="y"))
