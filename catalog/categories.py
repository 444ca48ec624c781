"""Writes of the category tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import slugify

from catalog.models import Category

if TYPE_CHECKING:
    from collections.abc import Sequence


def shelf(names: Sequence[str]) -> Category:
    """The category at the end of a path of one or more names, made with all above it where it is not there yet."""
    parent, path = None, ""
    for name in names:
        slug = slugify(name)[:100] or "other"
        path = f"{path}/{slug}".lstrip("/")
        parent, _ = Category.objects.get_or_create(path=path, defaults={"parent": parent, "name": name, "slug": slug})
    assert parent is not None
    return parent
