"""What the shop's database must bring along. Runs with `migrate`, and with `check --database default`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

NEEDED = (0, 8, 4)  # earlier ones lack iterative scans, or have a bug in them


@register(Tags.database)
def vector_extension(databases: Sequence[str] | None = None, **_: Any) -> list[Error]:
    """Whether each database offers pgvector, and a version that searches right."""
    return [error for alias in databases or () for error in _look(alias)]


def _look(alias: str) -> list[Error]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'vector'"
        )
        row = cursor.fetchone()
    if row is None:
        return [Error("PostgreSQL has no pgvector.", hint="Install pgvector 0.8.4 or newer.", id="visualsearch.E001")]
    if tuple(map(int, row[0].split("."))) >= NEEDED:
        return []
    hint = "Install pgvector 0.8.4 or newer, then ALTER EXTENSION vector UPDATE."
    return [Error(f"pgvector {row[0]} is too old.", hint=hint, id="visualsearch.E002")]
