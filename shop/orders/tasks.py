"""What workers do for orders."""

from __future__ import annotations

from celery import shared_task


@shared_task
def send_mail(mail_id: int) -> None:
    """Send an e-mail; a failed one is tried again by the next sweep."""
    from shop.orders import mails

    mails.send(mail_id)


@shared_task
def sweep() -> None:
    """Finish what was left: unsent mails, unpaid orders, payments that nobody settled, refunds."""
    from shop.orders import sweeping

    sweeping.sweep()
