"""Saying on a search's page that a product is not it, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from catalog.models import Product
from visualsearch.models import PhotoSearch, State
from visualsearch.modelsinsight import Reaction
from visualsearch.reactions import Seen, react, take_back
from visualsearch.views import SeeOther

if TYPE_CHECKING:
    from uuid import UUID


@require_POST
def not_it(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep a product out of this search's lists, or show all `again`; then back to the list it was in."""
    search = get_object_or_404(PhotoSearch, pk=pk, state=State.DONE)
    slug, item = request.POST.get("product", ""), request.POST.get("item", "")
    if "again" in request.POST:
        take_back(search)
    elif item.isdecimal() and len(item) < 4 and search.regions.filter(ordinal=int(item)).exists():
        react(
            Reaction.Kind.NOT_IT, Seen.of(search, int(item)), get_object_or_404(Product.objects.published(), slug=slug)
        )
    else:
        raise Http404
    back = QueryDict(request.POST.get("back", "")).urlencode()  # an address within the page, whatever was sent
    return SeeOther(f"{reverse('search', args=[pk])}{'?' if back else ''}{back}")
