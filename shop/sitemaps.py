"""What search engines may find: the maps of the shop, and the rules at its door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.models import Category, Product

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest

PAGE = 5000  # addresses in one file
PRIVATE = ("cart", "checkout", "account", "orders", "find", "photo-search")  # names of pages that are nobody else's


class Shelves(Sitemap):
    """Every category."""

    limit = PAGE

    def items(self) -> QuerySet[Category]:
        return Category.objects.order_by("pk")


class Products(Sitemap):
    """Every product that shoppers may see, with its last change."""

    limit = PAGE

    def items(self) -> QuerySet[Product]:
        return Product.objects.published().only("slug", "updated").order_by("pk")

    def lastmod(self, product: Product) -> datetime:
        return product.updated

    def get_latest_lastmod(self) -> datetime | None:
        """Asked of the database: Django itself would read every product for it."""
        latest: datetime | None = Product.objects.published().aggregate(latest=Max("updated"))["latest"]
        return latest


class Home(Sitemap):
    """The window."""

    def items(self) -> list[str]:
        return ["home"]

    def location(self, name: str) -> str:
        return reverse(name)


SECTIONS = {"home": Home, "categories": Shelves, "products": Products}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keeps engines out of what belongs to one person or has no end, and shows them the map."""
    closed = [f"Disallow: {reverse(name)}" for name in PRIVATE]
    lines = ["User-agent: *", *closed, "", f"Sitemap: {request.build_absolute_uri(reverse('sitemap-index'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
