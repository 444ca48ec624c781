"""A small shop with drawn garments behind a live server, and Chromium in front of it."""

import io
import os
import shutil
import time

import pytest
from playwright.sync_api import sync_playwright

from catalog import renditions, studio
from catalog.drawn import add
from catalog.easel import Sheet
from catalog.models import ProductImage
from visualsearch import indexing
from visualsearch.ml.types import Box, Detection
from visualsearch.tests import fakes
from visualsearch.tests.conftest import networks, valkey, worker  # noqa: F401 - fixtures

SEED = 1
PIECES = 14
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="package")
def chromium():
    """The browser, once for all walks. A machine without one is told so: the walks are never skipped."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.fail("No Chromium here. Install it (apt-get install chromium) or name one in CHROMIUM.", pytrace=False)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in the thread of the tests' queries
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def drawn():
    """Designs, each with its pictures: the front in every colourway, small, as drawing takes its time."""
    designs = [studio.design(SEED, index) for index in range(PIECES)]
    return [(design, [sheet(design, n) for n in range(len(design.colourways))]) for design in designs]


def sheet(design, colourway):
    picture = studio.draw(design, studio.View("front", colourway), 480).image
    return Sheet(jpeg(picture), design.colourways[colourway].name, f"{design.name} from the front")


def jpeg(image, **options):
    data = io.BytesIO()
    image.save(data, "JPEG", quality=88, **options)
    return data.getvalue()


@pytest.fixture(scope="session")
def street():
    """A photo of somebody in the street, with the boxes of what they wear."""
    return studio.street_photo(SEED, 7)


@pytest.fixture(scope="session")
def gallery(tmp_path_factory):
    """Pictures stay over the walks: their names are their hashes."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture
def media(gallery, settings, tmp_path):
    settings.MEDIA_ROOT = gallery
    settings.STATIC_ROOT = tmp_path  # nothing was collected, which whitenoise would warn of
    return gallery


@pytest.fixture
def shop(drawn, street, worker, live_server, monkeypatch):  # noqa: F811
    """The address of a shop whose pictures are indexed, by networks that find what the street photo shows."""
    found = [Detection(i.label, i.position, 0.9 - n / 10, Box(*i.box)) for n, i in enumerate(street.items)]
    monkeypatch.setattr(fakes.FakeDetector, "found", found)
    monkeypatch.setattr(indexing, "OWN", 0)  # what is small in a picture, the hat, is sold with it too
    for design, sheets in drawn:
        add(design, sheets)
    for image in ProductImage.objects.all():  # the live server gives files and makes none
        for width in renditions.WIDTHS:
            renditions.ensure(image.sha256, width)
    return live_server.url


class Visitor:
    """Somebody in front of a page, who writes down everything that the browser complains of."""

    def __init__(self, browser, *, width=1280, theme="light", scripts=True, **options):
        phone = {"is_mobile": True, "has_touch": True} if width < 500 else {}
        size = {"width": width, "height": 844 if phone else 900}
        self.context = browser.new_context(
            viewport=size, color_scheme=theme, java_script_enabled=scripts, reduced_motion="reduce", **phone, **options
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints = []
        self.page.on("console", lambda message: self.note(message.type, f"{message.text} {message.location['url']}"))
        self.page.on("pageerror", lambda error: self.note("error", str(error)))

    def note(self, kind, text):
        if kind in {"error", "warning"}:
            self.complaints.append(text)


@pytest.fixture
def visitor(chromium):
    """Makes visitors; afterwards none of them may have met an error or a breach of the content security policy."""
    came = []

    def come(**options):
        came.append(Visitor(chromium, **options))
        return came[-1]

    yield come
    for each in came:
        each.context.close()
    assert [each.complaints for each in came if each.complaints] == []


def until(page, expression, patience=5):
    """Wait for a JavaScript expression to hold. The page's policy forbids the eval that Playwright's own wait needs."""
    deadline = time.monotonic() + patience
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"Not within {patience} s: {expression}"
        time.sleep(0.05)
