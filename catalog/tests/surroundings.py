"""What a process of its own needs to know to work on a test's data."""

import os
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection


def of_a_process(**more):
    """An environment: the test's database, Valkey and pictures, and what is given."""
    where = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    ours = {"DATABASE_URL": where, "REDIS_URL": settings.REDIS_URL, "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    return os.environ | ours | {"DJANGO_SETTINGS_MODULE": "shop.settings"} | more
