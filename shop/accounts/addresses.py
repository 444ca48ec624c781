"""Writes of address books."""

from __future__ import annotations

from django.db import transaction

from shop.accounts.models import Address


@transaction.atomic
def keep(address: Address) -> None:
    """Save an address; the first of a book, and one that says so, becomes the usual one."""
    others = Address.objects.filter(owner=address.owner).exclude(pk=address.pk)
    list(others.select_for_update())
    address.usual = address.usual or not others.filter(usual=True).exists()
    if address.usual:
        others.update(usual=False)
    address.save()


@transaction.atomic
def delete(address: Address) -> None:
    """Delete it; the newest of the others becomes the usual one."""
    owner, usual = address.owner, address.usual
    address.delete()
    rest = Address.objects.filter(owner=owner).first()
    if usual and rest:
        rest.usual = True
        rest.save(update_fields=["usual"])
