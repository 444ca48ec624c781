"""How often one address or one token may ask, counted in the cache under a hash: no address is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from rest_framework.exceptions import ErrorDetail, Throttled
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from django.http import HttpRequest
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

    def throttle_failure(self) -> bool:
        raise TooOften(str(self.rate), self.wait())

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
