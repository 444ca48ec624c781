"""How often one address or one token may ask, counted in the cache under a hash: no address is kept.

What is left is told in the fields of draft-ietf-httpapi-ratelimit-headers-10, `RateLimit-Policy` and `RateLimit`.
"""

from __future__ import annotations

from functools import wraps
from math import ceil
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from rest_framework.exceptions import ErrorDetail, Throttled
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from rest_framework.request import Request

PERIODS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}


class TooOften(Throttled):
    """Raised by the throttles below; says the rate, and in `wait` the seconds until the next request is taken."""

    wait: int | None

    def __init__(self, rate: str, wait: float | None) -> None:
        super().__init__(wait)
        number, period = rate.split("/")
        self.rate = f"{number}/{PERIODS[period[0]]}"
        sentence = gettext("At most {rate} requests are taken. Try again in {seconds} seconds.")
        self.detail = ErrorDetail(sentence.format(rate=self.rate, seconds=self.wait or 1), "too_often")


class RateThrottle(SimpleRateThrottle):
    """A rate of settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], stated in the refusal."""

    num_requests: int
    duration: int  # seconds

    def allow_request(self, request: Any, view: Any) -> bool:
        """Raises `TooOften`. What is left is noted on the request, for `told`."""
        try:
            return super().allow_request(request, view)
        finally:
            if getattr(self, "history", None):
                getattr(request, "_request", request).limit = self

    def throttle_failure(self) -> bool:
        raise TooOften(str(self.rate), self.wait())

    @property
    def fields(self) -> dict[str, str]:
        """The limit, how many more requests are taken now, and in how many seconds the oldest no longer counts."""
        left, rest = self.num_requests - len(self.history), self.duration - (self.now - self.history[-1])
        policy = f'"{self.scope}";q={self.num_requests};w={self.duration}'
        return {"RateLimit-Policy": policy, "RateLimit": f'"{self.scope}";r={left};t={max(1, ceil(rest))}'}

    def key_of(self, whom: object) -> str:
        """The cache key of whoever asks."""
        return self.cache_format % {"scope": self.scope, "ident": salted_hmac("throttle", str(whom)).hexdigest()}


class PerAddress(RateThrottle):
    """Searches begun from an address, without a token."""

    scope = "searches-address"

    def get_cache_key(self, request: Request | HttpRequest, view: Any) -> str | None:
        return None if getattr(request, "auth", None) else self.key_of(self.get_ident(request))  # type: ignore[arg-type]


class PerToken(RateThrottle):
    """Searches begun with a token."""

    scope = "searches-token"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return self.key_of(request.user.pk) if request.auth else None


class Reads(RateThrottle):
    """Everything else that is asked, by token or address."""

    scope = "reads"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.key_of(request.user.pk if request.auth else self.get_ident(request))


def told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose answers, refusals and "not modified" too, say what is left of the limit that they counted for."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def tell(response: HttpResponse) -> None:
            limit = getattr(request, "limit", None)
            for name, value in (limit.fields if limit else {}).items():
                response[name] = value

        response = view(request, *args, **kwargs)
        if hasattr(response, "add_post_render_callback"):  # another response may take its place once it is rendered
            response.add_post_render_callback(tell)
        else:
            tell(response)
        return response

    return telling
