"""A worker that is killed in the middle of its work, with a real queue between it and the shop."""

import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest

from catalog import pictures
from catalog.tests.factories import ProductFactory
from catalog.tests.surroundings import of_a_process
from visualsearch import indexing, photos, searches, tasks
from visualsearch.models import Indexing, PhotoSearch, Region, State
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("networks", "valkey")]

PICTURES = 200


@contextmanager
def a_worker(log):
    """A worker process of its own; killed at the end of the block, as by the power cut."""
    command = [
        sys.executable,
        "-c",
        "import django; django.setup(); from visualsearch.tests.killable_worker import main; main()",
    ]
    with log.open("ab") as file:
        process = subprocess.Popen(command, env=of_a_process(FAKE_SECONDS="0.02"), stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(condition, what, log, seconds=60):
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen. The worker says:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


def done():
    return Indexing.objects.filter(state=State.DONE).count()


def test_leaves_every_picture_indexed_exactly_once_when_it_starts_again(tmp_path, monkeypatch):
    monkeypatch.setattr(indexing, "PATIENCE", timedelta(seconds=2))
    log, product = tmp_path / "worker.log", ProductFactory()
    for shade in range(PICTURES):
        pictures.add_picture(product, photo((16 * (shade % 16), 16 * (shade // 16), 0)))
    assert product.images.count() == PICTURES
    with a_worker(log):
        until(lambda: done() >= PICTURES // 4, "a quarter of the work", log)
    after_the_kill = done()
    assert PICTURES // 4 <= after_the_kill < PICTURES

    def all_done():
        indexing.sweep()
        return done() == PICTURES

    with a_worker(log):
        until(all_done, "the rest of the work", log)
        until(lambda: photos.valkey().llen("index") == 0, "an empty queue", log)
    assert Region.objects.count() == 3 * PICTURES
    assert Region.objects.values("image", "ordinal").distinct().count() == 3 * PICTURES
    assert not Indexing.objects.exclude(attempts=0).exists()


def test_answers_a_photo_that_was_sent_while_no_worker_was_there(tmp_path):
    log = tmp_path / "worker.log"
    search = searches.begin(photo())
    tasks.describe_photo.delay(str(search.pk))
    with a_worker(log):
        until(lambda: PhotoSearch.objects.get().state == State.DONE, "an answer", log)


def test_a_saved_picture_can_be_searched_within_five_seconds(tmp_path):
    log, product = tmp_path / "worker.log", ProductFactory()
    with a_worker(log):
        pictures.add_picture(product, photo("red"))
        until(lambda: done() == 1, "the first picture", log)
        before = time.monotonic()
        pictures.add_picture(product, photo("blue"))
        until(lambda: done() == 2, "the second picture", log, seconds=5)
        assert time.monotonic() - before < 5
