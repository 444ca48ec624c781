from visualsearch.tests.conftest import valkey  # noqa: F401 - a fixture
