from shop.orders.tests.conftest import sent  # noqa: F401 - a fixture
