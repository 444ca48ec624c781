"""Cart and orders for apps: by a token of the customer, and by the same rules as the pages."""

from uuid import uuid4

import pytest
from django.urls import reverse

from catalog.models import Variant
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from shop.accounts import tokens
from shop.cart.models import Cart
from shop.cart.tests.makers import a_cart, a_variant, shipping
from shop.orders.models import Order
from shop.orders.tests.makers import ADDRESS, an_order
from shop.prices.models import Voucher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]

CART, LINES, ORDERS = (reverse(f"api-{name}") for name in ("cart", "cart-lines", "orders"))


@pytest.fixture
def ada(django_user_model):
    return django_user_model.objects.create(username="ada", email="ada@example.com")


@pytest.fixture
def app(client, ada):
    """Asks with Ada's token: a method, an address, and JSON."""
    field = {"Authorization": f"Bearer {tokens.issue(ada, 'Phone')}"}

    def ask(method, where, /, **data):
        return getattr(client, method)(where, data or None, content_type="application/json", headers=field)

    return ask


@pytest.fixture
def wish(app, ada):
    """What an app sends once it has shown Ada the total."""
    method = shipping()
    a_cart((a_variant(), 1), owner=ada)
    return {"key": str(uuid4()), "address": ADDRESS, "method": method.pk, "agreed": "24.90", "payment": "trial"}


def test_without_a_token_there_is_nothing(client):
    for address in (CART, ORDERS):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_a_cart_is_filled_changed_and_emptied(app):
    shipping()
    variant = a_variant(stock=5)
    put_in = app("post", LINES, sku=variant.sku, quantity=2).json()
    assert [(line["sku"], line["quantity"], line["total"]) for line in put_in["lines"]] == [(variant.sku, 2, "40.00")]
    assert (put_in["goods"], put_in["currency"], put_in["shipping"][0]["price"]) == ("40.00", "EUR", "4.90")
    line = reverse("api-cart-line", args=[variant.sku])
    assert app("put", line, quantity=5).json()["goods"] == "100.00"
    too_many = app("put", line, quantity=6)
    assert (too_many.status_code, too_many.json()["detail"]) == (409, "There are only 5 left.")
    assert app("delete", line).json()["lines"] == []


def test_it_is_the_same_cart_as_the_pages(app, client, ada):
    app("post", LINES, sku=a_variant().sku)
    client.force_login(ada)
    assert client.get(reverse("cart")).context["cart"].pieces == 1


@pytest.mark.parametrize(
    ("data", "field"), [({"sku": "none"}, "sku"), ({"sku": "x", "quantity": 0}, "quantity"), ({}, "sku")]
)
def test_nonsense_is_refused_with_its_field(app, data, field):
    answer = app("post", LINES, **data)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Cart.objects.filter(lines__isnull=False).exists()


def test_a_voucher_counts_or_says_why_not(app):
    Voucher.objects.create(code="TEN", kind="percent", value=10)
    app("post", LINES, sku=a_variant().sku)
    address = reverse("api-cart-voucher")
    assert app("put", address, code="ten").json()["discount"] == "2.00"
    assert app("put", address, code="nine").status_code == 409
    assert app("get", CART).json()["voucher"] == "TEN"
    assert app("delete", address).json()["discount"] == "0.00"


def test_an_order_is_placed_once_and_read(app, wish):
    placed = app("post", ORDERS, **wish)
    assert placed.status_code == 201
    order = Order.objects.get()
    assert (placed.json()["number"], placed.json()["total"], placed.json()["state"]) == (
        order.number,
        "24.90",
        "pending",
    )
    assert placed.json()["pay_url"].endswith(order.get_absolute_url())
    assert order.payments.count() == 1
    assert app("post", ORDERS, **wish).json()["number"] == order.number
    assert Order.objects.count() == 1
    assert [one["number"] for one in app("get", ORDERS).json()["results"]] == [order.number]
    assert app("get", reverse("api-order", args=[order.number])).json()["address"][0] == "Ada Lovelace"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"agreed": "0.01"}, 409, "total"),
        ({"method": 999999}, 400, "invalid"),
        ({"payment": "cash"}, 400, "invalid"),
        ({"address": ADDRESS | {"line1": ""}}, 400, "invalid"),
        ({"address": ADDRESS | {"country": "Germany"}}, 400, "invalid"),
    ],
)
def test_an_order_that_cannot_be_is_refused_with_the_reason(app, wish, change, status, code):
    answer = app("post", ORDERS, **wish | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Order.objects.exists()


def test_an_order_of_what_is_sold_meanwhile_is_refused(app, wish):
    Variant.objects.update(stock=0)
    assert app("post", ORDERS, **wish).json()["code"] == "sold_out"


def test_anothers_order_and_key_are_not_there(app, wish):
    other = an_order()
    assert app("get", reverse("api-order", args=[other.number])).status_code == 404
    assert app("get", ORDERS).json()["results"] == []
    answer = app("post", ORDERS, **wish | {"key": str(other.key)})
    assert (answer.status_code, "key" in answer.json()["errors"]) == (400, True)


class TestProducts:
    @pytest.fixture
    def names(self, client):
        return lambda **asked: [p["name"] for p in client.get("/api/v1/products/", asked).json()["results"]]

    def test_are_narrowed_and_sorted_as_on_the_pages(self, names):
        tops = CategoryFactory(name="Tops")
        for number, colour in enumerate(("Red", "Blue", "Red")):
            product = ProductFactory(name=f"Shirt {number}", category=tops, brand="Acme")
            VariantFactory(product=product, colour=colour, price=30 - number, stock=number)
        assert names(colour="red") == ["Shirt 2", "Shirt 0"]
        assert names(colour="red", in_stock="1") == ["Shirt 2"]
        assert names(sort="price-down", category="tops") == ["Shirt 0", "Shirt 1", "Shirt 2"]
        assert names(q="shirt", max_price="29", sort="price") == ["Shirt 2", "Shirt 1"]

    def test_are_sorted_by_what_there_is(self, client):
        answer = client.get("/api/v1/products/", {"sort": "weight"})
        assert (answer.status_code, "sort" in answer.json()["errors"]) == (400, True)
