"""The keeper's pages of orders."""

import pytest
from django.urls import reverse

from catalog.tests.factories import VariantFactory
from shop.orders.models import OrderEvent, OrderMail
from shop.orders.tests.records import a_payment, an_order

pytestmark = pytest.mark.django_db

LIST = reverse("admin:orders_order_changelist")


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


def page(order):
    return reverse("admin:orders_order_change", args=[order.pk])


def numbers(response):
    return [order.number for order in response.context["cl"].result_list]


def test_the_list_finds_orders_by_number_address_name_and_state(keeper):
    first = an_order(email="bo@example.com", state="shipped")
    second = an_order()
    assert numbers(keeper.get(LIST)) == [second.number, first.number]
    for query in (first.number, "BO@EXAMPLE"):
        assert numbers(keeper.get(LIST, {"q": query})) == [first.number], query
    assert len(numbers(keeper.get(LIST, {"q": "ann exam"}))) == 2
    assert numbers(keeper.get(LIST, {"state__exact": "shipped"})) == [first.number]
    assert numbers(keeper.get(LIST, {"waits": "pack"})) == [second.number]


def test_the_list_takes_a_constant_number_of_queries(keeper, django_assert_num_queries):
    an_order()
    keeper.get(LIST)
    with django_assert_num_queries(3):
        keeper.get(LIST)
    for _ in range(5):
        an_order((VariantFactory(price=5), 2, True), (VariantFactory(price=9), 1, False))
    with django_assert_num_queries(3):
        keeper.get(LIST)


def test_an_order_is_shown_with_all_that_belongs_to_it(keeper, django_user_model, django_assert_max_num_queries):
    boss = django_user_model.objects.create(username="boss")
    order = an_order((VariantFactory(price=20, product__name="Red shirt"), 2, True), refunded="5", note="Ring twice")
    a_payment(order)
    OrderEvent.objects.create(order=order, state="paid", note="by transfer", by=boss)
    OrderMail.objects.create(order=order, kind="paid", failure="no server", attempts=3)
    with django_assert_max_num_queries(9):
        said = keeper.get(page(order)).text
    for part in (
        "Red shirt", "found with a photo", "€45.00", "Ring twice", "Main street 1", "by transfer", "boss", "no server",
        "Send it again", "Mark as packed", "Mark as shipped", "Cancel the order", "Refund…", "Packing slip",
    ):  # fmt: skip
        assert part in said, part
    assert "Mark as delivered" not in said


def test_the_packing_slip_names_what_goes_into_the_parcel_and_no_price(keeper):
    order = an_order((VariantFactory(price=20, sku="RED-M", product__name="Red shirt"), 2, False))
    said = keeper.get(reverse("admin:orders_order_slip", args=[order.pk])).text
    assert "RED-M" in said
    assert "Ann Example" in said
    assert "20.00" not in said


def test_an_order_that_is_not_there_is_not_found(keeper):
    for number in (0, 10**18):
        assert keeper.get(reverse("admin:orders_order_change", args=[number])).status_code == 404
