"""The cart of the signed-in customer, for apps: the same rules as the page's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Variant
from shop.cart import carts, vouchers
from shop.cart.carts import CartRefused
from shop.cart.models import MOST, Cart
from shop.cart.review import pieces_of, review
from shop.prices import reckoning
from visualsearch.problems import Conflict, problems
from visualsearch.throttles import Reads

if TYPE_CHECKING:
    from rest_framework.request import Request

REFUSALS = problems(400, 401, 403, 404, 409, 415, 429)


class CartEntry(serializers.Serializer[Any]):
    """Some pieces of a variant."""

    sku = serializers.CharField(source="variant.sku")
    product = serializers.SlugField(source="product.slug")
    name = serializers.CharField(source="product.name")
    size = serializers.CharField(source="variant.size")
    colour = serializers.CharField(source="variant.colour")
    price = serializers.DecimalField(10, 2, source="variant.price")
    quantity = serializers.IntegerField()
    total = serializers.DecimalField(10, 2)
    trouble = serializers.CharField(help_text="Why it cannot be bought now, and is not counted; empty if it can.")


class ShippingOffer(serializers.Serializer[Any]):
    """A way to ship what is in the cart."""

    method = serializers.IntegerField(source="method.pk", help_text="What an order names it by.")
    name = serializers.CharField(source="method.name")
    price = serializers.DecimalField(10, 2)
    days_from = serializers.IntegerField(source="method.days_from")
    days_to = serializers.IntegerField(source="method.days_to")


class CartState(serializers.Serializer[Any]):
    """What is in the cart, at today's prices, tax included."""

    lines = CartEntry(many=True)
    changes = serializers.ListField(child=serializers.CharField(), help_text="What changed since it was last read.")
    voucher = serializers.CharField(help_text="Its code, or empty.")
    voucher_trouble = serializers.CharField(help_text="Why the voucher does not count now.")
    goods = serializers.DecimalField(10, 2)
    discount = serializers.DecimalField(10, 2)
    currency = serializers.CharField()
    shipping = ShippingOffer(many=True, help_text="The ways to the country that was asked for.")


class Pieces(serializers.Serializer[Any]):
    """How many pieces of what."""

    sku = serializers.CharField(max_length=100)
    quantity = serializers.IntegerField(min_value=1, max_value=MOST, default=1)
    seen = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="`seen` of the address of the result that led here."
    )


class Quantity(serializers.Serializer[Any]):
    """How many pieces there are to be."""

    quantity = serializers.IntegerField(min_value=0, max_value=MOST, help_text="0 takes it out.")


class Code(serializers.Serializer[Any]):
    """A voucher."""

    code = serializers.CharField(max_length=40)


COUNTRY = OpenApiParameter("country", OpenApiTypes.STR, description="Where it goes, two letters; else the shop's own.")


class Own(APIView):
    """What belongs to whoever asks."""

    permission_classes = [IsAuthenticated]
    throttle_classes = [Reads]

    def state(self, request: Request, cart: Cart | None) -> Response:
        """The cart as it is now."""
        held, country = review(cart), request.query_params.get("country", settings.SHOP_COUNTRY)
        voucher = cart.voucher if cart and not held.voucher_trouble else None
        sums, pieces = held.reckoning, pieces_of(held.lines)
        ways = reckoning.offers(pieces, country[:2].upper(), voucher=voucher) if pieces else []
        return Response(
            {
                "lines": CartEntry(held.lines, many=True).data,
                "changes": held.changes,
                "voucher": held.voucher_code,
                "voucher_trouble": held.voucher_trouble,
                "goods": f"{sums.goods:.2f}" if sums else "0.00",
                "discount": f"{sums.discount:.2f}" if sums else "0.00",
                "currency": settings.CURRENCY,
                "shipping": ShippingOffer(ways, many=True).data,
            }
        )


class CartView(Own):
    """The cart."""

    @extend_schema(
        operation_id="read_cart", summary="Read the cart", parameters=[COUNTRY], responses={200: CartState, **REFUSALS}
    )
    def get(self, request: Request) -> Response:
        """Tells each change since it was last read once."""
        return self.state(request, carts.of(request))


class CartLinesView(Own):
    """What is put into the cart."""

    @extend_schema(
        operation_id="add_to_cart",
        summary="Put pieces into the cart",
        request=Pieces,
        responses={200: CartState, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Adds to what is there; 409 with the reason if there are not so many."""
        said = Pieces(data=request.data)
        said.is_valid(raise_exception=True)
        told, cart = said.validated_data, carts.ready(request)
        _refusing(lambda: carts.add(cart, variant(told["sku"]), told["quantity"], seen=told["seen"]))
        return self.state(request, cart)


class CartLineView(Own):
    """A variant in the cart."""

    @extend_schema(
        operation_id="change_cart_line",
        summary="Have another number of pieces",
        request=Quantity,
        responses={200: CartState, **REFUSALS},
    )
    def put(self, request: Request, sku: str) -> Response:
        """Sets the number; 0 takes the variant out."""
        said = Quantity(data=request.data)
        said.is_valid(raise_exception=True)
        cart = carts.ready(request)
        _refusing(lambda: carts.change(cart, variant(sku), said.validated_data["quantity"]))
        return self.state(request, cart)

    @extend_schema(operation_id="remove_cart_line", summary="Take it out", responses={200: CartState, **REFUSALS})
    def delete(self, request: Request, sku: str) -> Response:
        """Takes the variant out, if it is in."""
        cart = carts.of(request)
        if cart:
            carts.remove(cart, Variant.objects.filter(sku=sku))
        return self.state(request, cart)


class CartVoucherView(Own):
    """The voucher of the cart."""

    @extend_schema(
        operation_id="use_voucher", summary="Use a voucher", request=Code, responses={200: CartState, **REFUSALS}
    )
    def put(self, request: Request) -> Response:
        """409 with the reason if it does not count; the one before then stays."""
        said = Code(data=request.data)
        said.is_valid(raise_exception=True)
        cart = carts.ready(request)
        vouchers.Tries().allow_request(request, self)
        pieces = pieces_of(review(cart).lines)
        _refusing(lambda: vouchers.apply(cart, said.validated_data["code"], pieces))
        return self.state(request, cart)

    @extend_schema(operation_id="drop_voucher", summary="Use none", responses={200: CartState, **REFUSALS})
    def delete(self, request: Request) -> Response:
        """Whether there was one or not."""
        cart = carts.of(request)
        if cart:
            vouchers.drop(cart)
        return self.state(request, cart)


def variant(sku: str) -> Variant:
    """The variant of a SKU. Raises `ValidationError`."""
    found = Variant.objects.select_related("product").filter(sku=sku.replace("\0", "")).first()
    if found is None:
        raise ValidationError({"sku": [gettext("No variant has this SKU.")]})
    return found


def _refusing(write: Any) -> None:
    try:
        write()
    except CartRefused as error:
        raise Conflict(str(error), "cart") from error
