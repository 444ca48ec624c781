"""Pictures of tests lie in a folder of their own."""

import pytest

from catalog.importer import import_catalog
from catalog.tests.factories import some_picture


@pytest.fixture(autouse=True)
def media(tmp_path_factory, settings):
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")  # nothing was collected, which whitenoise would warn of
    return settings.MEDIA_ROOT


@pytest.fixture
def take(tmp_path):
    """Import a text, or bytes, as a file."""

    def take(text, **options):
        file = tmp_path / "products.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return import_catalog(file, **options)

    return take


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "photos"
    (place / "autumn").mkdir(parents=True)
    for shade, name in enumerate(("front.webp", "autumn/back.webp", "blue.webp")):
        (place / name).write_bytes(some_picture(shade))
    return place


@pytest.fixture(autouse=True)
def private(tmp_path_factory, settings):
    settings.PRIVATE_ROOT = tmp_path_factory.mktemp("private")
    return settings.PRIVATE_ROOT
