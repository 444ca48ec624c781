"""Writes of the category tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import slugify

from catalog.models import Category

if TYPE_CHECKING:
    from collections.abc import Sequence


def shelf(names: Sequence[str]) -> Category:
    """The category at the end of a path of one or more names, made with all above it where it is not there yet."""
    return shelf_and_new(names)[0]


def shelf_and_new(names: Sequence[str]) -> tuple[Category, list[Category]]:
    """The same, and those on the way to it that were made now."""
    parent, path, made = None, "", []
    for name in names:
        slug = slugify(name)[:100] or "other"
        path = f"{path}/{slug}".lstrip("/")
        defaults = {"parent": parent, "name": name, "slug": slug}
        parent, new = Category.objects.get_or_create(path=path, defaults=defaults)
        made += [parent] if new else []
    assert parent is not None
    return parent, made
