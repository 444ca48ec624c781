"""A part of a photo that its shopper chooses: from the box to a region of the same search."""

from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image

from visualsearch import crops, photos, pipeline, searches, tasks, versions
from visualsearch.ml.types import FULL_FRAME, Box, Detection
from visualsearch.models import PhotoCrop, PhotoRegion, PhotoSearch, Stage, State
from visualsearch.results import items_of
from visualsearch.tests import fakes
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]

BOX = Box(0.1, 0.6, 0.4, 0.9)


@pytest.fixture
def search():
    search = searches.begin(photo(size=(160, 240)))
    searches.answer(search.pk)
    search.refresh_from_db()
    return search


@pytest.fixture
def sees(monkeypatch):
    """What the detector finds from now on."""
    return lambda *found: monkeypatch.setattr(fakes.FakeDetector, "found", list(found))


def begun(search, box=BOX):
    return crops.begin(search, box=box).crop


def now(crop):
    crop.refresh_from_db()
    return crop.state, crop.reason


def grow_old(crop, **age):
    PhotoCrop.objects.filter(pk=crop.pk).update(created=timezone.now() - timedelta(**age))


class TestAPart:
    def test_waits_is_embedded_and_rings(self, search):
        part = crops.begin(search, box=BOX)
        assert (part.ordinal, part.new, part.crop.state) == (3, True, "waiting")
        assert crops.answer(part.crop.pk) == State.DONE
        assert photos.wait(part.crop.pk, 1)
        region = search.regions.get(ordinal=3)
        assert (region.crop, region.box) == (part.crop, BOX)

    def test_is_one_more_item_of_the_search_which_stays_about_what_it_was(self, search):
        crops.answer(begun(search, Box(0, 0, 1, 0.99)).pk)
        items = items_of(search)
        assert [(item.ordinal, item.own, item.chosen) for item in items] == [
            (0, False, False),
            (1, False, True),
            (2, False, False),
            (3, True, False),
        ]

    def test_of_the_same_box_is_the_same_part(self, search):
        first = begun(search)
        again = crops.begin(search, box=Box(0.10004, 0.6, 0.4, 0.9))
        assert (again.crop, again.new) == (first, False)
        crops.answer(first.pk)
        assert crops.begin(search, box=BOX)[::2] == (3, False)
        assert PhotoCrop.objects.count() == 1

    def test_around_what_was_found_is_what_was_found(self, search):
        assert crops.begin(search, box=fakes.TROUSERS.box) == (2, None, False)
        assert crops.begin(search, box=FULL_FRAME) == (0, None, False)

    def test_is_answered_once(self, search):
        crop = begun(search)
        crops.answer(crop.pk)
        assert crops.answer(crop.pk) is None
        assert search.regions.count() == 4

    def test_that_is_answered_by_two_workers_at_once_is_one_region(self, search, monkeypatch):
        crop, describe = begun(search), pipeline.describe_part
        inner = iter([lambda: crops.answer(crop.pk), lambda: None])
        monkeypatch.setattr(pipeline, "describe_part", lambda *args: (next(inner)(), describe(*args))[1])
        assert crops.answer(crop.pk) is None
        assert search.regions.count() == 4

    def test_goes_with_its_search(self, search):
        crop = begun(search)
        crops.answer(crop.pk)
        searches.forget(search)
        assert not PhotoCrop.objects.exists()
        assert not PhotoRegion.objects.exists()

    def test_is_embedded_with_the_version_of_its_search(self, search, another, monkeypatch):
        crop, used, models = begun(search), [], pipeline.models_in_process
        versions.activate(another(), at_once=True)
        monkeypatch.setattr(pipeline, "models_in_process", lambda version: (used.append(version), models(version))[1])
        crops.answer(crop.pk)
        assert used == [search.version]
        assert used != [versions.serving()]


class TestItsName:
    def test_is_that_of_what_was_found_at_nearly_the_same_place(self, search, sees):
        sees(Detection("bag", "bag", 0.99, FULL_FRAME))
        near = begun(search, Box(0.25, 0.55, 0.75, 1.0))
        crops.answer(near.pk)
        region = search.regions.get(crop=near)
        assert (region.label, region.position, region.score) == ("pants", "lower", 0.8)

    def test_is_else_that_of_the_main_thing_in_it(self, search, sees):
        sees(Detection("hat", "head", 0.9, Box(0, 0, 0.1, 0.1)), Detection("bag", "bag", 0.8, FULL_FRAME))
        crop = begun(search)
        crops.answer(crop.pk)
        assert search.regions.get(crop=crop).position == "bag"

    def test_may_be_a_guess_where_the_detector_is_not_sure(self, search, sees):
        sees(Detection("shoe", "feet", 0.15, FULL_FRAME))
        crop = begun(search)
        crops.answer(crop.pk)
        assert search.regions.get(crop=crop).label == "shoe"

    def test_is_none_where_nothing_is_seen_and_it_is_compared_with_whole_pictures(self, search, sees):
        sees()
        crop = begun(search)
        crops.answer(crop.pk)
        region = search.regions.get(crop=crop)
        assert (region.label, region.position) == ("", "whole")


