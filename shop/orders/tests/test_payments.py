"""A payment counts once, whenever it comes; money goes back once, and failures keep their reason."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from payments import PaymentError

from catalog.models import StockChange, Variant
from shop.cart.tests.makers import a_variant
from shop.orders import moves, sweeping
from shop.orders.models import Order, OrderMail
from shop.orders.moves import MoveRefused
from shop.orders.tests.makers import an_order, paid
from shop.payments import paying, refunds, settling
from shop.payments.models import Payment, Refund
from shop.payments.providers.trial import TrialProvider
from shop.payments.refunds import RefundRefused

pytestmark = pytest.mark.django_db


def stock():
    return Variant.objects.get().stock


class TestAPayment:
    def test_pays_its_order(self, sent):
        order = an_order()
        payment = paid(order)
        assert (order.state, order.paid is not None) == ("paid", True)
        assert [event.state for event in order.events.all()] == ["pending", "paid"]
        assert list(OrderMail.objects.values_list("kind", flat=True)) == ["placed", "paid"]
        assert Payment.objects.get(pk=payment.pk).settled

    def test_told_twice_pays_once(self):
        order = an_order()
        payment = paid(order)
        payment.change_status("confirmed")
        assert not settling.settle(payment.pk)
        assert order.events.count() == 2
        assert OrderMail.objects.count() == 2

    def test_that_a_killed_process_left_is_settled_by_the_sweep(self):
        order = an_order()
        payment = paying.begin(order, "trial")
        Payment.objects.filter(pk=payment.pk).update(status="confirmed")
        assert sweeping.sweep()["settled"] == 1
        order.refresh_from_db()
        assert order.state == "paid"

    def test_beside_another_is_given_back(self, sent):
        order = an_order()
        first = paying.begin(order, "trial")
        second = Payment.objects.create(order=order, variant="trial", total=order.total, currency="EUR")
        first.change_status("confirmed")
        second.change_status("confirmed")
        refund = Refund.objects.get()
        assert (refund.payment, refund.amount, refund.reason) == (second, order.total, "Paid twice.")
        assert sent[-1] == ("refund", refund.pk)

    def test_that_comes_late_has_its_goods_if_they_are_there(self):
        order = an_order()
        payment = paying.begin(order, "trial")
        moves.move(order, "cancelled")
        assert stock() == 5
        payment.change_status("confirmed")
        order.refresh_from_db()
        assert (order.state, stock()) == ("paid", 4)

    def test_that_comes_late_is_given_back_if_they_are_sold(self):
        order = an_order()
        payment = paying.begin(order, "trial")
        moves.move(order, "cancelled")
        Variant.objects.update(stock=0)
        payment.change_status("confirmed")
        order.refresh_from_db()
        assert (order.state, Refund.objects.get().amount) == ("cancelled", order.total)

    def test_that_is_open_goes_on(self):
        order = an_order()
        assert paying.begin(order, "trial") == paying.begin(order, "trial")
        Payment.objects.update(status="rejected")
        assert paying.begin(order, "trial").status == "waiting"
        assert Payment.objects.count() == 2

    @pytest.mark.parametrize("state", ["paid", "cancelled"])
    def test_of_what_cannot_be_paid_is_refused(self, state):
        order = moves.move(an_order(), state)
        with pytest.raises(paying.PayRefused, match="cannot be paid"):
            paying.begin(order, "trial")


class TestTheTrial:
    @pytest.fixture
    def payment(self):
        return paying.begin(an_order(), "trial")

    @pytest.mark.parametrize(
        ("end", "status", "state"),
        [("pay", "confirmed", "paid"), ("refuse", "rejected", "pending"), ("cancel", "cancelled", "pending")],
    )
    def test_ends_as_it_is_told(self, client, payment, end, status, state):
        page = client.get(reverse("pay", args=[payment.token]), follow=True)
        assert "no money moves" in page.text
        response = client.post(payment.get_process_url(), {"end": end})
        assert response["Location"] == payment.order.get_absolute_url()
        payment.refresh_from_db()
        payment.order.refresh_from_db()
        assert (payment.status, payment.order.state) == (status, state)

    def test_that_ended_cannot_end_otherwise(self, client, payment):
        client.post(payment.get_process_url(), {"end": "refuse"})
        client.post(payment.get_process_url(), {"end": "pay"})
        payment.refresh_from_db()
        assert payment.status == "rejected"


class TestAnUnpaidOrder:
    def test_gives_its_stock_back_when_its_time_is_over(self):
        order = an_order()
        assert (stock(), sweeping.sweep()["lapsed"]) == (4, 0)
        Order.objects.update(pay_until=timezone.now() - timedelta(seconds=1))
        assert sweeping.sweep()["lapsed"] == 1
        order.refresh_from_db()
        assert (order.state, stock()) == ("cancelled", 5)
        assert StockChange.objects.first().reason == "released"
        assert sweeping.sweep()["lapsed"] == 0

    def test_waits_a_little_longer_for_who_is_just_paying(self, client):
        order = an_order()
        payment = paying.begin(order, "trial")
        client.get(reverse("pay", args=[payment.token]))
        Order.objects.update(pay_until=timezone.now() - timedelta(seconds=1))
        assert sweeping.sweep()["lapsed"] == 0
        Payment.objects.update(modified=timezone.now() - timedelta(minutes=16))
        assert sweeping.sweep()["lapsed"] == 1

    def test_cannot_be_kept_by_trying_to_pay_again_and_again(self):
        order = an_order()
        payment = paying.begin(order, "trial")
        Payment.objects.update(status="input")
        Order.objects.update(pay_until=timezone.now() - timedelta(minutes=14))
        assert sweeping.sweep()["lapsed"] == 0
        payment.change_status("cancelled")
        with pytest.raises(paying.PayRefused, match="The time to pay this order is over"):
            paying.begin(order, "trial")
        Payment.objects.update(status="input")
        Order.objects.update(pay_until=timezone.now() - timedelta(minutes=16))
        assert sweeping.sweep()["lapsed"] == 1


class TestAMove:
    def test_follows_the_rules_and_is_written_down(self, django_user_model):
        keeper = django_user_model.objects.create(username="keeper")
        order = an_order()
        paid(order)
        moves.move(order, "packed", by=keeper)
        moves.move(order, "shipped", by=keeper, tracking="DHL 1", note="Gave it to Tom")
        assert order.tracking == "DHL 1"
        assert [(e.state, e.by, e.note) for e in order.events.all()][2:] == [
            ("packed", keeper, ""),
            ("shipped", keeper, "Gave it to Tom"),
        ]
        assert OrderMail.objects.last().kind == "shipped"
        with pytest.raises(MoveRefused, match="“shipped” cannot become “paid”"):
            moves.move(order, "paid")

    def test_made_twice_is_made_once(self):
        order = an_order()
        moves.move(order, "cancelled")
        moves.move(order, "cancelled")
        assert stock() == 5
        assert order.events.count() == 2

    @pytest.mark.parametrize(("steps", "reason"), [(["cancelled"], "cancelled"), (["shipped", "returned"], "returned")])
    def test_that_ends_a_paid_order_puts_its_goods_back(self, steps, reason):
        order = an_order()
        paid(order)
        for step in steps:
            moves.move(order, step)
        assert (stock(), StockChange.objects.first().reason) == (5, reason)


class TestARefund:
    @pytest.fixture
    def payment(self):
        return paid(an_order((a_variant(price="100"), 1)))

    def give(self, payment, amount, key="k", **more):
        return refunds.give_back(payment, Decimal(amount), key=key, reason="Torn seam", **more)

    def test_goes_back_in_parts_up_to_all_of_it(self, payment):
        order = payment.order
        assert refunds.carry_out(self.give(payment, "30").pk)
        order.refresh_from_db()
        assert (order.refunded, refunds.left_of(payment)) == (30, Decimal("74.90"))
        with pytest.raises(RefundRefused, match=r"Between nothing and €74\.90"):
            self.give(payment, "75", key="more")
        assert refunds.carry_out(self.give(payment, "74.90", key="rest").pk)
        payment.refresh_from_db()
        order.refresh_from_db()
        assert (payment.status, order.refunded) == ("refunded", order.total)
        assert OrderMail.objects.filter(kind="refunded").count() == 2

    def test_with_the_same_key_is_given_once(self, payment):
        assert self.give(payment, "30") == self.give(payment, "30")
        refund = Refund.objects.get()
        assert refunds.carry_out(refund.pk)
        assert refunds.carry_out(refund.pk) is None

    def test_can_end_the_order(self, payment):
        self.give(payment, "104.90", restock=True)
        payment.order.refresh_from_db()
        assert (payment.order.state, stock()) == ("cancelled", 5)

    def test_that_the_provider_refuses_keeps_the_reason_and_can_be_tried_again(self, payment, monkeypatch):
        refund = self.give(payment, "30")
        with monkeypatch.context() as patch:
            patch.setattr(TrialProvider, "refund", lambda *_: (_ for _ in ()).throw(PaymentError("No funds")))
            for _ in range(3):
                assert refunds.carry_out(refund.pk) is False
            assert refunds.carry_out(refund.pk) is None
        refund.refresh_from_db()
        assert (refund.attempts, "No funds" in refund.failure) == (3, True)
        refunds.retry(refund)
        assert refunds.carry_out(refund.pk)
        refund.refresh_from_db()
        assert (refund.failure, refund.done is not None) == ("", True)

    def test_that_was_interrupted_is_not_repeated_by_itself(self, payment):
        refund = self.give(payment, "30")
        Refund.objects.update(started=timezone.now() - timedelta(minutes=3), attempts=1)
        assert sweeping.sweep()["refunds"] == 0
        refund.refresh_from_db()
        assert refund.failure.startswith("Interrupted.")
        assert refund.done is None

    def test_that_nobody_was_told_of_is_found_by_the_sweep(self, payment):
        self.give(payment, "30")
        Refund.objects.update(created=timezone.now() - timedelta(minutes=1))
        assert sweeping.sweep()["refunds"] == 1

    @pytest.mark.parametrize("amount", ["0", "-1", "104.91"])
    def test_of_what_was_not_paid_is_refused(self, payment, amount):
        with pytest.raises(RefundRefused):
            self.give(payment, amount)
        assert not Refund.objects.exists()
