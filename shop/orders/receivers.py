"""What happens to orders when something else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import email_confirmed
from django.dispatch import receiver

from shop.orders.claiming import claim

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress


@receiver(email_confirmed)
def address_confirmed(email_address: EmailAddress, **_: Any) -> None:
    """Whoever confirms an address sees what was ordered with it."""
    claim(email_address.user, email_address.email)
