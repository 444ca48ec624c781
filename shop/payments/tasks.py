"""What workers do for payments."""

from __future__ import annotations

from celery import shared_task


@shared_task
def refund(refund_id: int) -> None:
    """Ask the provider for a refund; a failed one is tried again by the next sweep."""
    from shop.payments import refunds

    refunds.carry_out(refund_id)
