"""What every test shares: a real PostgreSQL and a real Valkey, started once, and no network beyond this machine."""

import os

import django

from shop import embedded

# In this order: Django's settings ask where the services are. pyproject.toml therefore does not name the settings,
# which pytest-django would then read before this file.
embedded.for_tests()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()
