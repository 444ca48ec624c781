"""The page that says why a product was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from catalog.models import Product
from visualsearch.models import PhotoSearch, State
from visualsearch.throttles import PerAddress, TooOften
from visualsearch.whys import why

if TYPE_CHECKING:
    from uuid import UUID


@require_safe
def explain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The parts of the photo and of the product's picture that the likeness hangs on, and what both are."""
    search = get_object_or_404(PhotoSearch, pk=pk)
    if search.state != State.DONE:
        return redirect("search", pk)
    product = get_object_or_404(Product.objects.published().for_page(), slug=request.GET.get("product", ""))
    item = request.GET.get("item", "")
    found = why(
        search,
        int(item) if item.isdecimal() and len(item) < 4 else -1,
        product,
        seconds=settings.VISUALSEARCH["WAIT"],
        may_ask=lambda: _within_the_limit(request),
    )
    if found is None:
        raise Http404
    context = {"search": search, "why": found, "product": product}
    context["photo_url"] = reverse("search-photo", args=[pk]) if found.photo_lives else None
    response = render(request, "visualsearch/why.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _within_the_limit(request: HttpRequest) -> bool:
    """To look for the parts is as much work as a search, and counts as one."""
    try:
        PerAddress().allow_request(request, None)
    except TooOften:
        return False
    return True
