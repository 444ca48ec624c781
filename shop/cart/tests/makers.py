"""Carts and what goes into them."""

from decimal import Decimal

from catalog.tests.factories import VariantFactory
from shop.cart.models import Cart
from shop.prices.models import ShippingMethod, TaxRate


def a_variant(name="Linen shirt", price="20", stock=5, **columns):
    made = {"price": Decimal(price), "stock": stock, "size": "M", "colour": "Red", "product__name": name} | columns
    return VariantFactory(**made)


def a_cart(*lines, **columns):
    """A cart with (variant, quantity) in it, seen at today's prices."""
    cart = Cart.objects.create(**columns)
    for variant, quantity in lines:
        cart.lines.create(variant=variant, quantity=quantity, price_seen=variant.price)
    return cart


def shipping(price="4.90", free_above="100"):
    """One way to everywhere, and a tax for all."""
    TaxRate.objects.create(percent=19)
    method = ShippingMethod.objects.create(name="Parcel")
    method.rates.create(up_to=Decimal(free_above), price=Decimal(price))
    method.rates.create(price=0)
    return method
