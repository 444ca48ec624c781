"""Searches go on, one after the other and from several sides, while the shop changes its models and changes back."""

import threading
from contextlib import contextmanager

import numpy as np
import pytest
from django.db import connection

from catalog import pictures
from catalog.models import ProductImage
from catalog.tests.factories import ProductFactory
from visualsearch import filling, indexing, pipeline, searches, tasks, versions
from visualsearch.models import PhotoSearch, Region, State
from visualsearch.results import items_of
from visualsearch.tests.fakes import FakeEmbedder
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("networks", "valkey")]

COLOURS = {"red": "#ff0000", "green": "#00ff00", "blue": "#0000ff"}
SHOPPERS = 2
SURE = 0.99  # cosine of the same colour under one version; of any two vectors of different versions it is 0


class OwnSpace(FakeEmbedder):
    """Each file of weights has a space of its own: vectors of two versions have nothing in common."""

    def embed(self, pictures):
        return np.roll(super().embed(pictures), 8 * ord(self.weights.sha256[0]) % 512, axis=1)


class Shopper(threading.Thread):
    """Searches until told to stop, looks at the answers, and looks at the first one again and again."""

    def __init__(self, stop):
        super().__init__()
        self.stop, self.wrong, self.seen, self.first = stop, list[str](), list[int](), None

    def run(self):
        try:
            while not self.stop.is_set():
                for name, colour in COLOURS.items():
                    self.look_at(self.searched(photo(colour)), name)
                self.look_at(self.first, "red")
        except Exception as error:  # a thread's exception would be lost
            self.wrong.append(repr(error))
        finally:
            connection.close()

    def searched(self, data):
        search = searches.begin(data)
        while searches.answer(search.pk) == State.WAITING:
            pass
        self.first = self.first or search.pk
        return search.pk

    def look_at(self, pk, name):
        search = PhotoSearch.objects.get(pk=pk)
        if search.state != State.DONE:
            return self.wrong.append(f"a search is {search.state}: {search.reason}")
        self.seen.append(search.version_id)
        for item in items_of(search):
            hits = item.hits.hits
            if [hit.product.name for hit in hits[:1]] != [name] or len(hits) != len(COLOURS):
                self.wrong.append(f"{[hit.product.name for hit in hits]} instead of {name} first")
            elif hits[0].score < SURE:
                self.wrong.append(f"{name} is {hits[0].score:.2f} like itself")
            versions_met = Region.objects.filter(pk__in=[hit.region for hit in hits])
            if set(versions_met.values_list("version", flat=True)) != {search.version_id}:
                self.wrong.append("vectors of several versions were compared")
        return None


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.setattr(pipeline, "Embedder", OwnSpace)
    monkeypatch.setattr(tasks.index_image, "delay_on_commit", lambda pk: None)
    versions.announce()
    for name, colour in COLOURS.items():
        indexing.index(pictures.add_picture(ProductFactory(name=name), photo(colour)).pk)


@contextmanager
def shoppers():
    """They search for the length of the block, and each goes on for a few rounds after every change."""
    stop = threading.Event()
    some = [Shopper(stop) for _ in range(SHOPPERS)]
    for each in some:
        each.start()
    try:
        yield some
    finally:
        stop.set()
        for each in some:
            each.join(60)


def go_on(some, version, searches_each=8):
    """Wait until every shopper had so many answers of this version since now, or saw something wrong."""
    begun = [len(each.seen) for each in some]
    for each, start in zip(some, begun, strict=True):
        while each.is_alive() and not each.wrong and each.seen[start:].count(version.pk) < searches_each:
            each.join(0.02)
    assert [each.wrong for each in some] == [[] for _ in some]


def test_no_search_is_failed_empty_or_mixed_while_versions_change(shelf, another):
    old, new = versions.serving(), another()
    with shoppers() as some:
        go_on(some, old)
        versions.activate(new)
        for image in ProductImage.objects.order_by("pk"):
            indexing.index(image.pk)
            go_on(some, old, 2)
        filling.settle()
        go_on(some, new)
        versions.activate(old)
        go_on(some, old)
        for _ in range(10):  # back and forth, faster than a search is answered
            versions.activate(new)
            versions.activate(old)
        go_on(some, old)
    assert all({old.pk, new.pk} == set(each.seen) for each in some)


def test_vectors_of_two_versions_would_not_go_unnoticed(shelf, another, monkeypatch):
    """The test above can fail: a photo described with one version and kept as another's is seen."""
    versions.activate(another(), at_once=True)
    for image in ProductImage.objects.all():
        indexing.index(image.pk)
    old, new = versions.previous(), versions.serving()
    load = pipeline.models_in_process
    monkeypatch.setattr(pipeline, "models_in_process", lambda version: load(old if version == new else new))
    shopper = Shopper(threading.Event())
    shopper.look_at(shopper.searched(photo("red")), "red")
    assert any("like itself" in what or "instead of" in what for what in shopper.wrong)
