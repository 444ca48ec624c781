"""The storefront's pages: home, a category, words, a product. Searching with a photo is in visualsearch.views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from catalog.models import Category, Product
from catalog.modelsformer import FormerPath
from catalog.modelslisting import Listing
from catalog.modelssizes import SizeGuide
from catalog.querysets import in_one_line, paths_to, words_of
from shop import delivery, seen
from shop.choices import Choice
from shop.lists import ProductList
from shop.reviews import reviewing
from shop.window import window
from shop.wishes import wishing
from visualsearch.looks import Looks
from visualsearch.reactions import note_click

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NEIGHBOURS = 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The window: a place for a photo, the newest products, what is on sale, a door to each shelf."""
    return render(request, "pages/home.html", {"window": window()})


@require_safe
def category(request: HttpRequest, path: str) -> HttpResponse:
    """A shelf: everything of a category and below it, a page at a time."""
    here = Category.objects.filter(path=path).first()
    if here is None:
        moved = get_object_or_404(FormerPath.objects.select_related("category"), path=path)
        return redirect(moved.category, permanent=True)
    listings = Listing.objects.published().in_category(here)
    context = {
        "here": here,
        "trail": trail_to(here),
        "below": here.children.order_by("position", "name"),
        "list": ProductList.of(request, listings, without=["category"]),
    }
    return render(request, "pages/category.html", context)


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker keeps for the time without a connection."""
    return render(request, "pages/offline.html")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, because a service worker speaks for what lies below it."""
    return render(request, "worker.js", content_type="text/javascript")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where a browser looks that shows a picture, or anything else without a head to name the icon in."""
    return redirect(static("icons/favicon.svg"))


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What the words in `q` find."""
    words = in_one_line(request.GET.get("q", ""), 200)
    context: dict[str, Any] = {"words": words}
    if words:
        published = Listing.objects.published()
        found, likest = published.matching(words), published.likest(words) if words_of(words) else None
        context["list"] = ProductList.of(request, found, kept=[("q", words)], likest=likest)
    return render(request, "pages/find.html", context)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product in the colour and size that the address asks for."""
    product = Product.objects.published().for_page().filter(slug=slug).first()
    if product is None:
        now = Product.objects.published().filter(former__slug=slug)
        return redirect(get_object_or_404(now), permanent=True)
    note_click(request, product)
    choice = Choice.of(product, request.GET)
    looks = Looks.of(product, choice.colour)
    others = Product.objects.published().in_category(product.category).exclude(pk=product.pk)
    context = {
        "product": product,
        "wished": product.pk in wishing.ids(request),
        "seen_before": seen.before(request, product),
        "delivery": delivery.hint(choice.offer),
        "ratings": reviewing.ratings(product),
        "latest_reviews": product.reviews.filter(state="shown")[: reviewing.FEW],
        "size_guide": SizeGuide.objects.of(product.category),
        "choice": choice,
        "pictures": looks.on(choice.pictures),
        "here": product.category,
        "trail": trail_to(product.category),
        "looks": looks,
        "neighbours": [] if looks.similar else others.for_cards()[:NEIGHBOURS],
    }
    response = render(request, "pages/product.html", context)
    seen.remember(request, response, product)
    return response


def trail_to(category: Category) -> list[Category]:
    """The categories from the root down to this one. One query, however deep."""
    return list(Category.objects.filter(path__in=paths_to(category.path)).order_by("path"))
