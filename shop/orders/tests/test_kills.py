"""The web or a worker is killed anywhere in the checkout: no order is lost, doubled or half paid."""

import json
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from catalog.models import Variant
from catalog.tests.surroundings import of_a_process
from shop.cart import carts
from shop.cart.tests.makers import a_cart, a_variant, shipping
from shop.orders import mails, sweeping
from shop.orders.models import Order, OrderLine, OrderMail
from shop.orders.states import State
from shop.orders.tests.makers import ADDRESS, an_order, paid
from shop.payments import paying, refunds
from shop.payments.models import Payment, Refund

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("valkey")]

STOCK = 5
CHECKOUT = reverse("checkout")


def killed(place, step, mail_folder, **given):
    """Run the step in a process that is killed at the place; fails if it never came there."""
    command = [sys.executable, "-W", "ignore", "-m", "shop.orders.tests.killable", place, step]
    done = subprocess.run(
        command,
        check=False,
        input=json.dumps(given),
        env=of_a_process(EMAIL_URL=f"filemail:///{mail_folder}"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -9, f"{place}: {done.stderr[-2000:]}"


def nothing_is_half_done():
    """What must hold between any two steps: stock, sums and states fit each other."""
    sold = OrderLine.objects.exclude(order__state__in=["cancelled", "returned"])
    out = sold.aggregate(pieces=Sum("quantity"))["pieces"] or 0
    assert Variant.objects.get().stock == STOCK - out
    for order in Order.objects.all():
        assert order.lines.exists()
        assert order.mails.filter(kind="placed").exists()
        assert (order.paid is not None) == order.payments.exclude(settled=None).exists()
        assert (order.state == State.PAID) == (order.paid is not None)


@pytest.fixture
def form(client):
    """A guest in front of a filled-in checkout."""
    shipping()
    cart = a_cart((a_variant(stock=STOCK), 1))
    session = client.session
    session[carts.SESSION] = str(cart.pk)
    session.save()
    page = client.get(CHECKOUT)
    asked = page.context["form"]
    agreed = re.search(r'name="agreed" value="([\d.]+)"', page.text)[1]
    chosen = {"key": str(asked["key"].value()), "method": asked.offers[0].method.pk, "payment": "trial"}
    return ADDRESS | chosen | {"email": "ada@example.com", "agreed": agreed, "order": "1"}


@pytest.mark.parametrize(
    ("place", "orders"),
    [
        ("before stock is taken", 0),
        ("after stock was taken", 0),
        ("after the order was placed", 1),
        ("after the payment began", 1),
    ],
)
def test_the_web_is_killed_while_it_places_an_order(client, form, tmp_path, place, orders):
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    killed(place, "web", tmp_path, address=CHECKOUT, form=form, session=session)
    assert Order.objects.count() == orders
    nothing_is_half_done()
    again = client.post(CHECKOUT, form)  # the customer reloads
    order = Order.objects.get()
    if again["Location"] == order.get_absolute_url():
        again = client.post(reverse("order-pay", args=[order.secret]), {"payment": "trial"})
    page = client.get(again["Location"], follow=True)
    client.post(page.request["PATH_INFO"], {"end": "pay"})
    order.refresh_from_db()
    assert order.state == State.PAID
    assert Payment.objects.count() == 1
    nothing_is_half_done()


@pytest.mark.parametrize(
    ("place", "state"),
    [
        ("before the payment is settled", State.PENDING),
        ("while the order becomes paid", State.PENDING),
        ("after the payment was settled", State.PENDING),
    ],
)
def test_the_web_is_killed_while_a_provider_tells_of_a_payment(client, tmp_path, place, state):
    order = an_order((a_variant(stock=STOCK), 1))
    payment = paying.begin(order, "trial")
    killed(place, "web", tmp_path, address=payment.get_process_url(), form={"end": "pay"})
    order.refresh_from_db()
    assert order.state == state  # all of it is one transaction
    nothing_is_half_done()
    client.post(payment.get_process_url(), {"end": "pay"})  # the provider tells it again
    order.refresh_from_db()
    assert order.state == State.PAID
    assert OrderMail.objects.filter(kind="paid").count() == 1
    nothing_is_half_done()


@pytest.mark.parametrize("place", ["before the e-mail is sent", "after the e-mail was sent"])
def test_a_worker_is_killed_while_it_sends_an_email(tmp_path, place):
    mail = an_order().mails.get()
    killed(place, "mail", tmp_path, pk=mail.pk)
    assert len(list(tmp_path.glob("*.log"))) == (place == "after the e-mail was sent")
    mail.refresh_from_db()
    assert (mail.sent, mail.attempts) == (None, 1)
    OrderMail.objects.update(created=timezone.now() - timedelta(minutes=1))
    assert sweeping.sweep()["mails"] == 1  # it may come twice, and is never lost
    assert mails.send(mail.pk) is None


@pytest.mark.parametrize(
    "place", ["before the provider is asked", "after the provider gave back", "while the refund is written down"]
)
def test_a_worker_is_killed_while_money_goes_back(tmp_path, place):
    payment = paid(an_order((a_variant(stock=STOCK), 1)))
    refund = refunds.give_back(payment, payment.total, key="k", reason="Torn")
    killed(place, "refund", tmp_path, pk=refund.pk)
    payment.order.refresh_from_db()
    assert payment.order.refunded == 0
    Refund.objects.update(started=timezone.now() - timedelta(minutes=3))
    assert sweeping.sweep()["refunds"] == 0  # not repeated without a keeper who looked at the provider's page
    refund.refresh_from_db()
    assert refund.failure.startswith("Interrupted.")
    refunds.retry(refund)
    assert refunds.carry_out(refund.pk)
    payment.order.refresh_from_db()
    assert payment.order.refunded == payment.total
