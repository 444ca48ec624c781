"""Pictures of products, in the width that the reader's screen wants and with their room kept free before they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html

from catalog import renditions

if TYPE_CHECKING:
    from catalog.models import ProductImage

register = template.Library()
EAGER = 4  # pictures of a list that a first view shows


@register.inclusion_tag("components/picture.html")
def picture(image: ProductImage | None, *, sizes: str, nth: int = EAGER + 1, alt: str = "") -> dict[str, Any]:
    """A picture, or a quiet place for none. Give `alt` where no name stands beside it, and `nth` in a list."""
    return {"image": image, "sizes": sizes, "alt": alt, "lazy": nth > EAGER, "urgent": nth == 1}


@register.simple_tag
def thumb(sha256: str) -> str:
    """The smallest rendition of a picture that an order remembers, beside its name; or nothing."""
    if not sha256:
        return ""
    width = renditions.WIDTHS[0]
    address = renditions.url(sha256, width)
    return format_html('<img src="{}" alt="" width="{}" height="{}" loading="lazy">', address, width, width * 5 // 4)
