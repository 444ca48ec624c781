"""What every test shares: a real PostgreSQL and a real Valkey, started once, and no network beyond this machine."""

import os

import django
import pytest

from shop import embedded

# In this order: Django's settings ask where the services are. pyproject.toml therefore does not name the settings,
# which pytest-django would then read before this file.
embedded.for_tests()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()
# The processes that share the tests inherit what stands here, and would read settings before they come to this file.
del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.fixture(autouse=True)
def in_the_shops_language():
    """A request leaves its language behind in the thread, where the next test would find it."""
    from django.utils import translation

    yield
    translation.deactivate()
