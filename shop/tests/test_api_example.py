"""The client of docs/examples, run as its reader runs it, against a running shop."""

import subprocess
import sys

import pytest

from catalog import pictures
from catalog.tests.factories import ProductFactory, VariantFactory
from shop.environment import BASE_DIR
from visualsearch import indexing
from visualsearch.tests.conftest import media, networks, valkey, worker  # noqa: F401 - fixtures
from visualsearch.tests.makers import photo

CLIENT = BASE_DIR / "docs" / "examples" / "search.py"


@pytest.fixture
def shop(worker, live_server):  # noqa: F811
    for colour in ("red", "orange", "blue"):
        product = VariantFactory(product=ProductFactory(name=f"{colour} thing"), colour=colour).product
        indexing.index(pictures.add_picture(product, photo(colour)).pk)
    return live_server.url


@pytest.fixture
def run(tmp_path):
    def run(shop, data, *words):
        file = tmp_path / "photo.jpg"
        file.write_bytes(data)
        command = [sys.executable, CLIENT, shop, file, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return run


@pytest.mark.django_db(transaction=True)
def test_prints_what_was_found_and_with_words_what_fits_them_first(shop, run):
    plain = run(shop, photo("red"))
    assert plain.stdout.startswith("Found: "), plain.stderr
    assert "red thing" in plain.stdout.splitlines()[1]
    worded = run(shop, photo("red"), "in blue", "fluffy")
    assert "(Nothing is known of “fluffy” here.)" in worded.stdout
    assert "blue thing" in worded.stdout.splitlines()[2]
    assert worded.stdout.splitlines()[-1].startswith(f"{shop}/search/")


@pytest.mark.django_db(transaction=True)
def test_says_what_is_wrong(shop, run):
    refused = run(shop, b"no picture")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Unsupported Media Type: ")


def test_is_short_and_needs_nothing_but_python():
    lines = CLIENT.read_text().splitlines()
    assert len(lines) <= 80
    taken = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert taken <= sys.stdlib_module_names
