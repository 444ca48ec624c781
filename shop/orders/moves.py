"""An order goes from state to state: by the moves that `states` allows, each written down with who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from catalog import stock
from catalog.models import StockChange
from shop.orders import mails
from shop.orders.models import Order, OrderEvent, OrderMail
from shop.orders.states import LATE, MOVES, State

if TYPE_CHECKING:
    from collections.abc import Mapping

MAILS = {
    State.PAID: OrderMail.Kind.PAID,
    State.SHIPPED: OrderMail.Kind.SHIPPED,
    State.CANCELLED: OrderMail.Kind.CANCELLED,
}


class MoveRefused(ValueError):
    """The sentence says from where to where it does not go; the order is as it was."""


@transaction.atomic
def move(order: Order, state: str, *, by: Any = None, note: str = "", tracking: str = "") -> Order:
    """Take the order to a state, tell the customer, and put its stock back if it ends there. Raises `MoveRefused`.

    The given order is as the row is afterwards. A move to where it is already does nothing: two taps are one.
    """
    locked = Order.objects.select_for_update().get(pk=order.pk)
    before, to = State(locked.state), State(state)
    if to != before:
        if to not in MOVES[before]:
            raise MoveRefused(_sentence(before, to))
        _go(locked, to, by=by, note=note, tracking=tracking)
        if to in (State.CANCELLED, State.RETURNED):
            stock.put_back(pieces(locked), reason=_reason(before, to), reference=locked.number, by=by)
    order.refresh_from_db()
    return order


@transaction.atomic
def revive(order: Order, *, note: str) -> None:
    """A payment came after the order had lapsed: take its stock again. Raises `OutOfStock`, and `MoveRefused`."""
    locked = Order.objects.select_for_update().get(pk=order.pk)
    if locked.state != State.CANCELLED or locked.paid:
        raise MoveRefused(_sentence(State(locked.state), LATE))
    stock.take(pieces(locked, all_of_them=True), reference=locked.number)
    _go(locked, LATE, note=note)


def note(order: Order, text: str, *, by: Any = None) -> None:
    """Write something down in the order's history."""
    OrderEvent.objects.create(order=order, by=by, note=text[:500])


def pieces(order: Order, *, all_of_them: bool = False) -> Mapping[int, int]:
    """What the order took off the shelf, {variant id: number}. A variant that is gone from the shop cannot be put back.

    With `all_of_them` such a variant is named by an id that no variant has, so that it cannot be taken again either.
    """
    lines = order.lines.values_list("variant_id", "quantity")
    return {pk or 0: number for pk, number in lines if pk or all_of_them}


def _go(order: Order, to: State, *, by: Any = None, note: str = "", tracking: str = "") -> None:
    order.state = to
    order.tracking = tracking or order.tracking
    if to == State.PAID and order.paid is None:
        order.paid = timezone.now()
    order.save(update_fields=["state", "tracking", "paid"])
    OrderEvent.objects.create(order=order, state=to, by=by, note=note[:500])
    if kind := MAILS.get(to):
        mails.write(order, kind)


def _reason(before: State, to: State) -> str:
    if to == State.RETURNED:
        return StockChange.Reason.RETURNED
    return StockChange.Reason.RELEASED if before == State.PENDING else StockChange.Reason.CANCELLED


def _sentence(before: State, to: State) -> str:
    sentence = gettext("An order that is “{before}” cannot become “{to}”.")
    return sentence.format(before=before.label, to=to.label)
