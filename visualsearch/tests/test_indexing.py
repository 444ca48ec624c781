"""A picture's way into the index: once, and only as it is now."""

import pytest

from catalog import pictures
from catalog.images import PictureRefused
from catalog.models import ProductImage
from catalog.tests.factories import ProductFactory
from visualsearch import indexing, pipeline, searches, tasks, versions
from visualsearch.ml.types import Box, Detection
from visualsearch.ml.weights import WeightsError
from visualsearch.models import Indexing, Region, State
from visualsearch.tests.fakes import FakeDetector
from visualsearch.tests.makers import a_region, a_version, photo, unit
from visualsearch.tests.sendings import age, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


class TestASavedPicture:
    def test_waits_and_is_sent_to_the_workers(self, image, sent):
        assert state_of(image) == ("waiting", 0, "")
        assert sent == [image.pk]

    def test_is_sent_before_any_worker_ever_started(self, sent):
        image = pictures.add_picture(ProductFactory(), photo())
        assert sent == [image.pk]
        assert indexing.index(image.pk) == State.DONE
        assert state_of(image) == ("done", 0, "")

    def test_is_indexed_with_all_its_regions(self, image):
        assert indexing.index(image.pk) == State.DONE
        assert [(r.ordinal, r.position, r.label) for r in image.regions.all()] == [
            (0, "whole", ""),
            (1, "upper", "shirt"),
            (2, "lower", "pants"),
        ]
        assert {r.version for r in image.regions.all()} == {versions.target()}
        assert state_of(image) == ("done", 0, "")

    def test_is_indexed_once_however_often_it_is_sent(self, image):
        indexing.index(image.pk)
        before = set(Region.objects.values_list("pk", flat=True))
        assert indexing.index(image.pk) is None
        assert set(Region.objects.values_list("pk", flat=True)) == before

    def test_is_left_alone_when_only_its_place_or_words_change(self, image, sent):
        indexing.index(image.pk)
        sent.clear()
        image.alt = "A red shirt"
        image.save()
        assert sent == []
        assert image.regions.count() == 3

    def test_whose_file_is_replaced_goes_from_the_index_at_once_and_comes_back_as_it_is_now(self, image, sent):
        indexing.index(image.pk)
        before = image.regions.get(ordinal=0).embedding
        sent.clear()
        pictures.replace_picture(image, photo("blue"))
        assert not image.regions.exists()
        assert sent == [image.pk]
        indexing.index(image.pk)
        assert image.regions.get(ordinal=0).embedding != before

    def test_goes_with_its_product(self, image):
        indexing.index(image.pk)
        image.product.delete()
        assert not Region.objects.exists()
        assert not Indexing.objects.exists()

    def test_that_went_meanwhile_is_nobodys_loss(self, image):
        pk = image.pk
        image.delete()
        assert indexing.index(pk) is None

    @pytest.mark.parametrize(
        ("scores", "kept", "asked"),
        [((0.9, 0.2), [1.0, 0.9], [1.0, 0.9]), ((0.2, 0.1, 0.08, 0.06, 0.01), [1.0, 0.2, 0.1, 0.08], [1.0])],
        ids=["sure of one", "sure of none"],
    )
    def test_is_indexed_with_guesses_where_the_detector_is_sure_of_nothing(
        self, image, monkeypatch, scores, kept, asked
    ):
        apart = [Box(0.2 * at, 0, 0.2 * at + 0.2, 0.5) for at in range(len(scores))]
        found = [Detection("bag", "bag", score, box) for score, box in zip(scores, apart, strict=True)]
        monkeypatch.setattr(FakeDetector, "found", found)
        indexing.index(image.pk)
        assert [r.score for r in image.regions.all()] == kept
        with image.file.open() as file:
            search = searches.begin(file.read())
        searches.answer(search.pk)
        assert [r.score for r in search.regions.all()] == asked

    def test_is_indexed_without_what_is_only_worn_with_the_product(self, image, monkeypatch):
        jacket = Detection("jacket", "upper", 0.7, Box(0.1, 0.1, 0.9, 0.8))
        trousers = Detection("pants", "lower", 0.9, Box(0.3, 0.7, 0.7, 1.0))
        monkeypatch.setattr(FakeDetector, "found", [trousers, jacket])
        indexing.index(image.pk)
        assert [r.label for r in image.regions.all()] == ["", "jacket"]

    def test_is_ready_before_its_product_is_published(self, sent):
        image = pictures.add_picture(ProductFactory(status="draft"), photo())
        assert indexing.index(image.pk) == State.DONE


