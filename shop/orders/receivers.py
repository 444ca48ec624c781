"""What happens to orders when something else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import email_confirmed
from django.dispatch import receiver

from shop.accounts.signals import leaving, staying, told
from shop.orders import privacy
from shop.orders.claiming import claim

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress
    from django.contrib.auth.models import User


@receiver(email_confirmed)
def address_confirmed(email_address: EmailAddress, **_: Any) -> None:
    """Whoever confirms an address sees what was ordered with it."""
    claim(email_address.user, email_address.email)


@receiver(told)
def tell_orders(user: User, **_: Any) -> tuple[str, Any]:
    """For the export of somebody's data."""
    return "orders", privacy.tell(user)


@receiver(staying)
def say_what_is_open(user: User, **_: Any) -> str:
    """Whoever waits for a parcel, or for money, needs an address until it is there."""
    return privacy.hindrance(user)


@receiver(leaving)
def forget_the_person(user: User, **_: Any) -> None:
    """Orders stay, without who ordered."""
    privacy.forget(user)
