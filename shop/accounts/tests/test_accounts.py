"""Accounts: opened with a confirmed address, told to nobody, and one's own."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from catalog.tests.factories import ProductFactory, VariantFactory
from shop.accounts import tokens
from shop.accounts.models import Address, AppToken
from shop.cart.tests.makers import a_cart, a_variant
from shop.orders import moves
from shop.orders.models import Order
from shop.orders.tests.makers import ADDRESS, an_order, paid
from shop.wishes.models import Wish

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-way-from-home"


@pytest.fixture(autouse=True)
def no_counts():
    """Nobody has tried anything yet."""
    cache.clear()


@pytest.fixture
def somebody(django_user_model):
    """Makes people with a confirmed address."""

    def make(email="ada@example.com", **columns):
        user = django_user_model.objects.create_user(email.split("@")[0], email, PASSWORD, **columns)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def ada(somebody, client):
    user = somebody()
    client.force_login(user)
    return user


def sign_in(client, login="ada@example.com", password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": login, "password": password} | more)


class TestOpening:
    def test_takes_an_address_and_its_confirmation(self, client):
        form = {"email": "ada@example.com", "password1": PASSWORD}
        sent = client.post(reverse("account_signup"), form, follow=True)
        assert "Look into your mailbox" in sent.text
        assert client.get(reverse("account")).status_code == 302
        link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
        assert "Is ada@example.com yours?" in client.get(link).text
        client.post(link)
        assert sign_in(client)["Location"] == reverse("account")
        assert "ada@example.com" in client.get(reverse("account")).text

    def test_with_a_known_address_looks_the_same_and_tells_its_owner(self, client, somebody):
        somebody()
        form = {"email": "ada@example.com", "password1": PASSWORD}
        known = client.post(reverse("account_signup"), form, follow=True)
        new = client.post(reverse("account_signup"), form | {"email": "bob@example.com"}, follow=True)
        assert known.redirect_chain == new.redirect_chain
        assert mail.outbox[0].subject == "You have an account already"

    @pytest.mark.parametrize("password", ["short", "12345678901", "password123"])
    def test_refuses_weak_passwords(self, client, password):
        page = client.post(reverse("account_signup"), {"email": "ada@example.com", "password1": password})
        assert page.status_code == 200
        assert "field__wrong" in page.text


class TestSigningIn:
    def test_says_the_same_of_a_wrong_password_and_of_nobody(self, client, somebody):
        somebody()
        answers = [sign_in(client, login, "wrong") for login in ("ada@example.com", "nobody@example.com")]
        said = [re.findall(r'role="alert">([^<]+)', answer.text) for answer in answers]
        assert said[0] == said[1] != []

    def test_is_limited(self, client, somebody):
        somebody()
        answers = [sign_in(client, password="wrong") for _ in range(12)]
        assert answers[-1].status_code == 429 or "Too many" in answers[-1].text
        assert sign_in(client).status_code != 302

    def test_of_keepers_is_the_same_and_leads_to_the_admin(self, client, somebody):
        somebody("keeper@example.com", is_staff=True, is_superuser=True)
        way = client.get("/admin/", follow=True)
        assert way.redirect_chain[-1][0] == "/account/login/?next=%2Fadmin%2F"
        assert sign_in(client, "keeper", next="/admin/")["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200

    def test_leads_nowhere_else(self, client, somebody):
        somebody()
        assert sign_in(client, next="https://evil.example/")["Location"] == reverse("account")

    def test_of_a_new_password_by_a_link(self, client, somebody):
        somebody()
        for email, subject in (
            ("ada@example.com", "Choose another password"),
            ("no@example.com", "There is no account"),
        ):
            page = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
            assert "Look into your mailbox" in page.text
            assert mail.outbox[-1].subject.startswith(subject)
        link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
        form = client.get(link, follow=True)
        new = {"password1": "quite-another-one", "password2": "quite-another-one"}
        client.post(form.redirect_chain[-1][0], new)
        assert sign_in(client, password="quite-another-one").status_code == 302


class TestTheAddressBook:
    def test_has_one_usual_address(self, client, ada):
        for city in ("Berlin", "Hamburg"):
            client.post(reverse("address-new"), ADDRESS | {"city": city})
        berlin, hamburg = Address.objects.order_by("pk")
        assert (berlin.usual, hamburg.usual) == (True, False)
        client.post(reverse("address-usual", args=[hamburg.pk]))
        assert Address.objects.get(usual=True) == hamburg
        client.post(reverse("address-delete", args=[hamburg.pk]))
        assert Address.objects.get(usual=True) == berlin

    def test_keeps_what_was_written_when_something_is_missing(self, client, ada):
        page = client.post(reverse("address-new"), ADDRESS | {"line1": ""})
        assert 'value="Berlin"' in page.text
        assert not Address.objects.exists()

    def test_changes_an_address(self, client, ada):
        client.post(reverse("address-new"), ADDRESS)
        client.post(reverse("address", args=[Address.objects.get().pk]), ADDRESS | {"city": "Bonn"})
        assert Address.objects.get().city == "Bonn"

    @pytest.mark.parametrize("name", ["address", "address-usual", "address-delete"])
    def test_of_another_is_not_there(self, client, ada, somebody, name):
        other = Address.objects.create(owner=somebody("bob@example.com"), **ADDRESS)
        assert client.post(reverse(name, args=[other.pk]), ADDRESS | {"city": "Bonn"}).status_code == 404
        assert Address.objects.get().city == "Berlin"


class TestATokenOfAnApp:
    def test_is_shown_once_and_opens_the_api(self, client, ada):
        page = client.post(reverse("tokens"), {"name": "Phone"})
        token = re.search(r"vit_[\w-]+", page.text)[0]
        assert token not in client.get(reverse("tokens")).text
        assert AppToken.objects.get().digest != token
        client.logout()
        answer = client.get("/api/v1/products/", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert AppToken.objects.get().used

    def test_that_was_taken_back_opens_nothing(self, client, ada):
        token = tokens.issue(ada, "Phone")
        client.post(reverse("token-revoke", args=[AppToken.objects.get().pk]))
        answer = client.get("/api/v1/products/", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert "was taken back" in answer.json()["detail"]

    @pytest.mark.parametrize("field", ["Bearer", "Bearer vit_nonsense", "Bearer x", "bearer vit_a b"])
    def test_that_is_none_opens_nothing(self, client, field):
        assert client.get("/api/v1/products/", headers={"Authorization": field}).status_code == 401

    def test_of_another_cannot_be_taken_back(self, client, ada, somebody):
        tokens.issue(somebody("bob@example.com"), "Phone")
        assert client.post(reverse("token-revoke", args=[AppToken.objects.get().pk])).status_code == 404

    def test_of_somebody_who_may_not_sign_in_opens_nothing(self, ada):
        token = tokens.issue(ada, "Phone")
        ada.is_active = False
        ada.save()
        assert tokens.holder(token) is None


class TestWishes:
    def test_of_a_guest_come_along_at_sign_in(self, client, somebody):
        first, second = ProductFactory(), ProductFactory()
        ada = somebody()
        Wish.objects.create(owner=ada, product=first)
        for product in (first, second):
            client.post(reverse("wish", args=[product.slug]), {"wished": "1"})
        assert [p.pk for p in client.get(reverse("wishes")).context["products"]] == [second.pk, first.pk]
        sign_in(client)
        assert {wish.product for wish in ada.wishes.all()} == {first, second}

    def test_are_taken_off_by_the_same_heart(self, client, ada):
        product = ProductFactory()
        for wished, count in (("1", 1), ("1", 1), ("0", 0)):
            client.post(reverse("wish", args=[product.slug]), {"wished": wished})
            assert Wish.objects.count() == count

    def test_show_what_is_on_sale(self, client, ada):
        product = ProductFactory(status="archived")
        Wish.objects.create(owner=ada, product=product)
        assert client.get(reverse("wishes")).context["products"] == []

    @pytest.mark.parametrize("number", [1, 5])
    def test_cost_a_fixed_number_of_queries(self, client, ada, number, django_assert_max_num_queries):
        for _ in range(number):
            Wish.objects.create(owner=ada, product=VariantFactory().product)
        with django_assert_max_num_queries(8):
            client.get(reverse("wishes"))


def test_what_was_seen_before_is_shown_below_a_product(client):
    products = [VariantFactory().product for _ in range(3)]
    for product in products:
        page = client.get(product.get_absolute_url())
    assert page.context["seen_before"] == [products[1], products[0]]
    client.cookies["seen-products"] = "made:up"
    assert client.get(products[0].get_absolute_url()).context["seen_before"] == []


class TestMyData:
    def test_can_be_taken_along(self, client, ada):
        Address.objects.create(owner=ada, **ADDRESS)
        order = an_order(owner=ada)
        a_cart((a_variant("Dress"), 1), owner=ada)
        Wish.objects.create(owner=ada, product=ProductFactory())
        data = client.get(reverse("export")).json()
        assert data["account"]["email"] == "ada@example.com"
        assert data["account"]["addresses"][0]["city"] == "Berlin"
        assert data["orders"][0]["number"] == order.number
        assert len(data["cart"]) == len(data["wishes"]) == 1

    def test_is_deleted_with_the_password_and_orders_stay_without_me(self, client, ada, django_user_model):
        Address.objects.create(owner=ada, **ADDRESS)
        order = an_order(owner=ada)
        paid(order)
        for state in ("shipped", "delivered"):
            moves.move(order, state)
        tokens.issue(ada, "Phone")
        wrong = client.post(reverse("erase"), {"password": "wrong"})
        assert "Nothing was deleted." in wrong.text
        assert django_user_model.objects.exists()
        client.post(reverse("erase"), {"password": PASSWORD})
        assert not django_user_model.objects.exists()
        assert not Address.objects.exists()
        assert not AppToken.objects.exists()
        order.refresh_from_db()
        assert (order.name, order.email) == ("", "forgotten@invalid.invalid")
        assert client.get(reverse("account")).status_code == 302

    def test_with_an_open_order_waits_for_it(self, client, ada, django_user_model):
        order = an_order(owner=ada)
        said = client.post(reverse("erase"), {"password": PASSWORD}).text
        assert "An order of yours is on its way." in said
        assert django_user_model.objects.exists()
        order.refresh_from_db()
        assert order.name == "Ada Lovelace"

    def test_of_a_keeper_is_deleted_by_another(self, client, somebody):
        client.force_login(somebody("keeper@example.com", is_staff=True))
        assert client.post(reverse("erase"), {"password": PASSWORD}).status_code == 403

    def test_is_kept_if_something_goes_wrong(self, client, ada, monkeypatch, django_user_model):
        monkeypatch.setattr("shop.orders.privacy.forget", lambda user: 1 / 0)
        client.raise_request_exception = False
        client.post(reverse("erase"), {"password": PASSWORD})
        assert django_user_model.objects.exists()
        assert Order.objects.count() == 0
