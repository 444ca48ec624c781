"""What other parts of the shop are asked when a person wants their data, or wants to be forgotten."""

from __future__ import annotations

from django.dispatch import Signal

told = Signal()  # user=...; each receiver returns a name and what it knows, for the export
leaving = Signal()  # user=...; in the transaction that then deletes the user
staying = Signal()  # user=...; each receiver returns a sentence that says what must be done first, or nothing
