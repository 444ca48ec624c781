"""An order is placed once, at the total agreed to, with what was there."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import StockChange, Variant
from shop.cart.tests.makers import a_cart, a_variant, shipping
from shop.orders import moves
from shop.orders.models import Order, OrderMail
from shop.orders.placing import OrderRefused, place_order
from shop.orders.tests.makers import a_wish, an_order
from shop.prices.models import Voucher

pytestmark = pytest.mark.django_db


def stock_of(variant):
    return Variant.objects.get(pk=variant.pk).stock


def refused(cart, wish, sentence):
    """Nothing is ordered, and nothing is lost."""
    before = [cart.lines.count(), Order.objects.count(), StockChange.objects.count(), OrderMail.objects.count()]
    with pytest.raises(OrderRefused, match=sentence) as error:
        place_order(cart, wish)
    assert [cart.lines.count(), Order.objects.count(), StockChange.objects.count(), OrderMail.objects.count()] == before
    return error.value.code


def test_an_order_is_a_copy_of_what_was_agreed_to(sent):
    shirt, dress = a_variant(stock=5), a_variant("Dress", "89.90", stock=1)
    cart = a_cart((shirt, 2), (dress, 1))
    cart.lines.filter(variant=dress).update(seen="a-token")
    order = place_order(cart, a_wish(cart, note="Ring twice"))
    assert (order.goods, order.shipping, order.total) == (Decimal("129.90"), 0, Decimal("129.90"))
    assert order.tax == Decimal("20.74")  # 19% in it
    assert [(line.name, line.size, line.quantity, line.price, line.searched) for line in order.lines.all()] == [
        ("Linen shirt", "M", 2, 20, False),
        ("Dress", "M", 1, Decimal("89.90"), True),
    ]
    assert order.address_lines == ["Ada Lovelace", "12 Square", "10115 Berlin", "Germany"]
    assert (order.state, order.note, order.email) == ("pending", "Ring twice", "ada@example.com")
    assert (stock_of(shirt), stock_of(dress)) == (3, 0)
    assert {(c.reason, c.reference) for c in StockChange.objects.all()} == {("sold", order.number)}
    assert not cart.lines.exists()
    assert [kind for kind, _ in sent] == ["mail"]


def test_the_catalogue_may_change_afterwards():
    order = an_order()
    Variant.objects.get().product.delete()
    assert order.lines.get().name == "Linen shirt"
    assert order.lines.get().price == 20


def test_the_same_key_is_the_same_order():
    variant = a_variant()
    cart = a_cart((variant, 1))
    wish = a_wish(cart)
    first = place_order(cart, wish)
    assert place_order(cart, wish) == first
    assert (Order.objects.count(), stock_of(variant)) == (1, 4)


def test_another_total_than_agreed_orders_nothing():
    variant = a_variant(price="20")
    cart = a_cart((variant, 1))
    wish = a_wish(cart)
    Variant.objects.update(price=25)
    assert refused(cart, wish, "The total is €29.90 by now, not €24.90") == "total"


def test_more_than_there_is_orders_nothing():
    first, second = a_variant(stock=5), a_variant("Dress", stock=1)
    cart = a_cart((first, 1), (second, 2))
    assert refused(cart, a_wish(cart), r"What is left: Dress \(Red, M\): 1") == "sold_out"
    assert stock_of(first) == 5


def test_what_is_no_longer_sold_orders_nothing():
    variant = a_variant()
    cart = a_cart((variant, 1))
    wish = a_wish(cart)
    variant.product.status = "archived"
    variant.product.save()
    assert refused(cart, wish, "Linen shirt is no longer sold") == "gone"


def test_an_empty_cart_orders_nothing():
    cart = a_cart((a_variant(), 1))
    wish = a_wish(cart)
    cart.lines.all().delete()
    assert refused(cart, wish, "Your cart is empty") == "empty"


def test_a_way_that_does_not_go_there_orders_nothing():
    method = shipping()
    cart = a_cart((a_variant(), 1))
    wish = a_wish(cart)
    method.countries = ["AT"]
    method.save()
    assert refused(cart, wish, "does not go there") == "shipping"


class TestAVoucher:
    @pytest.fixture
    def voucher(self):
        return Voucher.objects.create(code="TEN", kind="percent", value=10)

    def test_lowers_the_order(self, voucher):
        cart = a_cart((a_variant(), 1), voucher=voucher)
        order = place_order(cart, a_wish(cart))
        assert (order.discount, order.voucher_code) == (2, "TEN")
        cart.refresh_from_db()
        assert cart.voucher is None

    def test_that_ended_meanwhile_orders_nothing(self, voucher):
        cart = a_cart((a_variant(), 1), voucher=voucher)
        wish = a_wish(cart)
        Voucher.objects.update(ends=timezone.now() - timedelta(seconds=1))
        assert refused(cart, wish, "no longer valid") == "voucher"

    @pytest.mark.parametrize(
        ("limits", "sentence"), [({"uses": 1}, "is used up"), ({"uses_each": 1}, "You have used the voucher TEN")]
    )
    def test_is_used_as_often_as_it_may(self, voucher, limits, sentence):
        Voucher.objects.update(**limits)
        first = a_cart((a_variant(), 1), voucher=voucher)
        order = place_order(first, a_wish(first, email="Ada@example.com"))
        second = a_cart((a_variant(), 1), voucher=voucher)
        assert refused(second, a_wish(second), sentence) == "voucher"
        moves.move(order, "cancelled")
        assert place_order(second, a_wish(second)).discount == 2

    def test_used_as_a_guest_is_used_after_signing_in_too(self, voucher, django_user_model):
        Voucher.objects.update(uses_each=1)
        first = a_cart((a_variant(), 1), voucher=voucher)
        place_order(first, a_wish(first))
        second = a_cart((a_variant(), 1), voucher=voucher)
        signed_in = a_wish(second, owner=django_user_model.objects.create(username="ada"))
        assert refused(second, signed_in, "You have used the voucher TEN") == "voucher"

    def test_for_one_use_each_is_for_everyone_once(self, voucher):
        Voucher.objects.update(uses_each=1)
        for email in ("ada@example.com", "bob@example.com"):
            cart = a_cart((a_variant(), 1), voucher=voucher)
            assert place_order(cart, a_wish(cart, email=email)).discount == 2


def test_a_number_is_read_aloud_without_mistakes():
    numbers = {an_order().number for _ in range(20)}
    assert len(numbers) == 20
    assert not set("".join(numbers)) & set("01OI")


def test_an_order_of_nothing_to_pay_is_still_an_order():
    method = shipping(price="0")
    voucher = Voucher.objects.create(code="ALL", kind="amount", value=500)
    cart = a_cart((a_variant(), 1), voucher=voucher)
    order = place_order(cart, replace(a_wish(cart), method=method))
    assert (order.total, order.state) == (0, "paid")
