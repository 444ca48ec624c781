"""What is worn with a product: kept, and never found."""

import pytest

from catalog import pictures
from catalog.tests.factories import CategoryFactory, ProductFactory
from visualsearch import filling, indexing, tasks, versions
from visualsearch.ml.types import Box, Detection
from visualsearch.models import Region, Stage, WornRegion
from visualsearch.tests.fakes import FakeDetector
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]

JACKET = Detection("jacket", "upper", 0.9, Box(0.2, 0.1, 0.8, 0.6))
TROUSERS = Detection("pants", "lower", 0.8, Box(0.3, 0.5, 0.7, 0.9))
SHOES = Detection("shoe", "feet", 0.7, Box(0.3, 0.9, 0.7, 1.0))
GUESS = Detection("bag", "bag", 0.2, Box(0.8, 0.4, 1.0, 0.6))


@pytest.fixture
def found(monkeypatch):
    def found(*items):
        monkeypatch.setattr(FakeDetector, "found", list(items))
        monkeypatch.setattr(FakeDetector, "detect", lambda self, picture, threshold=None: self.found)

    return found


@pytest.fixture
def image(monkeypatch):
    """A picture of a jacket that waits to be indexed."""
    monkeypatch.setattr(tasks.index_image, "delay_on_commit", lambda pk: None)
    versions.announce()
    jackets = CategoryFactory(name="Jackets", slug="jackets", path="jackets")
    return pictures.add_picture(ProductFactory(category=jackets), photo())


def positions(rows):
    return [(row.ordinal, row.position) for row in rows.order_by("ordinal")]


def test_other_garments_are_kept_apart_from_the_products_own_and_numbered_on(image, found):
    found(JACKET, TROUSERS, SHOES)
    indexing.index(image.pk)
    assert positions(image.regions) == [(0, "whole"), (1, "upper")]
    assert positions(image.worn) == [(2, "lower"), (3, "feet")]


def test_guesses_and_the_product_by_another_name_are_not_worn_with_it(image, found):
    found(JACKET, Detection("dress", "full", 0.6, JACKET.box), GUESS)
    indexing.index(image.pk)
    assert positions(image.worn) == []


def test_a_dress_is_not_worn_with_a_skirt(image, found):
    image.product.category = CategoryFactory(name="Skirts", slug="skirts", path="skirts")
    image.product.save()
    found(JACKET, TROUSERS, Detection("dress", "full", 0.6, Box(0, 0.1, 1, 0.5)))
    indexing.index(image.pk)
    assert positions(image.worn) == [(2, "upper")]


def test_a_second_reading_takes_the_place_of_the_first(image, found):
    found(JACKET, TROUSERS)
    indexing.index(image.pk)
    found(JACKET, SHOES)
    indexing.reset([image.pk])
    indexing.index(image.pk)
    assert positions(image.worn) == [(2, "feet")]


def test_goes_with_the_file_with_the_picture_and_with_the_version(image, found):
    found(JACKET, TROUSERS)
    indexing.index(image.pk)
    pictures.replace_picture(image, photo("blue"))
    assert not WornRegion.objects.exists()
    indexing.index(image.pk)
    assert WornRegion.objects.exists()
    version = versions.target()
    type(version).objects.update(state=Stage.RETIRED, changed=version.created - 2 * filling.READING)
    filling.purge()
    assert not WornRegion.objects.exists()
    assert not Region.objects.exists()


def test_goes_with_its_product(image, found):
    found(JACKET, TROUSERS)
    indexing.index(image.pk)
    image.product.delete()
    assert not WornRegion.objects.exists()
