"""The page of a size guide, and the same in a sheet above a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from catalog.models import Category
from catalog.modelssizes import SizeGuide
from shop import sheets
from shop.views import trail_to

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def sizes(request: HttpRequest, path: str) -> HttpResponse:
    """The guide of a category; the line of the `size` in the address stands out."""
    here = get_object_or_404(Category, path=path)
    guide = SizeGuide.objects.of(here)
    if guide is None:
        raise Http404
    context = {"guide": guide, "here": here, "trail": trail_to(here), "size": request.GET.get("size", "")}
    if sheets.asked(request):
        return sheets.sheet(request, "pages/sizes_sheet.html", context)
    response = render(request, "pages/sizes.html", context)
    patch_vary_headers(response, ["X-Part"])
    return response
