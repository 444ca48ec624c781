"""What machines read of a page: schema.org's words as JSON-LD, and Open Graph's for who shares its address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from catalog.models import Category, Product, Variant
    from shop.reviews.reviewing import Ratings

IN_STOCK, SOLD_OUT = "https://schema.org/InStock", "https://schema.org/OutOfStock"


def product(
    request: HttpRequest, product: Product, trail: Sequence[Category], ratings: Ratings | None = None
) -> list[dict[str, Any]]:
    """A product with an offer for each of its variants, and the way to it. Of a product read `for_page`."""
    address = request.build_absolute_uri(product.get_absolute_url())
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "url": address,
        "description": strip_tags(product.description)[:5000],
        "image": [request.build_absolute_uri(image.src) for image in product.images.all()],
        "offers": [_offer(variant, address) for variant in product.variants.all()],
    }
    if ratings and ratings.number:
        told["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{ratings.average:.2f}",
            "reviewCount": ratings.number,
        }
    if product.brand:
        told["brand"] = {"@type": "Brand", "name": product.brand}
    return [told, crumbs(request, trail, product)]


def crumbs(request: HttpRequest, trail: Sequence[Category], last: Product | None = None) -> dict[str, Any]:
    """The way from the first page."""
    steps = [(settings.SHOP_NAME, reverse("home")), *((one.name, one.get_absolute_url()) for one in trail)]
    steps += [(last.name, last.get_absolute_url())] if last else []
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": request.build_absolute_uri(path)}
        for number, (name, path) in enumerate(steps, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def shop(request: HttpRequest) -> dict[str, Any]:
    """The shop, and how it is searched in words."""
    find = request.build_absolute_uri(reverse("find"))
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": settings.SHOP_NAME,
        "url": request.build_absolute_uri(reverse("home")),
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{find}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def as_script(told: Any) -> SafeString:
    """JSON that no name or description gets out of: the signs of HTML are written as escapes."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above


def _offer(variant: Variant, address: str) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "sku": variant.sku,
        "price": f"{variant.price:f}",
        "priceCurrency": settings.CURRENCY,
        "availability": IN_STOCK if variant.stock else SOLD_OUT,
        "url": address,
    }
