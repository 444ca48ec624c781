"""The states of an order and the moves between them: a move that is not named here cannot be made."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where an order is on its way."""

    PENDING = "pending", pgettext_lazy("order", "waiting for payment")
    PAID = "paid", pgettext_lazy("order", "paid")
    PACKED = "packed", pgettext_lazy("order", "packed")
    SHIPPED = "shipped", pgettext_lazy("order", "shipped")
    DELIVERED = "delivered", pgettext_lazy("order", "delivered")
    CANCELLED = "cancelled", pgettext_lazy("order", "cancelled")
    RETURNED = "returned", pgettext_lazy("order", "returned")


MOVES: dict[State, tuple[State, ...]] = {
    State.PENDING: (State.PAID, State.CANCELLED),
    State.PAID: (State.PACKED, State.SHIPPED, State.CANCELLED),
    State.PACKED: (State.SHIPPED, State.PAID, State.CANCELLED),
    State.SHIPPED: (State.DELIVERED, State.RETURNED),
    State.DELIVERED: (State.RETURNED,),
    State.CANCELLED: (),
    State.RETURNED: (),
}
SOLD = (State.PAID, State.PACKED, State.SHIPPED, State.DELIVERED)  # what counts as revenue
LATE = State.PAID  # where a payment takes an order that had lapsed, if its goods are still there: `moves.revive`
