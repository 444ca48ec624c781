"""Which language an answer is in: the one chosen in the footer (a cookie), else the browser's, else the shop's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.middleware.locale import LocaleMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class Languages(LocaleMiddleware):
    """Django's, but silent about pictures: they are the same in every language, and caches should keep them once."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith("image/"):
            return response
        return super().process_response(request, response)
