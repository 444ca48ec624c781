"""The products that this browser looked at last, in a signed cookie: the shop itself keeps nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

from catalog.models import Product

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COOKIE = "seen-products"
MOST = 12
SHOWN = 4
AGE = 30 * 24 * 3600  # seconds


def ids(request: HttpRequest) -> list[int]:
    """Newest first; none of a cookie that was changed or is too old."""
    try:
        return [int(pk) for pk in signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=AGE)][:MOST]
    except (signing.BadSignature, TypeError, ValueError):
        return []


def before(request: HttpRequest, product: Product) -> list[Product]:
    """The last few besides this one that are still on sale, ready for their cards. Two queries, or none."""
    wanted = [pk for pk in ids(request) if pk != product.pk][:SHOWN]
    found = Product.objects.published().for_cards().in_bulk(wanted) if wanted else {}
    return [found[pk] for pk in wanted if pk in found]


def remember(request: HttpRequest, response: HttpResponse, product: Product) -> None:
    """Put the product first."""
    kept = [product.pk, *(pk for pk in ids(request) if pk != product.pk)][:MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=COOKIE),
        max_age=AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
