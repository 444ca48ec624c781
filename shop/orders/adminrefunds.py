"""Money that a keeper gives back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop.payments import refunds
from shop.payments.models import Refund
from shop.templatetags.money import money

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern


class RefundForm(forms.Form):
    """An amount of a payment, and why. The key makes a form that is sent twice one refund."""

    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal("0.01"), max_digits=10, decimal_places=2)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("For the history."))
    restock = forms.BooleanField(label=_("End the order, and put its pieces back on the shelf"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)


class Refunds:
    """For the admin of orders."""

    admin_site: admin.AdminSite
    message_user: Any
    one: Any
    context: Any

    def get_urls(self) -> list[URLPattern]:
        refund, again = (self.admin_site.admin_view(view) for view in (self.refund, self.refund_again))
        return [
            path("<int:pk>/refund/<int:payment_id>/", refund, name="orders_order_refund"),
            path("<int:pk>/refund/again/<int:refund_id>/", again, name="orders_order_refund_again"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def refund(self, request: HttpRequest, pk: int, payment_id: int) -> HttpResponse:
        """Give some or all of a payment back."""
        if not request.user.has_perm("shop_payments.change_payment"):
            raise PermissionDenied
        order = self.one(request, pk)
        payment = get_object_or_404(order.payments, pk=payment_id)
        left = refunds.left_of(payment)
        form = RefundForm(request.POST or None, initial={"amount": left, "key": uuid4()})
        if request.method == "POST" and form.is_valid():
            try:
                refunds.give_back(
                    payment, by=request.user, **form.cleaned_data | {"key": str(form.cleaned_data["key"])}
                )
            except refunds.RefundRefused as refused:
                form.add_error(None, str(refused))
            else:
                said = gettext("{amount} go back to the customer.").format(amount=money(form.cleaned_data["amount"]))
                self.message_user(request, said, messages.SUCCESS)
                return redirect("admin:orders_order_change", pk)
        context = self.context(request, order, title=gettext("Refund"), form=form, payment=payment, left=left)
        return render(request, "admin/orders/order/refund.html", context)

    def refund_again(self, request: HttpRequest, pk: int, refund_id: int) -> HttpResponse:
        """Try a refund again that failed, once the keeper has looked at the provider's page."""
        if request.method != "POST" or not request.user.has_perm("shop_payments.change_payment"):
            raise PermissionDenied
        refund = get_object_or_404(failed(), pk=refund_id, payment__order=self.one(request, pk))
        refunds.retry(refund)
        self.message_user(request, gettext("The refund is tried again."), messages.SUCCESS)
        return redirect("admin:orders_order_change", pk)


def failed() -> QuerySet[Refund]:
    """Refunds that did not reach the customer, for a reason that is written down."""
    return Refund.objects.filter(done=None).exclude(failure="")
