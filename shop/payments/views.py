"""The way to a payment's provider."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from payments import PaymentError, PaymentStatus, RedirectNeeded

from shop.orders.states import State
from shop.payments.models import Payment
from visualsearch.views import SeeOther

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)


@require_safe
def pay(request: HttpRequest, token: UUID) -> HttpResponse:
    """Go to the provider's page. A payment that ended, or that the provider does not take, leads back to its order."""
    payment = get_object_or_404(Payment.objects.select_related("order"), token=str(token))
    order = payment.order
    if order.state != State.PENDING or payment.status not in (PaymentStatus.WAITING, PaymentStatus.INPUT):
        return SeeOther(order.get_absolute_url())
    try:
        payment.get_form()
    except RedirectNeeded as where:
        if payment.status == PaymentStatus.WAITING:
            Payment.objects.filter(pk=payment.pk, status=PaymentStatus.WAITING).update(status=PaymentStatus.INPUT)
        return SeeOther(str(where))
    except PaymentError:
        logger.exception("A provider takes no payment")
        messages.error(
            request, gettext("The payment service does not answer. Try again, or choose another way to pay.")
        )
    return SeeOther(order.get_absolute_url())
