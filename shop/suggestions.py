"""What somebody may be about to type: shelves first, then products whose name has it. Remembered for a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.models import Category, Product
from catalog.querysets import in_one_line
from visualsearch.throttles import PerAddress, TooOften

if TYPE_CHECKING:
    from django.http import HttpRequest

SHELVES, PRODUCTS = 3, 5
SHORTEST = 2  # letters
KEPT = 60  # seconds


class Typed(PerAddress):
    """Suggestions asked for from an address: as many as fast fingers make."""

    scope = "suggestions"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A shelf, or a product: its name and its address."""

    name: str
    url: str
    shelf: bool


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """The rows below the field, as HTML; nothing where nothing fits, or where it is asked too often."""
    text = in_one_line(request.GET.get("q", ""), 100)
    try:
        Typed().allow_request(request, None)
    except TooOften as error:
        return HttpResponse(status=error.status_code)
    response = render(request, "components/suggestions.html", {"suggestions": suggestions(text)})
    response["Cache-Control"] = f"private, max-age={KEPT}"
    return response


def suggestions(text: str) -> list[Suggestion]:
    """At most eight. A few queries, or what is remembered."""
    if len(text) < SHORTEST:
        return []
    return cache.get_or_set(f"suggest:{hash_of(text)}", lambda: _found(text), KEPT) or []


def hash_of(text: str) -> str:
    """A name for the cache."""
    return text.casefold().encode().hex()[:200]


def _found(text: str) -> list[Suggestion]:
    shelves = Category.objects.filter(name__unaccent__icontains=text).order_by("path")[:SHELVES]
    products = Product.objects.published().matching(text).only("name", "slug")[:PRODUCTS]
    rows = [Suggestion(one.name, one.get_absolute_url(), True) for one in shelves]
    return rows + [Suggestion(one.name, one.get_absolute_url(), False) for one in products]
