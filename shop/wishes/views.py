"""The wish list, and the heart that fills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Product
from shop.wishes import wishing
from visualsearch.views import SeeOther

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def wishes(request: HttpRequest) -> HttpResponse:
    """What is on the list of who asks."""
    response = render(request, "pages/wishes.html", {"products": wishing.products(request)})
    add_never_cache_headers(response)
    return response


@require_POST
def wish(request: HttpRequest, slug: str) -> HttpResponse:
    """Put on the list, or take off, and go back to the product."""
    product = get_object_or_404(Product.objects.published(), slug=slug)
    wishing.wish(request, product, request.POST.get("wished") == "1")
    return SeeOther(product.get_absolute_url())
