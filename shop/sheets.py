"""The sheet above any page. A script that asks with `X-Part: sheet` gets it; everybody else a page or a way to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def asked(request: HttpRequest) -> bool:
    """Whether a script wants it for its sheet."""
    return request.headers.get("X-Part") == "sheet"


def sheet(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """What the sheet shows."""
    response = render(request, template, context, status=status)
    response["X-Part"] = "sheet"
    patch_vary_headers(response, ["X-Part"])
    add_never_cache_headers(response)
    return response
