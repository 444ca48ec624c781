"""The checkout as a guest and a customer meet it, without scripts."""

import re
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.urls import reverse

from catalog.models import Variant
from shop.accounts.models import Address
from shop.cart import carts
from shop.cart.tests.makers import a_cart, a_variant, shipping
from shop.orders import privacy
from shop.orders.models import Order
from shop.orders.tests.makers import ADDRESS, an_order, paid
from shop.prices.models import ShippingMethod, ShippingRate, Voucher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]

CHECKOUT = reverse("checkout")


@pytest.fixture
def cart(client):
    """A guest's cart with a shirt of 20 in it."""
    shipping()
    cart = a_cart((a_variant(), 1))
    session = client.session
    session[carts.SESSION] = str(cart.pk)
    session.save()
    return cart


@pytest.fixture
def form(client, cart):
    """What the page asks for, filled in."""
    page = client.get(CHECKOUT)
    asked = page.context["form"]
    return ADDRESS | {
        "email": "ada@example.com",
        "key": str(asked["key"].value()),
        "method": asked.offers[0].method.pk,
        "payment": "trial",
        "agreed": re.search(r'name="agreed" value="([\d.]+)"', page.text)[1],
        "order": "1",
    }


def test_a_guest_orders_pays_and_looks_at_it(client, form):
    way = client.post(CHECKOUT, form)
    order = Order.objects.get()
    assert way["Location"] == reverse("pay", args=[order.payments.get().token])
    page = client.get(way["Location"], follow=True)
    end = client.post(page.request["PATH_INFO"], {"end": "pay"}, follow=True)
    order.refresh_from_db()
    assert order.state == "paid"
    assert "Thank you for your order" in end.text
    assert order.number in end.text
    assert "€24.90" in end.text
    assert client.get(reverse("cart")).context["cart"].lines == []


def test_the_same_page_sent_twice_is_one_order(client, form):
    client.post(CHECKOUT, form)
    again = client.post(CHECKOUT, form)
    assert again["Location"] == Order.objects.get().get_absolute_url()


@pytest.mark.parametrize("missing", ["email", "name", "line1", "city"])
def test_what_is_missing_is_marked_and_the_rest_is_kept(client, form, missing):
    page = client.post(CHECKOUT, form | {missing: ""})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [missing]
    kept = "Berlin" if missing != "city" else "12 Square"
    assert f'value="{kept}"' in page.text
    assert not Order.objects.exists()


def test_a_price_that_changed_is_said_before_anything_is_ordered(client, form):
    Variant.objects.update(price=30)
    page = client.post(CHECKOUT, form, follow=True)
    assert page.redirect_chain[-1][0] == reverse("cart")
    assert "now costs €30.00; it was €20.00." in page.text
    assert not Order.objects.exists()


def test_a_shipping_price_that_changed_is_said_on_the_page(client, form):
    ShippingRate.objects.filter(price__gt=0).update(price=6)
    page = client.post(CHECKOUT, form)
    assert "The total is €26.00 by now, not €24.90." in page.text
    assert 'name="agreed" value="26.00"' in page.text
    assert 'value="12 Square"' in page.text
    assert not Order.objects.exists()


def test_a_total_from_the_page_is_not_trusted(client, form):
    client.post(CHECKOUT, form | {"agreed": "0.01"})
    client.post(CHECKOUT, form | {"agreed": ""})
    assert not Order.objects.exists()


def test_what_was_sold_meanwhile_leads_back_to_the_cart(client, form, cart):
    Variant.objects.update(stock=0)
    page = client.post(CHECKOUT, form, follow=True)
    assert "Sold out. Take it out to go on." in page.text
    assert not Order.objects.exists()


def test_the_country_changes_ways_and_sums_without_asking_for_the_rest(client, form, cart):
    far = shipping_to("VN", "19")
    page = client.post(CHECKOUT, {"country": "VN", "recalculate": "1", "city": "Hanoi", "key": form["key"]})
    asked = page.context["form"]
    assert [offer.method for offer in asked.offers][-1] == far
    assert "field__wrong" not in page.text
    assert 'value="Hanoi"' in page.text
    assert str(asked["key"].value()) == form["key"]


def shipping_to(country, price):
    method = ShippingMethod.objects.create(name="Far", countries=[country], position=9)
    method.rates.create(price=Decimal(price))
    return method


