"""What a first view weighs over the wire, pictures aside, as a new visitor's browser loads it from a real shop."""

from pathlib import PurePosixPath
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.urls import reverse

from catalog.models import Category, Product
from shop.tests.browser.conftest import jpeg
from visualsearch import searches
from visualsearch.tasks import describe_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST_VIEW = 100_000  # bytes
COMPRESSED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
OTHERS = ["admin", "rest_framework", "drf_spectacular", "admin-vitrine"]


class Silent(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def address(shop, settings, tmp_path):
    """The shop with its files collected, named by their hashes and compressed, as in production."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": COMPRESSED}}
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS = tmp_path / "static", False
    call_command("collectstatic", ignore_patterns=OTHERS, interactive=False, verbosity=0)
    server = ThreadedWSGIServer(("127.0.0.1", 0), Silent)
    server.set_app(WSGIHandler())
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def addresses(address, street):
    search = searches.begin(jpeg(street.image))
    describe_photo(str(search.pk))
    return [
        f"{address}{path}"
        for path in (
            reverse("home"),
            Category.objects.roots().last().get_absolute_url(),
            Product.objects.first().get_absolute_url(),
            reverse("search", args=[search.pk]),
        )
    ]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_first_view_is_light(addresses, visitor, language):
    for address in addresses:
        newcomer = visitor(width=390, locale=language)
        weight, files = weighed(newcomer.page, address)
        path = urlsplit(address).path
        print(f"{language} {path[:24]:24} {weight / 1000:5.1f} kB, {files[path] / 1000:.1f} of them the page itself")
        assert {".css", ".js", ".woff2"} <= {PurePosixPath(name).suffix for name in files}
        assert weight <= FIRST_VIEW, files


def weighed(page, address):
    """Bytes of the bodies that came for this page, compressed as they came, and each file's own; no pictures."""
    came = []
    page.on("requestfinished", lambda request: came.append(request))  # noqa: PLW0108 - a method of C cannot be wrapped
    page.goto(address, wait_until="networkidle")
    paths = {request: urlsplit(request.url).path for request in came if not request.url.startswith(("data:", "blob:"))}
    files = {
        path: request.sizes()["responseBodySize"]
        for request, path in paths.items()
        if not path.startswith("/media/") and "/photo/" not in path
    }
    return sum(files.values()), files
