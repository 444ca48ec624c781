"""A database without the right pgvector is refused before anything is searched with it."""

import pytest
from django.core.management import call_command

from visualsearch import checks

pytestmark = pytest.mark.django_db


def test_the_database_of_the_shop_is_good_enough():
    assert checks.vector_extension(["default"]) == []
    assert checks.vector_extension() == []
    call_command("check", "--database", "default")


def test_an_old_extension_is_refused(monkeypatch):
    monkeypatch.setattr(checks, "NEEDED", (99,))
    [error] = checks.vector_extension(["default"])
    assert error.id == "visualsearch.E002"


def test_a_missing_extension_is_refused(monkeypatch):
    class Nothing:
        def __enter__(self):
            return self

        def __exit__(self, *args):
            pass

        def execute(self, sql):
            pass

        def fetchone(self):
            return None

    monkeypatch.setattr(checks, "connections", {"default": type("C", (), {"cursor": lambda self: Nothing()})()})
    [error] = checks.vector_extension(["default"])
    assert error.id == "visualsearch.E001"
