"""Customers' wishes and orders."""

from decimal import Decimal
from uuid import uuid4

from shop.cart.tests.makers import a_cart, a_variant, shipping
from shop.orders.placing import Wish, place_order
from shop.payments import paying
from shop.prices import reckoning
from shop.prices.models import ShippingMethod

ADDRESS = {
    "name": "Ada Lovelace",
    "line1": "12 Square",
    "line2": "",
    "postcode": "10115",
    "city": "Berlin",
    "region": "",
    "country": "DE",
    "phone": "030 1",
}


def a_wish(cart, *, agreed=None, country="DE", **more):
    """What somebody decided who looked at this cart; they agree to what it costs unless told otherwise."""
    method = ShippingMethod.objects.first() or shipping()
    if agreed is None:
        pieces = [reckoning.Piece(line.variant, line.quantity) for line in cart.lines.all()]
        agreed = reckoning.reckon(pieces, country=country, method=method, voucher=cart.voucher).total
    wish = {"key": uuid4(), "email": "ada@example.com", "address": ADDRESS | {"country": country}, "method": method}
    return Wish(**wish | {"agreed": Decimal(agreed), "language": "en"} | more)


def an_order(*lines, **more):
    """An order of (variant, quantity), waiting for its payment; one piece of something unless told otherwise."""
    cart = a_cart(*(lines or [(a_variant(), 1)]))
    return place_order(cart, a_wish(cart, **more))


def paid(order):
    """The order's payment, confirmed as a provider does it."""
    payment = paying.begin(order, "trial")
    payment.captured_amount = payment.total
    payment.save()
    payment.change_status("confirmed")
    order.refresh_from_db()
    return payment
