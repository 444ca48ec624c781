"""The searches of this browser, as long as their photos live: where they were, and how to forget them all.

They are kept in a signed cookie of the browser's, not in a session: a session lies in the database, where it would tie
one person's searches together and outlive their photos. Here the server knows of each search by itself, and nothing of
who began it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils import timezone

from visualsearch import photos

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from visualsearch.models import PhotoSearch

COOKIE = SALT = "searched"
MOST = 8  # searches that are remembered; an older one is forgotten by its own page, or by time


class Recent(NamedTuple):
    """A search of this browser."""

    id: UUID
    begun: datetime


def of(request: HttpRequest) -> list[Recent]:
    """The searches that the cookie names, newest first; none where it is missing, too old or not ours."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=settings.VISUALSEARCH["PHOTO_TTL"])
        named = [Recent(UUID(name), datetime.fromtimestamp(begun, UTC)) for name, begun in told]
    except (signing.BadSignature, ValueError, TypeError):
        return []
    oldest = timezone.now().timestamp() - settings.VISUALSEARCH["PHOTO_TTL"]
    return [one for one in named if one.begun.timestamp() > oldest]


def living(request: HttpRequest) -> list[Recent]:
    """Those whose photo is still there to be shown."""
    recent = of(request)
    there = set(photos.living([one.id for one in recent]))
    return [one for one in recent if one.id in there]


def remember(request: HttpRequest, response: HttpResponse, search: PhotoSearch) -> None:
    """Put a new search first."""
    others = [one for one in of(request) if one.id != search.pk]
    _write(response, [Recent(search.pk, search.created), *others][:MOST])


def drop(request: HttpRequest, response: HttpResponse, search_ids: Iterable[UUID]) -> None:
    """No longer name these."""
    gone, recent = set(search_ids), of(request)
    if any(one.id in gone for one in recent):
        _write(response, [one for one in recent if one.id not in gone])


def _write(response: HttpResponse, recent: list[Recent]) -> None:
    if not recent:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    told = [(one.id.hex, int(one.begun.timestamp())) for one in recent]
    response.set_cookie(
        COOKIE,
        signing.dumps(told, salt=SALT),
        max_age=settings.VISUALSEARCH["PHOTO_TTL"],
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
