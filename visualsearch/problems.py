"""Errors of the API as RFC 9457 problem details: `type`, `title`, `status`, `detail`, and what else helps a program."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from django.utils.translation import gettext
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.exceptions import PermissionDenied as Denied
from rest_framework.response import Response
from rest_framework.views import set_rollback

from catalog.apiproblems import MEDIA_TYPE, problems
from catalog.images import PictureRefused
from visualsearch.throttles import TooOften
from visualsearch.uploads import OTHERWISE, STATUS

__all__ = ["MEDIA_TYPE", "Conflict", "Gone", "handler", "problems", "respond"]


class Conflict(APIException):
    """The search is not in the state that this asks for."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class Gone(APIException):
    """What this asks for was here, and is deleted."""

    status_code = HTTPStatus.GONE
    default_code = "gone"


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler (settings.REST_FRAMEWORK): None for an error of our own, which is a 500."""
    if isinstance(error, PictureRefused):
        return respond(STATUS.get(error.code, OTHERWISE), error.message, code=error.code)
    if isinstance(error, (Http404, ObjectDoesNotExist)):  # the latter was forgotten while it was waited for
        error = NotFound(gettext("There is nothing here."))
    elif isinstance(error, PermissionDenied):
        error = Denied()
    if not isinstance(error, APIException):
        return None
    set_rollback()
    if isinstance(error, ValidationError) and isinstance(error.detail, dict):
        sentences = [f"{name}: {' '.join(map(str, what))}" for name, what in error.detail.items()]
        return respond(error.status_code, " ".join(sentences), code="invalid", errors=error.detail)
    rate = {"rate": error.rate} if isinstance(error, TooOften) else {}
    response = respond(error.status_code, str(error.detail), code=str(error.get_codes()), **rate)
    for header, value in (("Retry-After", "wait"), ("WWW-Authenticate", "auth_header")):
        if told := getattr(error, value, None):
            response[header] = str(told)
    return response


def respond(status: int, detail: str, *, code: str, **more: Any) -> Response:
    """A problem as a response."""
    body = {
        "type": f"urn:vitrine:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": f"{detail.rstrip('.')}.",
    }
    return Response(body | {"code": code} | more, status=status, content_type=MEDIA_TYPE)
