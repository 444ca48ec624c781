"""Prices and states of many products: looked at before they are written, and written all or none."""

from decimal import Decimal

import pytest
from django.urls import reverse

from catalog import bulk
from catalog.models import Product, Variant
from catalog.tests.factories import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db

PRICES = reverse("admin:catalog_product_prices")


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


def planned(variant, move, value="0", rounding="cent"):
    (line,) = bulk.plan([variant], move, Decimal(value), rounding)
    return line.price, line.price_before, line.refusal


def variant(price, before=None):
    return Variant(sku="A", price=Decimal(price), price_before=before and Decimal(before))


@pytest.mark.parametrize(
    ("move", "value", "price", "before", "then"),
    [
        ("raise-percent", "10", "20", None, ("22.00", None)),
        ("lower-percent", "10", "19.99", None, ("17.99", None)),
        ("raise-amount", "1.50", "20", "30", ("21.50", "31.50")),
        ("lower-amount", "5", "20", "30", ("15.00", "25.00")),
        ("sale", "25", "20", None, ("15.00", "20")),
        ("sale", "50", "20", "30", ("15.00", "30")),  # of the usual price, however low it is just now
        ("end-sale", "0", "20", "30", ("30", None)),
        ("end-sale", "0", "20", None, ("20", None)),
    ],
)
def test_moves(move, value, price, before, then):
    wanted = Decimal(then[0]), then[1] and Decimal(then[1]), ""
    assert planned(variant(price, before), move, value) == wanted


@pytest.mark.parametrize(
    ("rounding", "amount", "then"),
    [
        ("cent", "12.345", "12.35"),
        ("five", "12.33", "12.35"),
        ("five", "12.32", "12.30"),
        ("whole", "12.50", "13.00"),
        ("99", "12.60", "12.99"),
        ("99", "12.40", "11.99"),
        ("95", "0.10", "0.95"),
    ],
)
def test_rounding(rounding, amount, then):
    assert bulk.rounded(Decimal(amount), rounding) == Decimal(then)


def test_prices_that_cannot_be_are_refused_with_a_sentence():
    assert planned(variant("3"), "lower-amount", "5")[2] == "It would cost less than nothing."
    assert planned(variant("99999999"), "raise-percent", "50")[2] == "It would cost more than there is room for."
    said = "The sale would not be below the price before."
    assert planned(variant("1.00"), "sale", "10", "whole")[2] == said
    assert planned(variant("1.00", "1.20"), "raise-percent", "1", "whole")[2] == said


def chosen(keeper, products, action="change_prices"):
    data = {"action": action, "_selected_action": [product.pk for product in products]}
    return keeper.post(reverse("admin:catalog_product_changelist"), data)


def test_a_keeper_sees_prices_before_and_after_and_writes_them(keeper):
    red = VariantFactory(price=20)
    VariantFactory(price=30)
    page = chosen(keeper, [red.product])
    sent = {"ids": page.context["ids"], "move": "sale", "value": "25", "rounding": "99"}
    page = keeper.post(PRICES, sent | {"do": "look"})
    assert "€14.99" in page.text
    assert "Change 1 price" in page.text
    red.refresh_from_db()
    assert red.price == 20
    response = keeper.post(PRICES, sent | {"do": "write", "seen": page.context["seen"]}, follow=True)
    assert "1 price was changed." in response.text
    assert sorted(Variant.objects.values_list("price", "price_before")) == [
        (Decimal("14.99"), Decimal(20)), (Decimal(30), None),
    ]  # fmt: skip


def test_prices_that_changed_meanwhile_are_shown_again_and_not_written(keeper):
    red = VariantFactory(price=20)
    sent = {"ids": red.product_id, "move": "raise-percent", "value": "10", "rounding": "cent"}
    seen = keeper.post(PRICES, sent | {"do": "look"}).context["seen"]
    Variant.objects.update(price=21)
    response = keeper.post(PRICES, sent | {"do": "write", "seen": seen})
    assert "Prices were changed meanwhile." in response.text
    assert "€23.10" in response.text
    red.refresh_from_db()
    assert red.price == 21


def test_one_impossible_price_keeps_all_as_they_are(keeper):
    cheap, dear = VariantFactory(price=3), VariantFactory(price=30)
    ids = f"{cheap.product_id},{dear.product_id}"
    sent = {"ids": ids, "move": "lower-amount", "value": "5", "rounding": "cent"}
    page = keeper.post(PRICES, sent | {"do": "look"})
    assert "It would cost less than nothing." in page.text
    assert 'value="write"' not in page.text
    page = keeper.post(PRICES, sent | {"do": "write", "seen": page.context["seen"]})
    assert "Some prices are not possible." in page.text
    assert set(Variant.objects.values_list("price", flat=True)) == {3, 30}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"move": "sale", "value": ""}, "By how much?"),
        ({"move": "sale", "value": "100"}, "Enter less than 100 per cent."),
        ({"move": "sale", "value": "many"}, "Enter a number."),
        ({"move": "steal", "value": "1"}, "Select a valid choice."),
    ],
)
def test_a_move_that_makes_no_sense_is_named(keeper, sent, said):
    red = VariantFactory(price=20)
    assert said in keeper.post(PRICES, sent | {"ids": red.product_id, "rounding": "cent", "do": "look"}).text


def test_too_many_products_at_once_are_refused(keeper, monkeypatch):
    monkeypatch.setattr("catalog.adminbulk.MOST", 1)
    products = ProductFactory.create_batch(2)
    response = chosen(keeper, products)
    assert response.status_code == 302
    assert "At most 1 products at once." in keeper.get(response.url).text


def test_who_may_only_look_changes_nothing(client, django_user_model):
    red = VariantFactory(price=20)
    client.force_login(django_user_model.objects.create(username="looker", is_staff=True))
    sent = {"ids": red.product_id, "move": "raise-amount", "value": "1", "rounding": "cent", "do": "write"}
    assert client.post(PRICES, sent).status_code == 403
    sent = {"ids": red.product_id, "status": "archived"}
    assert client.post(reverse("admin:catalog_product_status"), sent).status_code == 403
    assert Product.objects.get().status == "published"
