"""The checkout: one page, which works without scripts; with them the sums follow what is chosen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from shop.accounts.models import PostalAddress
from shop.cart import carts
from shop.cart.review import Review, pieces_of, review
from shop.orders.forms import CheckoutForm
from shop.orders.models import Order
from shop.orders.placing import OrderRefused, Wish, place_order
from shop.payments import paying
from visualsearch.views import SeeOther

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from shop.cart.models import Cart


@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Ask for what an order needs, and place it. Whatever goes wrong, what was written is still there."""
    cart = carts.of(request)
    if request.method == "POST" and (order := _placed_before(request)):
        return SeeOther(order.get_absolute_url())
    held = review(cart)
    if cart is None or not held.open or held.changes:
        for sentence in held.changes:
            messages.info(request, sentence)
        return SeeOther("/cart/") if held.lines else redirect("cart")
    form = _form(request, cart, held)
    if request.method == "POST" and "order" in request.POST and form.is_valid():
        try:
            return _place(request, cart, form)
        except OrderRefused as error:
            messages.error(request, str(error))
            if error.code not in ("total", "shipping"):
                return SeeOther("/cart/")
            form = _form(request, cart, review(cart))
    elif request.method == "POST" and "order" not in request.POST:
        form = _unchecked(form)
    response = render(request, "orders/checkout.html", {"form": form, "cart": held, "addresses": _addresses(request)})
    add_never_cache_headers(response)
    return response


def _form(request: HttpRequest, cart: Cart, held: Review) -> CheckoutForm:
    voucher = None if held.voucher_trouble else cart.voucher
    data = request.POST if request.method == "POST" else None
    return CheckoutForm(data, pieces=pieces_of(held.lines), voucher=voucher, initial=_known(request))


def _unchecked(form: CheckoutForm) -> CheckoutForm:
    """The same form with what was written, and no word on what is still missing: only the country was changed, say."""
    kept = {name: form.data.get(name) for name in form.fields if name in form.data}
    return CheckoutForm(pieces=form.pieces, voucher=form.voucher, initial=kept | _offered(form))


def _offered(form: CheckoutForm) -> dict[str, Any]:
    return {"method": form.offer.method.pk} if form.offer else {}


def _place(request: HttpRequest, cart: Cart, form: CheckoutForm) -> HttpResponse:
    data = form.cleaned_data
    wish = Wish(
        key=data["key"],
        email=data["email"],
        address=form.address,
        method=next(offer.method for offer in form.offers if offer.method.pk == data["method"]),
        agreed=data["agreed"] if data["agreed"] is not None else Decimal(-1),  # which nothing costs
        language=get_language() or "en",
        note=data["note"],
        owner=request.user if request.user.is_authenticated else None,
    )
    order = place_order(cart, wish)
    return SeeOther(paying.address(order, data["payment"]))


def _placed_before(request: HttpRequest) -> Order | None:
    """The order that this very page made: somebody tapped twice, or went back and sent it again."""
    try:
        return Order.objects.filter(key=request.POST.get("key", "")).first()
    except (ValidationError, ValueError):
        return None


def _addresses(request: HttpRequest) -> list[Any]:
    return list(request.user.addresses.all()) if request.user.is_authenticated else []


def _known(request: HttpRequest) -> dict[str, str]:
    """What the shop knows of who is signed in: the address that was picked, or the usual one."""
    if not request.user.is_authenticated:
        return {}
    known = {"email": request.user.email}
    picked = request.GET.get("address", "")
    addresses = _addresses(request)
    address = next((one for one in addresses if str(one.pk) == picked), addresses[0] if addresses else None)
    return known | {part: str(getattr(address, part)) for part in PostalAddress.PARTS} if address else known
