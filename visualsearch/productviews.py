"""The pages that begin at a product: what looks like it, and what is worn on one of its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import Product
from visualsearch.designs import grouped, other_colours
from visualsearch.looks import look_of
from visualsearch.outfits import Shade, pieces_of, shades, shown_colour, similar
from visualsearch.search import BadCursor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 24


@require_safe
def similar_products(request: HttpRequest, slug: str) -> HttpResponse:
    """More like this, a page at a time: without the product itself, and with its other colours apart."""
    product = get_object_or_404(Product.objects.published().for_page(), slug=slug)
    colour = shown_colour(product, request.GET.get("colour", ""))
    images = shades(product, colour)
    same = other_colours(product)
    without = [product.pk, *(one.pk for one in same)]
    pieces = pieces_of(images)
    try:
        page = similar(images, pieces, without=without, limit=PAGE, after=request.GET.get("after"))
    except BadCursor:
        page = similar(images, pieces, without=without, limit=PAGE)
    [groups] = grouped([page.hits])
    here = {"colour": colour} if colour else {}
    context = {
        "product": product,
        "colour": colour,
        "subject": images[0] if images else None,
        "groups": groups,
        "first": not groups or groups[0].hit.rank == 1,
        "first_url": f"?{urlencode(here)}",
        "next_url": f"?{urlencode(here | {'after': page.next})}" if page.next else "",
        "own_colours": Shade.others(product, colour),
        "other_colours": same,
    }
    return render(request, "visualsearch/similar.html", context)


@require_safe
def look(request: HttpRequest, slug: str, picture: int) -> HttpResponse:
    """Shop the look: the garments on one picture of a product, each with its list."""
    product = get_object_or_404(Product.objects.published().for_page(), slug=slug)
    image = get_object_or_404(product.images, pk=picture)
    image.product = product
    item = request.GET.get("item", "")
    chosen = int(item) if item.isdecimal() and len(item) < 4 else None
    lists = look_of(product, image, chosen)
    by_size = sorted((one.piece for one in lists), key=lambda piece: -piece.box.area)  # none lies under another
    shown = next((one.piece for one in lists if one.chosen), None)
    context = {"product": product, "image": image, "lists": lists, "pieces": by_size, "chosen": shown}
    return render(request, "visualsearch/look.html", context)
