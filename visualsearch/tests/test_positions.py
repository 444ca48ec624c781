"""Dresses never compete with tops: a search compares what is worn at the same place, whatever detector named it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog import pictures
from catalog.tests.factories import ProductFactory, VariantFactory
from visualsearch import indexing, search
from visualsearch.ml import classmaps
from visualsearch.ml.types import NOWHERE, Box, Detection
from visualsearch.search import Ask, nearest_of_each
from visualsearch.tests.fakes import FakeDetector
from visualsearch.tests.makers import a_region, a_search, a_version, an_image, photo, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]

SETS = {"deepfashion2": classmaps.DEEPFASHION2, "modanet": classmaps.MODANET}


@pytest.mark.parametrize("exact_up_to", [search.EXACT_UP_TO, 0], ids=["exact", "graph"])
@pytest.mark.parametrize("classes", SETS.values(), ids=SETS)
def test_each_class_finds_all_of_its_position_and_nothing_else(classes, exact_up_to: int, monkeypatch):
    """All vectors are the same, so nothing but the position tells a dress from a top."""
    monkeypatch.setattr(search, "EXACT_UP_TO", exact_up_to)
    version, worn = a_version(), {name: position for name, position in classes.items() if position != NOWHERE}
    for name, position in worn.items():
        a_region(an_image(ProductFactory(name=name)), version, unit(1), position=position, label=name)
    asked = a_search(version, *[unit(1)] * len(worn), positions=list(worn.values()))
    for position, page in zip(worn.values(), nearest_of_each([Ask(region) for region in asked]), strict=True):
        found = {hit.product.name for hit in page.hits}
        assert found == {name for name, its in worn.items() if its == position}


def test_no_page_of_a_search_of_a_dress_holds_a_top():
    version = a_version()
    for i in range(30):
        top, dress = ProductFactory(name=f"top {i}"), ProductFactory(name=f"dress {i}")
        a_region(an_image(top), version, unit(1), position="upper", label="long sleeve top")
        a_region(an_image(dress), version, unit(1, i + 1), position="full", label="long sleeve dress")
    [asked] = a_search(version, unit(1), positions=["full"])
    names, after = [], None
    while not names or after:
        page = search.nearest_products(asked, limit=7, after=after)
        names, after = [*names, *(hit.product.name for hit in page.hits)], page.next
    assert names == [f"dress {i}" for i in range(30)]


@pytest.mark.usefixtures("worker")
def test_a_photo_of_a_dress_comes_back_without_tops(client, monkeypatch, django_capture_on_commit_callbacks):
    """The whole way: pictures are indexed and a photo is asked with, all of one colour, so all look alike."""

    def sees(*labels: str) -> None:
        items = [
            Detection(label, classmaps.DEEPFASHION2[label], 0.9, Box(0.1, 0.1 + i / 2, 0.9, 0.4 + i / 2))
            for i, label in enumerate(labels)
        ]
        monkeypatch.setattr(FakeDetector, "found", items)

    for side, label in enumerate(classmaps.DEEPFASHION2, 100):
        sees(label)
        product = ProductFactory(name=label)
        VariantFactory(product=product)
        indexing.index(pictures.add_picture(product, photo("red", (side, 200))).pk)
    sees("long sleeve dress", "vest")
    with django_capture_on_commit_callbacks(execute=True):
        file = SimpleUploadedFile("photo.jpg", photo("red"))
        body = client.post("/api/v1/searches/", {"photo": file}, headers={"Prefer": "wait=5"}).json()
    dress, vest = ({hit["product"]["name"] for hit in item["results"]} for item in body["objects"])
    assert dress == {"short sleeve dress", "long sleeve dress", "vest dress", "sling dress"}
    assert vest == {name for name, position in classmaps.DEEPFASHION2.items() if position == "upper"}
