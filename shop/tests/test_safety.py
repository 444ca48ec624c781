"""Three people try the doors: a buyer, a keeper, a stranger. And what every answer carries."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from shop.accounts import tokens
from shop.accounts.models import Address, AppToken
from shop.cart.tests.makers import a_cart, a_variant
from shop.orders.models import Order
from shop.orders.tests.makers import ADDRESS, an_order, paid
from shop.tests.doors import OWNER, SIGNED_IN, WHOM, names

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()


@pytest.fixture
def people(django_user_model):
    """A buyer with things of her own, and two others."""

    def person(name, **more):
        return django_user_model.objects.create(username=name, email=f"{name}@example.com", **more)

    buyer = person("buyer")
    Address.objects.create(owner=buyer, usual=True, **ADDRESS)
    tokens.issue(buyer, "Phone")
    a_cart((a_variant(), 1), owner=buyer)
    paid(an_order(owner=buyer))
    return {"buyer": buyer, "keeper": person("keeper", is_staff=True), "stranger": person("stranger")}


@pytest.fixture
def own(people):
    """The addresses of what is the buyer's alone, each with a way to ask that would change or tell it."""
    address, token, order = Address.objects.get(), AppToken.objects.get(), Order.objects.get()
    return {
        "address": ("post", reverse("address", args=[address.pk])),
        "address-usual": ("post", reverse("address-usual", args=[address.pk])),
        "address-delete": ("post", reverse("address-delete", args=[address.pk])),
        "token-revoke": ("post", reverse("token-revoke", args=[token.pk])),
        "api-order": ("get", reverse("api-order", args=[order.number])),
    }


def test_every_address_says_whom_it_is_for():
    assert names() == set(WHOM)


def test_what_is_somebodys_own_is_tried_here(own):
    assert set(own) == {name for name, whom in WHOM.items() if whom == OWNER}


@pytest.mark.parametrize("who", ["keeper", "stranger", None])
def test_what_is_the_buyers_own_is_there_for_nobody_else(client, people, own, who):
    if who:
        client.force_login(people[who])
    for name, (method, address) in own.items():
        answer = getattr(client, method)(address, ADDRESS | {"city": "Bonn"})
        signed_out = (302, 401) if who is None else ()
        assert answer.status_code in (404, *signed_out), name
    assert Address.objects.get().city == "Berlin"
    assert AppToken.objects.exists()


def test_the_buyer_has_it(client, people, own):
    client.force_login(people["buyer"])
    assert client.get(own["api-order"][1]).status_code == 200
    assert client.get(own["address"][1]).status_code == 200


@pytest.mark.parametrize("name", sorted(name for name, whom in WHOM.items() if whom == SIGNED_IN))
def test_what_is_for_who_signed_in_sends_others_to_sign_in(client, name):
    slug = a_variant().product.slug
    for given in ([], [slug]):
        try:
            address = reverse(name, args=given)
            break
        except NoReverseMatch:
            continue
    for method in ("get", "post"):
        answer = getattr(client, method)(address)
        if answer.status_code == 405:
            continue
        allowed = answer.status_code in (401, 403) or (
            answer.status_code == 302 and answer["Location"].startswith("/account/")
        )
        assert allowed, (name, method, answer.status_code)


@pytest.mark.parametrize("who", ["buyer", "stranger", None])
def test_the_admin_is_for_keepers(client, people, who):
    if who:
        client.force_login(people[who])
    for name in ("admin:index", "admin:orders_order_changelist", "admin:catalog_product_changelist"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302, name
        assert "login" in answer["Location"]


def test_a_keeper_without_rights_sees_no_orders(client, people):
    client.force_login(people["keeper"])
    assert client.get(reverse("admin:orders_order_changelist")).status_code == 403


def test_two_people_have_two_carts_and_two_histories(client, people):
    client.force_login(people["stranger"])
    assert client.get(reverse("cart")).context["cart"].lines == []
    assert client.get(reverse("orders")).context["page"].object_list.count() == 0
    told = client.get(reverse("export")).json()
    assert told["orders"] == told["cart"] == told["account"]["addresses"] == []


@pytest.mark.parametrize("address", ["/", "/cart/", "/account/login/", "/api/v1/products/", "/none/", "/find/?q=x"])
def test_every_answer_is_closed_to_scripts_and_frames_of_others(client, address):
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.js", "x.php", "../settings.py", "x.jpg.html"])
def test_an_upload_is_never_served_as_something_that_runs(client, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = settings.MEDIA_ROOT / "products" / "aa"
    folder.mkdir(parents=True)
    (folder / name.replace("../", "")).write_text("<script>alert(1)</script>")
    assert client.get(f"/media/products/aa/{name}").status_code == 404


def test_forms_of_other_sites_are_refused(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["buyer"])
    for name in ("cart-add", "checkout", "erase", "tokens", "address-new"):
        assert client.post(reverse(name), {"name": "x"}).status_code == 403, name
