"""A customer's own pages, from opening an account to leaving: phone and desk, day and night, both languages."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from catalog.models import Product, Variant
from shop.accounts import addresses, tokens
from shop.accounts.models import Address
from shop.cart.tests.makers import a_cart
from shop.orders.tests.makers import ADDRESS, an_order, paid
from shop.prices import example
from shop.reviews import reviewing
from shop.reviews.models import Review
from shop.tests.browser.test_look import LOOKS, examine, left_in_english, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a-long-way-from-home"


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()


@pytest.fixture
def ada(shop, django_user_model):
    """A customer with something on each of her pages."""
    example.fill()
    Variant.objects.update(stock=5)
    user = django_user_model.objects.create_user("ada", "ada@example.com", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    addresses.keep(Address(owner=user, **ADDRESS))
    addresses.keep(Address(owner=user, **ADDRESS | {"city": "Hanoi", "country": "VN"}))
    tokens.issue(user, "Phone")
    variant = Variant.objects.select_related("product").first()
    paid(an_order((variant, 1), owner=user))
    a_cart((variant, 2), owner=user)
    user.wishes.create(product=variant.product)
    reviewing.write(variant.product, user, stars=4, title="Fits well", text="A little long.", name="Ada")
    Review.objects.update(state="shown")
    return user


def signed_in(somebody, shop, client, user):
    """Bring a session along, as if signed in before."""
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    somebody.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": shop}])


@pytest.mark.parametrize("width", [390, 1280])
def test_an_account_is_opened_used_and_left(shop, visitor, width):
    page = visitor(width=width).page
    page.goto(shop, wait_until="load")
    page.locator(".corner").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Open an account").click()
    page.locator("[name=email]").fill("ada@example.com")
    page.locator("[name=password1]").fill(PASSWORD)
    page.get_by_role("button", name="Open it").click()
    page.get_by_role("heading", name="Look into your mailbox").wait_for()
    page.goto(re.search(r"http://\S+", mail.outbox[0].body)[0])
    page.get_by_role("button", name="Yes, confirm it").click()
    page.locator("[name=login]").fill("ada@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your account").wait_for()
    page.goto(shop + Product.objects.first().get_absolute_url(), wait_until="load")
    page.get_by_role("button", name="Put on the wish list").click()
    page.get_by_role("button", name="On your wish list").wait_for()
    page.goto(f"{shop}/account/addresses/new/")
    for name in ("name", "line1", "postcode", "city"):
        page.locator(f"[name={name}]").fill(ADDRESS[name])
    page.locator("[name=country]").select_option("DE")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("The usual one").wait_for()
    page.goto(f"{shop}/account/apps/")
    page.locator("[name=name]").fill("Phone")
    page.get_by_role("button", name="Make a token").click()
    assert page.locator(".token").inner_text().startswith("vit_")
    page.goto(f"{shop}/account/data/")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    page.get_by_text("Your account is deleted.").wait_for()


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_every_page_of_ones_own_is_good_to_look_at(shop, ada, visitor, client, width, theme, language):
    somebody = visitor(width=width, theme=theme, locale=language)
    page, troubles = somebody.page, []
    slug = ada.wishes.get().product.slug
    order = ada.orders.get()

    def look(names):
        for name, given in names.items():
            page.goto(shop + reverse(name, args=given))
            troubles.extend(f"{name}: {trouble}" for trouble in examine(page))
            if language == "vi":
                troubles.extend(f"{name}: says in English: {said}" for said in left_in_english(page))
            shoot(page, f"own-{name}-{width}-{theme}" + ("-vi" if language == "vi" else ""))

    look({name: [] for name in ("account_login", "account_signup", "account_reset_password")})
    signed_in(somebody, shop, client, ada)
    own = ["account", "addresses", "address-new", "tokens", "privacy", "account_email", "account_change_password"]
    look({name: [] for name in (*own, "orders", "wishes", "cart", "checkout")})
    look({"order": [order.secret], "order-invoice": [order.secret], "reviews": [slug], "review": [slug]})
    assert "\n".join(troubles) == ""
