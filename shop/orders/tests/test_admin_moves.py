"""What a keeper does to orders: moves, refunds and e-mails, by the same functions as everybody else."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from catalog import stock
from catalog.tests.factories import VariantFactory
from shop.orders.models import Order, OrderMail
from shop.orders.tests.records import a_payment, an_order
from shop.payments import refunds
from shop.payments.models import Refund

pytestmark = pytest.mark.django_db

LIST = reverse("admin:orders_order_changelist")


@pytest.fixture
def keeper(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))
    return client


def move(order, to):
    return reverse("admin:orders_order_move", args=[order.pk, to])


def told(order):
    """The history: states, notes and who."""
    return [(event.state, event.note, str(event.by)) for event in order.events.order_by("pk")]


def test_an_order_is_packed_and_shipped_with_a_tracking_number(keeper):
    order = an_order()
    assert "Mark as packed" in keeper.get(move(order, "packed")).text
    keeper.post(move(order, "packed"), {"note": "fragile"})
    keeper.post(move(order, "shipped"), {"note": "", "tracking": "DHL 4711"})
    order.refresh_from_db()
    assert (order.state, order.tracking) == ("shipped", "DHL 4711")
    assert told(order) == [("packed", "fragile", "keeper"), ("shipped", "", "keeper")]
    assert order.mails.filter(kind="shipped").count() == 1


def test_looking_at_a_move_makes_none(keeper):
    order = an_order()
    keeper.get(move(order, "shipped"))
    order.refresh_from_db()
    assert order.state == "paid"


def test_a_move_that_its_state_does_not_allow_is_refused(keeper):
    order = an_order(state="delivered")
    response = keeper.post(move(order, "packed"), {"note": ""}, follow=True)
    assert "that is not possible any more" in response.text
    assert keeper.get(move(order, "stolen")).status_code == 404
    order.refresh_from_db()
    assert order.state == "delivered"


def test_a_cancelled_order_gives_its_pieces_back(keeper):
    variant = VariantFactory(price=20, stock=5)
    stock.take({variant.pk: 2}, reference="V-1")
    order = an_order((variant, 2, False))
    keeper.post(move(order, "cancelled"), {"note": "changed her mind"})
    variant.refresh_from_db()
    order.refresh_from_db()
    assert (order.state, variant.stock) == ("cancelled", 5)


def test_many_orders_are_packed_at_once_and_the_others_are_named(keeper):
    ready, gone = [an_order(), an_order()], an_order(state="delivered")
    data = {"action": "pack", "_selected_action": [order.pk for order in (*ready, gone)]}
    page = keeper.post(LIST, data)
    assert page.context["cannot"] == [gone]
    response = keeper.post(
        reverse("admin:orders_order_moves", args=["packed"]), {"ids": page.context["ids"]}, follow=True
    )
    assert "2 orders are packed now." in response.text
    assert sorted(Order.objects.values_list("state", flat=True)) == ["delivered", "packed", "packed"]


def test_one_that_was_moved_meanwhile_is_named_and_the_others_go_on(keeper):
    ready, gone = an_order(), an_order(state="cancelled")
    address = reverse("admin:orders_order_moves", args=["packed"])
    response = keeper.post(address, {"ids": f"{ready.pk},{gone.pk}"}, follow=True)
    assert f"{gone.number}: " in response.text
    assert "1 order is packed now." in response.text


def refund(order, payment):
    return reverse("admin:orders_order_refund", args=[order.pk, payment.pk])


def test_a_refund_sent_twice_is_one(keeper):
    order = an_order()  # 20 and 5 of shipping
    payment = a_payment(order)
    assert "up to €25.00" in keeper.get(refund(order, payment)).text
    sent = {"amount": "10", "reason": "stain", "key": uuid4()}
    for _ in range(2):
        assert keeper.post(refund(order, payment), sent).status_code == 302
    given = Refund.objects.get()
    refunds.carry_out(given.pk)
    order.refresh_from_db()
    assert (order.refunded, given.by.username) == (Decimal(10), "keeper")
    assert told(order) == [("", "€10.00 go back: stain", "keeper")]
    assert "up to €15.00" in keeper.get(refund(order, payment)).text


def test_more_than_was_paid_is_not_given_back(keeper):
    order = an_order()
    payment = a_payment(order)
    response = keeper.post(refund(order, payment), {"amount": "25.01", "reason": "stain", "key": uuid4()})
    assert response.status_code == 200
    assert response.context["form"].errors
    order.refresh_from_db()
    assert order.refunded == 0


def test_a_refund_puts_the_pieces_back_if_asked(keeper):
    variant = VariantFactory(price=20, stock=5)
    stock.take({variant.pk: 2}, reference="V-1")
    order = an_order((variant, 2, False), state="shipped")
    payment = a_payment(order)
    sent = {"amount": "40", "reason": "too small", "restock": "on", "key": uuid4()}
    assert keeper.post(refund(order, payment), sent).status_code == 302
    variant.refresh_from_db()
    order.refresh_from_db()
    assert (variant.stock, order.state) == (5, "returned")


def test_a_refund_that_failed_is_shown_with_its_reason_and_tried_again(keeper):
    order = an_order()
    payment = a_payment(order)
    keeper.post(refund(order, payment), {"amount": "10", "reason": "stain", "key": uuid4()})
    Refund.objects.update(failure="the provider is away", attempts=3)
    page = reverse("admin:orders_order_change", args=[order.pk])
    assert "failed: the provider is away" in keeper.get(page).text
    assert keeper.get(LIST, {"waits": "refund"}).context["cl"].result_count == 1
    again = reverse("admin:orders_order_refund_again", args=[order.pk, Refund.objects.get().pk])
    assert keeper.get(again).status_code == 403
    assert keeper.post(again).url == page
    given = Refund.objects.get()
    assert (given.failure, given.attempts) == ("", 0)
    assert keeper.post(again).status_code == 404


def test_an_email_that_failed_is_sent_again(keeper):
    order = an_order()
    mail = OrderMail.objects.create(order=order, kind="paid", failure="no server", attempts=3)
    address = reverse("admin:orders_order_mail", args=[order.pk, mail.pk])
    assert keeper.get(address).status_code == 403
    assert keeper.post(address).status_code == 302
    mail.refresh_from_db()
    assert (mail.failure, mail.attempts) == ("", 0)


def test_the_payment_of_another_order_is_not_found(keeper):
    order, payment = an_order(), a_payment(an_order())
    assert keeper.get(refund(order, payment)).status_code == 404
