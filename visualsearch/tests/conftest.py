"""What tests of the visual search share: fake networks, a folder for pictures, an empty Valkey, a worker at hand."""

import pytest
from celery import current_app as app
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog import pictures
from catalog.tests.factories import ProductFactory, VariantFactory
from visualsearch import indexing, pipeline, search, tasks, versions
from visualsearch.ml import weights
from visualsearch.tests import fakes
from visualsearch.tests.makers import photo


@pytest.fixture
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path  # nothing was collected, which whitenoise would warn of
    return settings.MEDIA_ROOT


@pytest.fixture
def networks(monkeypatch, settings, media):
    """Fake networks in the place of the real ones; the registry, to be changed."""
    entries = fakes.registry()
    settings.VISUALSEARCH = settings.VISUALSEARCH | fakes.NAMES
    monkeypatch.setattr(weights, "registered", lambda folder=None: entries)
    monkeypatch.setattr(pipeline, "Detector", fakes.FakeDetector)
    monkeypatch.setattr(pipeline, "Embedder", fakes.FakeEmbedder)
    pipeline._loaded.cache_clear()
    yield entries
    pipeline._loaded.cache_clear()


@pytest.fixture
def another(networks):
    """Registers a second pair of networks and offers it, as an import or a training does."""

    def offered(letter="n"):
        entries = fakes.pair(letter)
        networks.update({entry.name: entry for entry in entries.values()})
        return versions.offer(**entries)

    return offered


@pytest.fixture
def valkey():
    """An empty cache, and no count of rows remembered."""
    cache.clear()
    search._few_during.cache_clear()


@pytest.fixture
def worker(networks, valkey, monkeypatch):
    """Tasks run at once, where they are sent; a photo's before the answer, as a test never commits."""
    for task in (tasks.describe_photo, tasks.describe_crop):
        monkeypatch.setattr(task, "delay_on_commit", task.delay)
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = app.conf.task_eager_propagates = False


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


@pytest.fixture
def late(monkeypatch, settings):
    """No worker answers, and pages wait for none."""
    settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 0}
    monkeypatch.setattr(tasks.describe_photo, "delay", lambda search_id: None)


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    """Send bytes as the photo; gives the response."""

    def send(data, name="photo.jpg", client=client, *, words="", **headers):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/search/", {"photo": SimpleUploadedFile(name, data), "words": words}, **headers)

    return send


@pytest.fixture
def shelf():
    """Products of one picture each, indexed, from red to blue."""
    products = []
    for colour in ("red", "orange", "yellow", "green", "blue"):
        product = VariantFactory(product=ProductFactory(name=f"{colour} thing", slug=f"{colour}-thing")).product
        indexing.index(pictures.add_picture(product, photo(colour)).pk)
        products.append(product)
    return products
