"""A search from its photo to its answer, and what becomes of it when something goes wrong."""

import io
from datetime import timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image

from catalog import images
from visualsearch import photos, pipeline, searches, tasks, versions
from visualsearch.models import PhotoRegion, PhotoSearch, State
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.fixture
def search():
    return searches.begin(photo(size=(160, 240)))


@pytest.fixture
def broken(monkeypatch):
    def describe(*args, **kwargs):
        raise OSError("no")

    monkeypatch.setattr(pipeline, "describe", describe)


@pytest.fixture
def sent(monkeypatch):
    ids = []
    monkeypatch.setattr(tasks.describe_photo, "delay", ids.append)
    return ids


def now(search):
    search.refresh_from_db()
    return search.state, search.reason


def grow_old(search, **age):
    PhotoSearch.objects.filter(pk=search.pk).update(created=timezone.now() - timedelta(**age))


def test_a_search_waits_is_answered_and_rings(search):
    assert (search.width, search.height, search.state) == (160, 240, "waiting")
    assert searches.answer(search.pk) == State.DONE
    assert photos.wait(search.pk, 1)
    assert [region.position for region in search.regions.all()] == ["whole", "upper", "lower"]
    search.refresh_from_db()
    assert search.version == versions.serving()
    assert search.described


def test_what_is_kept_is_what_was_found(search):
    searches.answer(search.pk)
    search.refresh_from_db()
    whole, upper, _ = search.regions.all()
    described = pipeline.describe(
        Image.open(io.BytesIO(photos.get(search.pk))), *pipeline.models_in_process(search.version)
    )
    for region, kept in zip(described[:2], (whole, upper), strict=True):
        assert (kept.label, kept.position, kept.box) == (region.label, region.position, region.box)
        assert kept.score == pytest.approx(region.score)
        assert np.array_equal(np.asarray(kept.embedding, np.float16), region.embedding.astype(np.float16))
    assert [whole.ordinal, upper.ordinal] == [0, 1]


def test_the_task_is_sent_before_a_photo_is_looked_through(monkeypatch):
    sent, accept = [], images.accept
    monkeypatch.setattr(
        images, "accept", lambda *args, **options: (sent.append(options["side"]), accept(*args, **options))[1]
    )
    search = searches.begin(photo(), sent.append)
    assert sent == [photos.LONGEST, str(search.pk), searches.GLANCE]


def test_a_photo_that_turns_out_damaged_leaves_nothing():
    data, sent = bytearray(photo()), []
    table = data.index(b"\xff\xc4") + 5  # of Huffman codes, after its marker, length and number
    data[table : table + 16] = b"\xff" * 16
    with pytest.raises(images.PictureRefused, match="damaged"):
        searches.begin(bytes(data), sent.append)
    assert not PhotoSearch.objects.exists()
    assert not photos.lives(sent[0])
    assert searches.answer(UUID(sent[0])) is None


def test_a_search_is_answered_once(search):
    searches.answer(search.pk)
    assert searches.answer(search.pk) is None
    assert PhotoRegion.objects.count() == 3


def test_a_photo_whose_time_is_over_fails_with_that_reason(search):
    photos.forget(search.pk)
    assert searches.answer(search.pk) == State.FAILED
    assert now(search) == ("failed", "expired")


def test_a_search_that_was_forgotten_meanwhile_leaves_nothing(search, monkeypatch):
    describe = pipeline.describe
    monkeypatch.setattr(
        pipeline,
        "describe",
        lambda *args, **kwargs: (PhotoSearch.objects.get(pk=search.pk).delete(), describe(*args, **kwargs))[1],
    )
    assert searches.answer(search.pk) is None
    assert not PhotoRegion.objects.exists()


def test_to_forget_deletes_photo_and_regions(search):
    searches.answer(search.pk)
    searches.forget(search)
    assert not photos.lives(search.pk)
    assert not PhotoRegion.objects.exists()


@pytest.mark.usefixtures("broken")
def test_three_failures_and_the_search_is_given_up_and_rings(search, sent):
    for _ in range(2):
        tasks.describe_photo(str(search.pk))
    assert now(search) == ("waiting", "")
    tasks.describe_photo(str(search.pk))
    assert now(search) == ("failed", "gave up")
    assert sent == [str(search.pk)] * 2
    assert photos.wait(search.pk, 1)


@pytest.mark.usefixtures("broken")
def test_a_failed_search_can_be_tried_again_while_its_photo_lives(search, monkeypatch):
    for _ in range(3):
        searches.answer(search.pk)
    search.refresh_from_db()
    assert searches.ask_again(search)
    assert now(search) == ("waiting", "")
    assert not photos.wait(search.pk, 0.05)
    assert not searches.ask_again(search)
    monkeypatch.undo()


@pytest.mark.usefixtures("broken")
def test_a_failed_search_without_its_photo_cannot(search):
    photos.forget(search.pk)
    searches.answer(search.pk)
    search.refresh_from_db()
    assert not searches.ask_again(search)


def test_who_waits_sees_the_answer(search):
    searches.answer(search.pk)
    assert searches.awaited(search, 1).state == State.DONE


def test_who_waits_too_long_is_told_so(search):
    grow_old(search, seconds=61)
    search.refresh_from_db()
    assert searches.awaited(search, 0).state == State.FAILED
    assert now(search) == ("failed", "gave up")


class TestASweep:
    def test_sends_what_was_lost_with_its_worker(self, search, sent):
        assert searches.sweep() == []
        grow_old(search, seconds=20)
        tasks.sweep()
        assert sent == [str(search.pk)]

    def test_gives_up_what_nobody_would_wait_for(self, search):
        grow_old(search, seconds=61)
        assert searches.sweep() == []
        assert now(search) == ("failed", "gave up")

    def test_deletes_what_was_found_in_photos_of_yesterday(self, search):
        searches.answer(search.pk)
        grow_old(search, hours=25)
        searches.sweep()
        assert not PhotoRegion.objects.exists()


def test_a_search_that_does_not_exist_is_nothing_to_do():
    assert searches.answer(uuid4()) is None
