"""Orders of the signed-in customer, for apps: placed, listed and read by the same rules as on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import Pages, absolute
from shop.accounts.models import PostalAddress
from shop.cart import carts
from shop.orders.models import Order, OrderLine
from shop.orders.placing import OrderRefused, Wish, place_order
from shop.orders.states import State
from shop.payments import paying
from shop.prices.models import ShippingMethod
from visualsearch.problems import Conflict, problems
from visualsearch.throttles import Reads

if TYPE_CHECKING:
    from rest_framework.request import Request


class OrderedLine(serializers.ModelSerializer[OrderLine]):
    """What was sold, at the price it was sold for."""

    class Meta:
        model = OrderLine
        fields = ["sku", "name", "size", "colour", "quantity", "price"]


class OrderRead(serializers.ModelSerializer[Order]):
    """An order as it is now. Amounts hold tax; `tax` is inside `total`."""

    lines = OrderedLine(many=True)
    url = serializers.SerializerMethodField(help_text="Its page, for the customer.")
    pay_url = serializers.SerializerMethodField(help_text="Where it is paid; nothing once it is, or lapsed.")
    state = serializers.CharField(help_text=f"One of {', '.join(State.values)}.")
    address = serializers.ListField(source="address_lines", child=serializers.CharField())

    class Meta:
        model = Order
        fields = ["number", "state", "placed", "currency", "goods", "discount", "shipping", "total", "tax", "refunded"]
        fields += ["shipping_method", "tracking", "voucher_code", "email", "address", "lines", "url", "pay_url"]

    def get_url(self, order: Order) -> str:
        return absolute(self.context["request"], order.get_absolute_url())

    def get_pay_url(self, order: Order) -> str | None:
        return self.get_url(order) if order.state == State.PENDING else None


class PlacedAddress(serializers.ModelSerializer[Order]):
    """Where it goes."""

    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="Two letters (ISO 3166).")

    class Meta:
        model = Order
        fields = list(PostalAddress.PARTS)


class OrderWish(serializers.Serializer[Any]):
    """What the customer agreed to, of what is in the cart."""

    key = serializers.UUIDField(help_text="Made by the app for this one order: sent again, it is the same order.")
    address = PlacedAddress()
    method = serializers.IntegerField(min_value=1, max_value=2**31, help_text="One of the cart's `shipping`.")
    agreed = serializers.DecimalField(
        10, 2, min_value=0, help_text="The total that the customer saw: goods less discount, and shipping."
    )
    payment = serializers.CharField(max_length=40, help_text="A way to pay that the shop has.")
    note = serializers.CharField(max_length=500, default="", allow_blank=True)


class Orders(ListAPIView[Order]):
    """The customer's orders."""

    permission_classes = [IsAuthenticated]
    throttle_classes = [Reads]
    serializer_class = OrderRead
    pagination_class = Pages

    @extend_schema(
        operation_id="list_orders",
        summary="List one's orders",
        responses={200: OrderRead(many=True), **problems(400, 401, 403, 404, 429)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first, a page at a time."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return _mine(self.request)

    @extend_schema(
        operation_id="place_order",
        summary="Order what is in the cart",
        request=OrderWish,
        responses={201: OrderRead, **problems(400, 401, 403, 409, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        """Idempotent by `key`. 409: nothing was ordered; `code` is total, sold_out, gone, voucher, shipping or empty.

        The customer pays at `pay_url`; stock is kept until then for the shop's minutes.
        """
        said = OrderWish(data=request.data)
        said.is_valid(raise_exception=True)
        order = _placed(request, said.validated_data)
        return Response(OrderRead(order, context={"request": request}).data, status=201)


class OneOrder(APIView):
    """An order of the customer."""

    permission_classes = [IsAuthenticated]
    throttle_classes = [Reads]

    @extend_schema(
        operation_id="read_order",
        summary="Read an order",
        responses={200: OrderRead, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, number: str) -> Response:
        """By its number; another's is not there."""
        order = get_object_or_404(_mine(request), number=number.replace("\0", "").upper())
        return Response(OrderRead(order, context={"request": request}).data)


def _mine(request: Request) -> Any:
    return Order.objects.filter(owner=request.user).prefetch_related("lines")  # type: ignore[misc]


def _placed(request: Request, told: dict[str, Any]) -> Order:
    known = Order.objects.filter(key=told["key"]).first()
    if known:
        if known.owner != request.user:
            raise ValidationError({"key": [gettext("This key was used. Make another one for each order.")]})
        return known
    method = ShippingMethod.objects.filter(pk=told["method"], active=True).first()
    if method is None:
        raise ValidationError({"method": [gettext("This way of shipping does not go there. Choose another.")]})
    if told["payment"] not in dict(paying.ways()):
        raise ValidationError({"payment": [gettext("Choose a way to pay.")]})
    address = {part: told["address"].get(part, "") for part in PostalAddress.PARTS}
    asked = {name: told[name] for name in ("key", "agreed", "note")}
    user: Any = request.user
    wish = Wish(email=user.email, address=address, method=method, owner=user, language=get_language() or "en", **asked)
    try:
        order = place_order(carts.of(request), wish)
    except OrderRefused as error:
        raise Conflict(str(error), error.code) from error
    if order.state == State.PENDING:
        paying.begin(order, told["payment"])
    return order