class TestAResultThatComesTooLate:
    """Something happens while the picture is described."""

    @pytest.fixture
    def meanwhile(self, monkeypatch):
        def happens(deed):
            describe = pipeline.describe
            monkeypatch.setattr(pipeline, "describe", lambda *args: (deed(), describe(*args))[1])

        return happens

    def test_is_dropped_when_the_file_was_replaced(self, image, meanwhile):
        meanwhile(lambda: pictures.replace_picture(ProductImage.objects.get(pk=image.pk), photo("blue")))
        assert indexing.index(image.pk) is None
        assert not Region.objects.exists()
        assert state_of(image) == ("waiting", 0, "")

    def test_is_dropped_when_the_picture_is_gone(self, image, meanwhile):
        meanwhile(ProductImage.objects.get(pk=image.pk).delete)
        assert indexing.index(image.pk) is None
        assert not Region.objects.exists()

    def test_is_dropped_when_its_networks_were_retired(self, image, another, meanwhile):
        old, new = versions.serving(), another()
        meanwhile(lambda: (versions.activate(new, at_once=True), versions.retire(old)))
        assert indexing.index(image.pk) is None
        assert not old.regions.exists()
        assert not Indexing.objects.get(version=old).reason

    def test_is_dropped_when_another_worker_was_quicker(self, image, meanwhile, monkeypatch):
        def overtake():
            monkeypatch.undo()
            Indexing.objects.update(started=None)
            assert indexing.index(image.pk) == State.DONE

        meanwhile(overtake)
        assert indexing.index(image.pk) is None
        assert image.regions.count() == 3


class TestAPictureThatFails:
    @pytest.fixture
    def broken(self, monkeypatch):
        def describe(*args):
            raise OSError("the disk is on fire")

        monkeypatch.setattr(pipeline, "describe", describe)

    @pytest.mark.usefixtures("broken")
    def test_is_tried_three_times_and_given_up_with_the_reason(self, image, sent):
        sent.clear()
        for attempt in (1, 2):
            tasks.index_image(image.pk)
            assert state_of(image) == ("waiting", attempt, "OSError: the disk is on fire")
            assert sent == [image.pk] * attempt
        tasks.index_image(image.pk)
        assert state_of(image) == ("failed", 3, "OSError: the disk is on fire")
        tasks.index_image(image.pk)
        assert sent == [image.pk] * 2

    @pytest.mark.usefixtures("broken")
    def test_has_all_its_attempts_again_when_the_keeper_asks(self, image, sent, monkeypatch):
        for _ in range(3):
            indexing.index(image.pk)
        monkeypatch.undo()
        assert indexing.request_indexing([image.pk, 10**9]) == 1
        assert state_of(image) == ("waiting", 0, "")

    def test_is_given_up_at_once_when_no_second_look_would_help(self, image, monkeypatch):
        def refuse(*args, **kwargs):
            raise PictureRefused("cut_off", "The picture is cut off.")

        monkeypatch.setattr(indexing.images, "accept", refuse)
        assert indexing.index(image.pk) == State.FAILED
        assert state_of(image) == ("failed", 1, "The picture is cut off.")

    def test_is_not_blamed_for_networks_that_are_missing(self, image, networks):
        networks.clear()
        with pytest.raises(WeightsError):
            indexing.index(image.pk)
        assert state_of(image) == ("waiting", 0, "")

    def test_is_given_up_when_it_killed_the_worker_three_times(self, image, monkeypatch):
        def die(*args):
            raise SystemExit

        monkeypatch.setattr(pipeline, "describe", die)
        for _ in range(3):
            with pytest.raises(SystemExit):
                indexing.index(image.pk)
            age(image, 40)
        assert indexing.index(image.pk) is None
        assert state_of(image) == ("failed", 3, "The worker was stopped each time it read this picture.")

    @pytest.mark.usefixtures("broken")
    def test_has_all_its_attempts_again_with_another_file(self, image):
        for _ in range(3):
            indexing.index(image.pk)
        pictures.replace_picture(image, photo("blue"))
        assert state_of(image) == ("waiting", 0, "")


def test_two_workers_never_read_a_picture_at_once(image):
    version = versions.target()
    assert indexing._claim(image.pk, version)
    assert indexing._claim(image.pk, version) is None


def test_the_same_picture_can_be_known_in_two_versions(image):
    old = a_version("o", active=False)
    a_region(image, old, unit(1))
    indexing.index(image.pk)
    assert old.regions.count() == 1
    assert image.regions.count() == 4


def test_a_very_large_and_a_very_tall_picture_are_indexed(sent):
    product = ProductFactory()
    for size in ((3000, 2000), (40, 4000)):
        image = pictures.add_picture(product, photo(size=size))
        assert indexing.index(image.pk) == State.DONE
