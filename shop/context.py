"""What every page of the shop knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.utils.functional import SimpleLazyObject

from catalog.models import Category, Product
from shop.cart import carts
from visualsearch import recents

if TYPE_CHECKING:
    from django.http import HttpRequest

NEWEST = 4  # products to look at where there is nothing else


def storefront(request: HttpRequest) -> dict[str, Any]:
    """The shop's name, its shelves, this page's lasting address, what a photo may be, and this browser's last ones."""
    return {
        "shop_name": settings.SHOP_NAME,
        "shelves": SimpleLazyObject(lambda: list(Category.objects.roots())),
        "newest_few": SimpleLazyObject(lambda: list(Product.objects.published().for_cards()[:NEWEST])),
        "canonical": _address(request),
        "photo_max_bytes": settings.VISUALSEARCH["PHOTO_MAX_BYTES"],
        "cart_pieces": SimpleLazyObject(lambda: carts.pieces_in(request)),
        "recent_photos": SimpleLazyObject(lambda: recents.living(request)),
        "photo_minutes": settings.VISUALSEARCH["PHOTO_TTL"] // 60,
    }


def _address(request: HttpRequest) -> str:
    """The page's lasting address; nothing for a request to another host, whose refusal is a page too."""
    try:
        return request.build_absolute_uri(request.path)
    except DisallowedHost:
        return ""
