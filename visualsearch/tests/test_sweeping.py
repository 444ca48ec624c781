"""What the sweep, a starting worker and the commands pick up."""

from datetime import timedelta

import pytest
from celery.signals import worker_ready
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from catalog.models import ProductImage
from visualsearch import indexing, pipeline, tasks, versions
from visualsearch.models import Indexing, State
from visualsearch.tests.fakes import registry
from visualsearch.tests.makers import an_image
from visualsearch.tests.sendings import age, state_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


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
