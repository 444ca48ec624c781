"""What machines read of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from shop import structured

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def for_machines(context: dict[str, Any]) -> SafeString:
    """JSON-LD of the page: a product and the way to it, a shelf's way, or the shop."""
    request, trail = context["request"], context.get("trail") or []
    if "choice" in context:
        told = structured.product(request, context["product"], trail, context.get("ratings"))
        return structured.as_script(told)
    return structured.as_script(structured.crumbs(request, trail) if trail else structured.shop(request))


@register.simple_tag(takes_context=True)
def whole_address(context: dict[str, Any], path: str) -> str:
    """An address with this shop's name in front, for those who read the page elsewhere."""
    return str(context["request"].build_absolute_uri(path))
