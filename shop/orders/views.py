"""What a customer sees of an order. Who has its link may see it; nothing here is kept or found by others."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shop.orders.models import Order
from shop.orders.moves import MoveRefused, move
from shop.orders.states import State
from shop.payments import paying
from visualsearch.views import SeeOther

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

PAGE = 20


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that no cache keeps, no search engine finds, and whose address no other site is told."""

    @wraps(view)
    def kept_private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response

    return kept_private


@private
@require_safe
def order(request: HttpRequest, secret: str) -> HttpResponse:
    """Where the order is, what is in it, what it cost, and what can be done now."""
    found = get_object_or_404(Order.objects.prefetch_related("lines", "events"), secret=secret)
    latest = found.payments.last()
    context = {"order": found, "ways": paying.ways(), "payment": latest, "pending": found.state == State.PENDING}
    return render(request, "orders/order.html", context)


@private
@require_safe
def invoice(request: HttpRequest, secret: str) -> HttpResponse:
    """The invoice, to be printed. There is none before the order is paid."""
    paid = Order.objects.exclude(paid=None).prefetch_related("lines")
    found = get_object_or_404(paid, secret=secret)
    return render(request, "orders/invoice.html", {"order": found, "seller": settings.SHOP_ADDRESS.split("|")})


@private
@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The orders of who is signed in, newest first."""
    mine = Order.objects.filter(owner=request.user).prefetch_related("lines")  # type: ignore[misc]
    page = Paginator(mine, PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return render(request, "orders/orders.html", {"page": page, "numbers": numbers})


@private
@require_POST
def pay(request: HttpRequest, secret: str) -> HttpResponse:
    """Pay, once more or in another way."""
    found = get_object_or_404(Order, secret=secret)
    try:
        return SeeOther(paying.address(found, request.POST.get("payment", "")))
    except paying.PayRefused as error:
        messages.error(request, str(error))
    return SeeOther(found.get_absolute_url())


@private
@require_POST
def cancel(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the order back, as long as it is not paid."""
    found = get_object_or_404(Order, secret=secret)
    try:
        if found.state not in (State.PENDING, State.CANCELLED):
            raise MoveRefused(gettext("This order is paid. Write to us, and we cancel it and give the money back."))
        move(found, State.CANCELLED, note=gettext("Cancelled by the customer."))
    except MoveRefused as error:
        messages.error(request, str(error))
    return SeeOther(found.get_absolute_url())
