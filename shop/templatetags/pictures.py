"""Pictures of products, in the width that the reader's screen wants and with their room kept free before they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from catalog import renditions
from shop.templatetags.page import icon

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from catalog.models import ProductImage

register = template.Library()
EAGER = 4  # pictures of a list that a first view shows


# No template of its own, as a list has dozens and somebody waits for it.
PICTURE = '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{} decoding="async">'
NONE = '<span class="nothing-to-see">{}</span>'
HOW = {"lazy": mark_safe(' loading="lazy"'), "urgent": mark_safe(' fetchpriority="high"'), "": ""}


@register.simple_tag
def picture(image: ProductImage | None, *, sizes: str, nth: int = EAGER + 1, alt: str = "") -> SafeString:
    """A picture, or a quiet place for none. Give `alt` where no name stands beside it, and `nth` in a list."""
    if not image:
        return format_html(NONE, icon("picture"))
    how = HOW["lazy" if nth > EAGER else "urgent" if nth == 1 else ""]
    return format_html(PICTURE, image.src, image.srcset, sizes, image.width, image.height, alt, how)


@register.simple_tag
def thumb(sha256: str) -> str:
    """The smallest rendition of a picture that an order remembers, beside its name; or nothing."""
    if not sha256:
        return ""
    width = renditions.WIDTHS[0]
    address = renditions.url(sha256, width)
    return format_html('<img src="{}" alt="" width="{}" height="{}" loading="lazy">', address, width, width * 5 // 4)
