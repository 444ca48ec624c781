"""What the keeper's pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from shop import waiting
from shop.orders.adminmoves import NAMES

if TYPE_CHECKING:
    from shop.orders.states import State

register = template.Library()


@register.inclusion_tag("admin/components/waiting.html", takes_context=True)
def what_waits(context: dict[str, Any]) -> dict[str, Any]:
    """The panel of the admin's first page."""
    return {"matters": waiting.matters(context["user"])}


@register.filter
def move_name(state: State) -> str:
    """What a button says that moves an order there."""
    return str(NAMES[state])
