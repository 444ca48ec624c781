"""What workers do for the storefront."""

from __future__ import annotations

from celery import shared_task


@shared_task
def warm_lists() -> int:
    """Count the long shelves before shoppers wait for it. Returns how many they are."""
    from shop import lists

    return lists.warm()