def test_the_part_that_is_embedded_is_the_part_that_was_chosen(networks):
    picture = Image.new("RGB", (200, 100), "red")
    picture.paste("blue", (100, 0, 200, 100))
    both = pipeline.describe_part(picture, FULL_FRAME, fakes.FakeDetector(None), fakes.FakeEmbedder(None))
    blue = pipeline.describe_part(picture, Box(0.6, 0, 1, 1), fakes.FakeDetector(None), fakes.FakeEmbedder(None))
    assert np.argmax(blue.embedding) == 2
    assert blue.embedding[0] < 0.05 < both.embedding[0]
    assert np.linalg.norm(blue.embedding) == pytest.approx(1, abs=1e-5)


class TestARefusal:
    @pytest.mark.parametrize("box", [Box(0.5, 0.5, 0.55, 0.9), Box(0.5, 0.5, 0.9, 0.52), Box(0.5, 0.5, 0.4, 0.9)])
    def test_of_a_part_that_is_too_small(self, search, box):
        with pytest.raises(crops.CropRefused, match="at least 16 pixels") as refused:
            crops.begin(search, box=box)
        assert refused.value.code == "too_small"

    def test_of_a_part_of_a_photo_whose_time_is_over(self, search):
        photos.valkey().delete(f"search:{search.pk}:photo")
        with pytest.raises(crops.CropRefused, match="30 minutes") as refused:
            crops.begin(search, box=BOX)
        assert refused.value.code == "gone"

    def test_of_too_many_parts(self, search, monkeypatch):
        monkeypatch.setattr(crops, "MOST", 2)
        begun(search), begun(search, Box(0.1, 0.1, 0.5, 0.5))
        with pytest.raises(crops.CropRefused) as refused:
            crops.begin(search, box=Box(0.2, 0.1, 0.5, 0.5))
        assert refused.value.code == "too_many"
        assert not crops.begin(search, box=BOX).new

    def test_of_a_search_without_results(self):
        with pytest.raises(crops.CropRefused) as refused:
            crops.begin(searches.begin(photo()), box=BOX)
        assert refused.value.code == "no_results"


class TestWhatGoesWrong:
    @pytest.fixture(autouse=True)
    def sent(self, monkeypatch):
        self.ids = []
        monkeypatch.setattr(tasks.describe_crop, "delay", self.ids.append)

    @pytest.fixture
    def broken(self, monkeypatch):
        def describe(*args):
            raise OSError("no")

        monkeypatch.setattr(pipeline, "describe_part", describe)

    def test_a_photo_that_went_before_the_worker_came_is_said(self, search):
        crop = begun(search)
        photos.forget(search.pk)
        assert crops.answer(crop.pk) == State.FAILED
        assert now(crop) == ("failed", "expired")

    @pytest.mark.usefixtures("broken")
    def test_three_failures_and_the_part_is_given_up_and_rings(self, search):
        crop = begun(search)
        for _ in range(3):
            tasks.describe_crop(str(crop.pk))
        assert now(crop) == ("failed", "gave up")
        assert self.ids == [str(crop.pk)] * 2
        assert photos.wait(crop.pk, 1)

    @pytest.mark.usefixtures("broken")
    def test_a_part_that_failed_can_be_asked_for_again_at_its_old_place(self, search, monkeypatch):
        crop = begun(search)
        for _ in range(3):
            crops.answer(crop.pk)
        again = crops.begin(search, box=BOX)
        assert (again.ordinal, again.new) == (crop.ordinal, True)
        assert now(crop) == ("waiting", "")
        assert not photos.wait(crop.pk, 0.05)

    def test_a_version_that_was_retired_meanwhile_leaves_nothing_to_compare_with(self, search):
        crop = begun(search)
        search.version.state = Stage.RETIRED
        search.version.save()
        assert crops.answer(crop.pk) == State.FAILED
        assert now(crop) == ("failed", "replaced")

    def test_a_search_that_was_forgotten_meanwhile_leaves_nothing(self, search, monkeypatch):
        crop, describe = begun(search), pipeline.describe_part
        gone = lambda *args: (PhotoSearch.objects.get(pk=search.pk).delete(), describe(*args))[1]  # noqa: E731
        monkeypatch.setattr(pipeline, "describe_part", gone)
        assert crops.answer(crop.pk) is None
        assert not PhotoRegion.objects.exists()

    def test_a_part_that_does_not_exist_is_nothing_to_do(self):
        assert crops.answer(uuid4()) is None

    def test_who_waits_too_long_is_told_so(self, search):
        crop = begun(search)
        grow_old(crop, seconds=61)
        crop.refresh_from_db()
        assert crops.awaited(crop, 0).reason == "gave up"

    def test_a_sweep_sends_what_was_lost_and_gives_up_what_nobody_waits_for(self, search):
        lost, late = begun(search), begun(search, Box(0.1, 0.1, 0.5, 0.5))
        assert crops.sweep() == []
        grow_old(lost, seconds=20)
        grow_old(late, seconds=61)
        tasks.sweep()
        assert self.ids == [str(lost.pk)]
        assert now(late) == ("failed", "gave up")

    def test_a_search_that_is_tried_again_begins_without_parts(self, search):
        crops.answer(begun(search).pk)
        PhotoSearch.objects.update(state=State.FAILED, reason="replaced")
        search.refresh_from_db()
        assert searches.ask_again(search)
        assert not PhotoCrop.objects.exists()
