"""A picture's way into the index: once, and only as it is now."""

from datetime import timedelta

import pytest
from celery.signals import worker_ready
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from catalog import pictures
from catalog.images import PictureRefused
from catalog.models import ProductImage
from catalog.tests.factories import ProductFactory
from visualsearch import indexing, pipeline, searches, tasks, versions
from visualsearch.ml.types import Box, Detection
from visualsearch.ml.weights import WeightsError
from visualsearch.models import Indexing, Region, State
from visualsearch.tests.fakes import FakeDetector, registry
from visualsearch.tests.makers import a_region, a_version, an_image, photo, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.fixture
def sent(monkeypatch):
    """The ids that are sent to the workers, who do nothing yet."""
    ids = []
    monkeypatch.setattr(tasks.index_image, "delay_on_commit", ids.append)
    monkeypatch.setattr(tasks.index_image, "apply_async", lambda args, countdown: ids.append(args[0]))
    return ids


@pytest.fixture
def image(sent):
    """A picture that was just added to a product, while workers are there."""
    versions.announce()
    return pictures.add_picture(ProductFactory(), photo())


def state_of(image):
    row = Indexing.objects.get(image=image)
    return row.state, row.attempts, row.reason


def age(image, seconds):
    """Let time pass since anything happened to the picture."""
    then = timezone.now() - timedelta(seconds=seconds)
    Indexing.objects.filter(image=image).update(changed=then)
    Indexing.objects.filter(image=image, started__isnull=False).update(started=then)


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
        found = [Detection("bag", "bag", score, Box(0, 0, 0.5, 0.5)) for score in scores]
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


class TestASweep:
    def test_sends_what_nobody_told_of(self, sent):
        image = an_image()
        assert indexing.sweep() == 1
        assert sent == [image.pk]
        assert state_of(image) == ("waiting", 0, "")

    def test_leaves_alone_what_was_just_sent_or_is_being_read(self, image, sent):
        sent.clear()
        assert indexing.sweep() == 0
        age(image, 40)
        indexing._claim(image.pk, versions.target())
        Indexing.objects.update(changed=timezone.now() - timedelta(minutes=9))
        assert indexing.sweep() == 0
        assert sent == []

    def test_sends_what_was_lost_with_its_worker_and_still_counts_the_attempt(self, image, sent):
        indexing._claim(image.pk, versions.target())
        age(image, 40)
        sent.clear()
        assert indexing.sweep() == 1
        assert sent == [image.pk]
        assert state_of(image) == ("waiting", 1, "")
        assert indexing.index(image.pk) == State.DONE

    def test_sends_what_was_lost_with_its_message(self, image, sent):
        age(image, 40)
        sent.clear()
        assert indexing.sweep() == 1
        assert indexing.sweep() == 0
        assert sent == [image.pk]

    def test_sends_what_was_changed_behind_the_receivers_back(self, image, sent):
        indexing.index(image.pk)
        ProductImage.objects.update(sha256="f" * 64)
        assert indexing.sweep() == 1

    def test_sends_everything_after_a_change_of_networks(self, image, networks, sent):
        indexing.index(image.pk)
        assert indexing.sweep() == 0
        networks |= registry(embedder="n")
        new = versions.announce()
        assert list(indexing.stale_images(new)) == [image]
        sent.clear()
        assert indexing.sweep() == 1
        assert sent == [image.pk]

    def test_leaves_alone_what_was_given_up(self, image):
        indexing.index(image.pk)
        Indexing.objects.update(state=State.FAILED)
        assert indexing.sweep() == 0


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


def test_a_worker_looks_round_when_it_starts(monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.sweep, "delay", lambda: sent.append("sweep"))
    worker_ready.send(sender=None)
    assert sent == ["sweep"]


def test_warming_up_says_what_is_wrong_and_lets_the_worker_start(networks, caplog):
    from visualsearch.worker import warm_up

    networks.clear()
    warm_up()
    assert "No weights are registered as 'fake-detector'" in caplog.text


def test_warming_up_announces_and_loads_the_networks(networks, monkeypatch):
    from visualsearch.worker import warm_up

    seen = []
    monkeypatch.setattr(pipeline, "describe", lambda picture, *models: seen.append((picture, models)))
    warm_up()
    [(picture, models)] = seen
    assert isinstance(picture, Image.Image)
    assert models == pipeline.models_in_process(versions.target())


class TestTheCommands:
    def test_index_catalog_here_indexes_what_is_missing(self, image, capsys):
        call_command("index_catalog", "--here")
        assert state_of(image)[0] == "done"
        assert "1 picture" in capsys.readouterr().out

    def test_index_catalog_sends_what_is_missing_to_the_workers(self, image, sent, capsys):
        indexing.index(image.pk)
        other = an_image()
        sent.clear()
        call_command("index_catalog")
        assert sent == [other.pk]

    def test_index_catalog_again_takes_them_all(self, image, sent):
        indexing.index(image.pk)
        sent.clear()
        call_command("index_catalog", "--again")
        assert sent == [image.pk]

    def test_sweep_says_what_it_sent(self, sent, capsys):
        an_image()
        call_command("sweep")
        assert "1 picture" in capsys.readouterr().out
