"""Addresses that a list has dozens of: those with a slug and nothing else."""

from __future__ import annotations

from functools import cache

from django.urls import get_script_prefix, get_urlconf, reverse

SLUG = "0-slug-0"  # one that no path has around it


def address(name: str, slug: str) -> str:
    """`reverse(name, args=[slug])` without a search among all addresses.

    A slug is letters, figures and hyphens: none is quoted.
    """
    before, after = _around(name, get_script_prefix(), get_urlconf())
    return f"{before}{slug}{after}"


@cache
def _around(name: str, _prefix: str, _urlconf: str | None) -> tuple[str, str]:
    before, _, after = reverse(name, args=[SLUG]).partition(SLUG)
    return before, after
