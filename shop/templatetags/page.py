"""The furniture of a page: its style sheets, its icons, its languages."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django import template
from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join

from catalog.addresses import address

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()
register.simple_tag(address)


@register.simple_tag
@cache  # a page has dozens of icons: where files lie does not change while the shop is open
def stylesheets(*names: str) -> SafeString:
    """A link to each style sheet of static/css, in the order given."""
    links = ((static(f"css/{name}.css"),) for name in names)
    return format_html_join("\n    ", '<link rel="stylesheet" href="{}">', links)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A drawing of static/icons/set.svg in the colour of the text around it; never read aloud."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons/set.svg"), name)


@receiver(setting_changed)
def forget(**_: object) -> None:
    """Files lie elsewhere now, which happens in tests alone."""
    icon.cache_clear()
    stylesheets.cache_clear()


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """The shop's languages, each named in itself; Django's own tag names all of them in the page's."""
    return list(settings.LANGUAGES)
