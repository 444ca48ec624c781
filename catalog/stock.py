"""The one writer of `Variant.stock`: every change has a reason and stays written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from catalog.models import StockChange, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class OutOfStock(Exception):
    """There are fewer pieces than asked for. `left`: for each such variant's id, how many there are."""

    def __init__(self, left: Mapping[int, int]) -> None:
        super().__init__(gettext("Some of it has just been sold."))
        self.left = dict(left)


def begin(variants: Iterable[Variant], *, reason: str, note: str = "", by: Any = None) -> None:
    """Write down with how many pieces new variants were made."""
    StockChange.objects.bulk_create(
        StockChange(variant=v, change=v.stock, stock=v.stock, reason=reason, reference=note[:200], by=by)
        for v in variants
        if v.stock
    )


@transaction.atomic
def take(pieces: Mapping[int, int], *, reference: str, by: Any = None) -> None:
    """Take pieces, {variant id: number}, off the shelf for a sale, all or none. Raises OutOfStock.

    Variants are locked in the order of their ids, so that two sales wait for each other and never deadlock.
    """
    variants = _locked(pieces)
    missing = set(pieces) - set(variants)
    left = {pk: v.stock for pk, v in variants.items() if v.stock < pieces[pk]} | dict.fromkeys(missing, 0)
    if left:
        raise OutOfStock(left)
    for pk, variant in variants.items():
        _change(variant, -pieces[pk], reason=StockChange.Reason.SOLD, reference=reference, by=by)


@transaction.atomic
def put_back(pieces: Mapping[int, int], *, reason: str, reference: str, by: Any = None) -> None:
    """Put pieces of a sale back on the shelf. Variants that no longer exist are passed over."""
    for pk, variant in _locked(pieces).items():
        _change(variant, pieces[pk], reason=reason, reference=reference, by=by)


@transaction.atomic
def receive(pieces: Mapping[int, int], *, note: str = "", by: Any = None) -> None:
    """Add the pieces of a delivery, {variant id: number}."""
    for pk, variant in _locked(pieces).items():
        _change(variant, pieces[pk], reason=StockChange.Reason.RECEIVED, reference=note, by=by)


@transaction.atomic
def count(variant: Variant, stock: int, *, reason: str, note: str = "", by: Any = None) -> None:
    """Say how many pieces there are now. Nothing is written down if that was known."""
    locked = _locked({variant.pk: 0})[variant.pk]
    if stock != locked.stock:
        _change(locked, stock - locked.stock, reason=reason, reference=note, by=by)
    variant.stock = stock


def _locked(pieces: Mapping[int, int]) -> dict[int, Variant]:
    rows = Variant.objects.select_for_update().filter(pk__in=pieces).order_by("pk")
    return {variant.pk: variant for variant in rows}


def _change(variant: Variant, by_pieces: int, *, reason: str, reference: str, by: Any) -> None:
    variant.stock += by_pieces
    variant.save(update_fields=["stock"])
    StockChange.objects.create(
        variant=variant, change=by_pieces, stock=variant.stock, reason=reason, reference=reference[:200], by=by
    )