def test_where_nothing_goes_nothing_can_be_ordered(client, form, cart):
    ShippingMethod.objects.update(countries=["DE"])
    page = client.post(CHECKOUT, form | {"country": "VN"})
    assert page.status_code == 200
    assert not Order.objects.exists()


def test_an_empty_cart_has_no_checkout(client):
    assert client.get(CHECKOUT)["Location"] == reverse("cart")


def test_a_voucher_is_in_the_sums(client, cart):
    cart.voucher = Voucher.objects.create(code="TEN", kind="percent", value=10)
    cart.save()
    assert 'name="agreed" value="22.90"' in client.get(CHECKOUT).text


class TestACustomer:
    @pytest.fixture
    def customer(self, client, django_user_model):
        user = django_user_model.objects.create(username="ada", email="ada@example.com")
        client.force_login(user)
        return user

    def test_finds_the_usual_address_filled_in(self, client, customer):
        Address.objects.create(owner=customer, usual=True, **ADDRESS | {"city": "Potsdam"})
        other = Address.objects.create(owner=customer, **ADDRESS | {"city": "Hamburg"})
        shipping()
        a_cart((a_variant(), 1), owner=customer)
        assert 'value="Potsdam"' in client.get(CHECKOUT).text
        assert 'value="Hamburg"' in client.get(CHECKOUT, {"address": other.pk}).text

    def test_has_the_order_in_the_history(self, client, customer):
        mine, other = an_order(owner=customer), an_order()
        page = client.get(reverse("orders"))
        assert mine.number in page.text
        assert other.number not in page.text

    def test_brings_guest_orders_along_once_the_address_is_confirmed(self, customer, client):
        order = an_order(email="ADA@example.com")
        address = EmailAddress(user=customer, email="ada@example.com")
        email_confirmed.send(sender=EmailAddress, request=None, email_address=address)
        order.refresh_from_db()
        assert order.owner == customer

    def test_without_signing_in_has_no_history(self, client):
        assert client.get(reverse("orders"))["Location"].startswith(reverse("account_login"))


class TestAnOrdersPage:
    @pytest.mark.parametrize("name", ["order", "order-invoice"])
    def test_is_for_who_has_its_link_and_kept_by_nobody(self, client, name):
        order = an_order()
        paid(order)
        page = client.get(reverse(name, args=[order.secret]))
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        assert page["X-Robots-Tag"] == "noindex"
        assert client.get(reverse(name, args=[order.number])).status_code == 404

    def test_offers_to_pay_again_after_a_refusal(self, client):
        order = an_order()
        client.post(reverse("order-pay", args=[order.secret]), {"payment": "trial"})
        client.post(order.payments.get().get_process_url(), {"end": "refuse"})
        assert "The payment did not go through" in client.get(order.get_absolute_url()).text
        client.post(reverse("order-pay", args=[order.secret]), {"payment": "trial"})
        assert order.payments.count() == 2

    def test_takes_an_unpaid_order_back_and_no_other(self, client):
        order, done = an_order(), an_order()
        paid(done)
        for each in (order, done):
            page = client.post(reverse("order-cancel", args=[each.secret]), follow=True)
        assert "This order is paid." in page.text
        assert {o.pk: o.state for o in Order.objects.all()} == {order.pk: "cancelled", done.pk: "paid"}

    def test_has_no_invoice_before_it_is_paid(self, client):
        assert client.get(reverse("order-invoice", args=[an_order().secret])).status_code == 404

    def test_shows_what_people_wrote_as_text(self, client):
        order = an_order(address=ADDRESS | {"name": "<script>alert(1)</script>"})
        assert "<script>alert" not in client.get(order.get_absolute_url()).text


class TestPrivacy:
    def test_a_person_is_told_and_forgotten(self, django_user_model):
        user = django_user_model.objects.create(username="ada")
        order, other = an_order(owner=user, note="Ring"), an_order()
        paid(order)
        [told] = privacy.tell(user)
        assert (told["number"], told["total"], told["phone"]) == (order.number, "24.90 EUR", "030 1")
        privacy.forget(user)
        order.refresh_from_db()
        assert (order.owner, order.name, order.phone, order.note, order.city) == (None, "", "", "", "")
        assert order.email.endswith("invalid")
        assert (order.total, str(order.country)) == (Decimal("24.90"), "DE")
        assert order.payments.get().billing_email == ""
        other.refresh_from_db()
        assert other.name == "Ada Lovelace"
