"""An empty shop for the length of a measurement, beside the real one, and a shopper who uses its API."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

SEARCHES = "/api/v1/searches/"
HOST = "testserver"


@contextmanager
def trial_shop() -> Iterator[None]:
    """A database of its own on the shop's server and a folder of its own for pictures; both are gone afterwards.

    Tasks run where they are sent: no worker takes part. The server must let the shop's user create databases.
    """
    shop, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    before, test["NAME"] = test["NAME"], f"trial_{os.getpid()}"
    changes: dict[str, Any] = {"ALLOWED_HOSTS": [HOST], "SECURE_SSL_REDIRECT": False}
    try:
        with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder, **changes):
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                with tasks_at_once():
                    yield
            finally:
                connection.creation.destroy_test_db(shop, verbosity=0)
    finally:
        test["NAME"] = before


@contextmanager
def tasks_at_once() -> Iterator[None]:
    """Celery's tasks run in this process, where they are sent, and are not logged one by one."""
    conf, log = current_app.conf, logging.getLogger("celery.app.trace")
    level = log.level
    log.setLevel(logging.WARNING)
    before = conf.task_always_eager, conf.task_eager_propagates
    conf.task_always_eager = conf.task_eager_propagates = True
    try:
        yield
    finally:
        conf.task_always_eager, conf.task_eager_propagates = before
        log.setLevel(level)


class Shopper:
    """Somebody with photos. Each comes from an address of its own, as of another shopper, for whom no limit is near."""

    def __init__(self) -> None:
        self.client = Client()
        self.searches = 0

    def search(self, photo: bytes, most: int) -> dict[str, Any]:
        """The API's answer to a photo, `image` and each of `objects` with their first `most` results.

        Raises `CommandError` if the photo is refused or cannot be described.
        """
        self.searches += 1
        address = f"10.{self.searches >> 16 & 255}.{self.searches >> 8 & 255}.{self.searches & 255}"
        file = SimpleUploadedFile("photo", photo)
        answer = self.client.post(SEARCHES, {"photo": file}, headers={"Prefer": "wait=1"}, REMOTE_ADDR=address)
        found = answer.json()
        if answer.status_code != 201 or found["status"] != "done":
            raise CommandError(f"The shop answered {answer.status_code} to a photo: {found.get('detail') or found}")
        for seen in (found["image"], *found["objects"]):
            if most > len(seen["results"]):
                more = self.client.get(f"{seen['results_url']}&limit={most}&far=1", REMOTE_ADDR=address)
                seen["results"] = more.json()["results"]
        return found
