"""Stripe, as django-payments has it, but that a refund asked for twice is given once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import stripe
from payments import PaymentError
from payments.stripe import StripeProviderV3

if TYPE_CHECKING:
    from decimal import Decimal

    from shop.payments.models import Payment


class Stripe(StripeProviderV3):
    """Refunds carry an idempotency key: what was given back before, and how much now."""

    def refund(self, payment: Payment, amount: Decimal | None = None) -> Decimal:
        """Give back. Raises `PaymentError`."""
        given = amount or payment.total
        try:
            intent = payment.attrs.session["payment_intent"]
            stripe.Refund.create(
                api_key=self.api_key,
                payment_intent=intent,
                amount=self.convert_amount(payment.currency, given),
                idempotency_key=f"{payment.token}-{payment.captured_amount}-{given}",
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise PaymentError("Stripe has not told its number of this payment.") from error
        except stripe.StripeError as error:
            raise PaymentError(str(error)) from error
        return given
