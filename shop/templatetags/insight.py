"""What a link from a result says of where it stood, so that looks at products can be counted:
{{ search|seen:item|on:hit }}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from visualsearch.reactions import PARAMETER, Seen

if TYPE_CHECKING:
    from visualsearch.models import PhotoSearch
    from visualsearch.search import Hit

register = template.Library()


@register.filter
def seen(search: PhotoSearch, item: Any) -> Seen:
    """The list of an item of a search."""
    return Seen.of(search, item.ordinal)


@register.filter
def on(place: Seen, hit: Hit) -> str:
    """The end of the address of a product in that list."""
    return f"?{PARAMETER}={place._replace(rank=hit.rank).token(hit.product)}"
