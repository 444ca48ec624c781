from shop.orders.tests.conftest import sent  # noqa: F401 - no worker is at hand
from visualsearch.tests.conftest import valkey  # noqa: F401 - a fixture
