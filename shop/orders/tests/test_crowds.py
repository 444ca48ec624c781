"""Many at once: nothing is oversold, nothing is doubled, nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection

from catalog.models import StockChange, Variant
from shop.cart.tests.makers import a_cart, a_variant, shipping
from shop.orders import moves
from shop.orders.models import Order, OrderMail
from shop.orders.placing import OrderRefused, place_order
from shop.orders.tests.makers import a_wish, an_order
from shop.payments import paying, settling
from shop.payments.models import Payment
from shop.prices.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS, PIECES = 200, 20
AT_ONCE = 150  # connections; the embedded PostgreSQL takes 200


def all_at_once(tasks, at_once=AT_ONCE):
    """What each task gave, or the refusal; they start together, as many as there are threads."""
    gate = Barrier(min(at_once, len(tasks)))

    def run(number):
        try:
            if number < gate.parties:
                gate.wait(30)
            return tasks[number]()
        except OrderRefused as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(gate.parties) as pool:
        return list(pool.map(run, range(len(tasks))))


def test_two_hundred_buyers_for_twenty_pieces():
    shipping()
    variant = a_variant(stock=PIECES)
    wishes = [(cart, a_wish(cart)) for cart in (a_cart((variant, 1)) for _ in range(BUYERS))]
    results = all_at_once([lambda each=each: place_order(*each) for each in wishes])
    sold = [one for one in results if isinstance(one, Order)]
    assert len(sold) == Order.objects.count() == PIECES
    assert {one.code for one in results if isinstance(one, OrderRefused)} == {"sold_out"}
    assert Variant.objects.get().stock == 0
    assert StockChange.objects.count() == PIECES
    assert sum(cart.lines.count() for cart, _ in wishes) == BUYERS - PIECES  # who got nothing has it in the cart still


def test_carts_with_the_same_things_in_another_order_never_wait_for_each_other():
    shipping()
    first, second = a_variant("One", stock=30), a_variant("Two", stock=30)
    carts = [a_cart(*pair) for pair in [((first, 1), (second, 1)), ((second, 1), (first, 1))] * 15]
    results = all_at_once([lambda cart=cart: place_order(cart, a_wish(cart)) for cart in carts])
    assert all(isinstance(one, Order) for one in results)
    assert set(Variant.objects.values_list("stock", flat=True)) == {0}


def test_one_page_sent_twenty_times_at_once_is_one_order():
    shipping()
    cart = a_cart((a_variant(stock=50), 1))
    wish = a_wish(cart)
    results = all_at_once([lambda: place_order(cart, wish)] * 20)
    assert {one.pk for one in results} == {Order.objects.get().pk}
    assert Variant.objects.get().stock == 49


def test_one_key_for_two_carts_is_one_order():
    shipping()
    carts = [a_cart((a_variant(f"Thing {n}"), 1)) for n in range(2)]
    wishes = [a_wish(cart) for cart in carts]
    wishes[1] = replace(wishes[1], key=wishes[0].key)
    results = all_at_once([lambda each=each: place_order(*each) for each in zip(carts, wishes, strict=True)])
    assert {one.pk for one in results} == {Order.objects.get().pk}
    assert sorted(Variant.objects.values_list("stock", flat=True)) == [4, 5]


def test_a_voucher_for_three_is_used_by_three():
    shipping()
    voucher = Voucher.objects.create(code="THREE", kind="percent", value=10, uses=3)
    carts = [a_cart((a_variant(f"Thing {n}"), 1), voucher=voucher) for n in range(12)]
    results = all_at_once([lambda cart=cart: place_order(cart, a_wish(cart)) for cart in carts])
    assert sum(isinstance(one, Order) for one in results) == 3
    assert voucher.orders.count() == 3


def test_a_payment_told_of_by_ten_at_once_pays_once():
    order = an_order()
    payment = paying.begin(order, "trial")
    Payment.objects.update(status="confirmed")
    results = all_at_once([lambda: settling.settle(payment.pk)] * 10)
    assert sorted(results) == [False] * 9 + [True]
    assert order.events.filter(state="paid").count() == 1
    assert OrderMail.objects.filter(kind="paid").count() == 1


def test_paid_and_lapsed_at_once_is_one_of_them():
    for _ in range(5):
        order = an_order((a_variant(stock=1), 1))
        payment = paying.begin(order, "trial")
        Payment.objects.filter(pk=payment.pk).update(status="confirmed")

        def lapse(order=order):
            try:
                return moves.move(order, "cancelled")
            except moves.MoveRefused:  # which a keeper may make of a paid order: it then gives the money back
                return None

        all_at_once([lambda payment=payment: settling.settle(payment.pk), lapse])
        order.refresh_from_db()
        line = order.lines.get()
        assert Variant.objects.get(pk=line.variant_id).stock == (0 if order.state == "paid" else 1)
