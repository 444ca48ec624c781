"""A provider for trying the shop: its page asks what is to become of the payment, and no money moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.shortcuts import redirect, render
from payments import PaymentError, PaymentStatus, RedirectNeeded
from payments.core import BasicProvider

if TYPE_CHECKING:
    from decimal import Decimal

    from django.http import HttpRequest, HttpResponse

    from shop.payments.models import Payment

ENDS = {"pay": PaymentStatus.CONFIRMED, "refuse": PaymentStatus.REJECTED, "cancel": PaymentStatus.CANCELLED}


class TrialProvider(BasicProvider):
    """In the manner of providers with a page of their own."""

    def get_form(self, payment: Payment, data: Any = None) -> NoReturn:
        """Raises `RedirectNeeded`: the form is on the provider's page."""
        raise RedirectNeeded(payment.get_process_url())

    def process_data(self, payment: Payment, request: HttpRequest) -> HttpResponse:
        """The page, and what was decided on it. A payment that ended stays as it is."""
        end = ENDS.get(request.POST.get("end", "")) if request.method == "POST" else None
        over = payment.status not in (PaymentStatus.WAITING, PaymentStatus.INPUT)
        if end and not over:
            if end == PaymentStatus.CONFIRMED:
                payment.captured_amount = payment.total
                payment.save(update_fields=["captured_amount"])
            payment.change_status(end)
        if end or over:
            return redirect(payment.order.get_absolute_url())
        return render(request, "orders/trial.html", {"payment": payment, "order": payment.order})

    def refund(self, payment: Payment, amount: Decimal | None = None) -> Decimal:
        """Gives nothing back, as nothing was taken. Raises `PaymentError` where nothing was paid."""
        if payment.status != PaymentStatus.CONFIRMED:
            raise PaymentError("Only confirmed payments can be given back.")
        return amount or payment.total

    def cancel(self, payment: Payment) -> None:
        """Nothing to do."""
