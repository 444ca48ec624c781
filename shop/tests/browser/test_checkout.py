"""A guest finds a dress by photo, chooses a size, pays with the trial provider and gets the e-mail."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.urls import reverse

from catalog.models import Product, Variant
from shop.cart.models import Cart
from shop.orders import mails
from shop.orders.models import Order, OrderMail
from shop.prices import example
from shop.tests.browser.conftest import until
from shop.tests.browser.test_look import examine, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WRITTEN = {
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "line1": "12 Square",
    "postcode": "10115",
    "city": "Berlin",
}


@pytest.fixture
def open_shop(shop, settings, live_server, tmp_path):
    """A shop that ships, and writes its e-mails into files, as the demo does."""
    example.fill()
    Variant.objects.update(stock=5)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.PAYMENT_HOST = live_server.url.removeprefix("http://")
    return shop


def fill_in(page):
    for name, text in WRITTEN.items():
        page.locator(f"[name={name}]").fill(text)


def post_office(folder):
    """The e-mails that were written, oldest first."""
    for mail in OrderMail.objects.filter(sent=None):
        mails.send(mail.pk)
    files = sorted(Path(folder).iterdir(), key=lambda file: file.stat().st_mtime_ns)
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_guest_finds_a_dress_by_photo_and_buys_it(open_shop, visitor, drawn, settings, width):
    page = visitor(width=width).page
    dress = next((design, sheets) for design, sheets in drawn if "dress" in design.name.lower())
    page.goto(open_shop, wait_until="load")
    photo = {"name": "dress.jpg", "mimeType": "image/jpeg", "buffer": dress[1][0].data}
    page.locator("main [name=photo]").set_input_files(photo)
    page.wait_for_url("**/search/*-*/", wait_until="load")
    page.locator(".card__name a", has_text=dress[0].name).first.click()
    page.wait_for_url("**/product/**", wait_until="load")
    page.locator("#size-1").click()
    page.locator("#size-1[aria-current]").wait_for()
    page.get_by_role("button", name="Put into the cart").click()
    page.locator("#sheet").get_by_role("link", name="To the cart").click()
    page.get_by_role("link", name="To the checkout").click()
    page.wait_for_url("**/checkout/", wait_until="load")
    fill_in(page)
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_role("heading", name="Thank you for your order").wait_for()
    order = Order.objects.get()
    assert (order.state, order.email, order.lines.get().name) == ("paid", "ada@example.com", dress[0].name)
    assert order.lines.get().searched
    received, confirmed = post_office(settings.EMAIL_FILE_PATH)
    assert received["To"] == "ada@example.com"
    assert confirmed["Subject"] == f"Your order {order.number} is paid"
    link = re.search(r"http://\S+/order/\S+/", received.get_body(("plain",)).get_content())[0]
    page.goto(link)
    assert order.number in page.locator("main").inner_text()


def test_without_javascript_it_is_bought_too(open_shop, visitor):
    page = visitor(width=390, scripts=False).page
    page.goto(open_shop + Product.objects.filter(name__icontains="dress").first().get_absolute_url())
    page.locator("#size-1").click()
    page.get_by_role("button", name="Put into the cart").click()
    page.get_by_role("link", name="To the checkout").click()
    fill_in(page)
    page.locator("[name=country]").select_option("VN")
    page.get_by_role("button", name="Reckon again").click()
    page.get_by_text("World parcel").wait_for()
    assert page.locator("[name=city]").input_value() == "Berlin"
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("button", name="Let it be refused").click()
    page.get_by_text("The payment did not go through").wait_for()
    page.get_by_role("button", name="Pay: Trial payment").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_role("heading", name="Thank you for your order").wait_for()


def test_the_country_changes_what_it_costs_at_once(open_shop, visitor):
    page = visitor().page
    page.goto(f"{open_shop}/", wait_until="load")
    page.goto(open_shop + Product.objects.first().get_absolute_url(), wait_until="load")
    page.locator("#size-1").click()
    page.get_by_role("button", name="Put into the cart").click()
    page.locator("#sheet-title", has_text="In your cart").wait_for()
    page.goto(f"{open_shop}/checkout/", wait_until="load")
    before = page.locator("[name=agreed]").input_value()
    page.locator("[name=city]").fill("Hanoi")
    page.locator("[name=country]").select_option("VN")
    until(page, f"document.querySelector('[name=agreed]').value !== '{before}'")
    assert page.locator("[name=city]").input_value() == "Hanoi"


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")])
def test_these_pages_are_good_to_look_at(open_shop, visitor, width, theme):
    somebody = visitor(width=width, theme=theme)
    page, troubles = somebody.page, []

    def look(name):
        troubles.extend(f"{name}: {trouble}" for trouble in examine(page))
        shoot(page, f"{name}-{width}-{theme}")

    page.goto(open_shop + Product.objects.filter(name__icontains="skirt").first().get_absolute_url(), wait_until="load")
    page.locator("#size-1").click()
    page.get_by_role("button", name="Put into the cart").click()
    page.locator("#sheet-title", has_text="In your cart").wait_for()
    page.goto(f"{open_shop}/checkout/", wait_until="load")
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_text("Something is missing").wait_for()
    look("checkout-wrong")
    fill_in(page)
    look("checkout")
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("button", name="Let it be refused").wait_for()
    look("trial")
    page.get_by_role("button", name="Let it be refused").click()
    page.get_by_text("The payment did not go through").wait_for()
    look("order-pending")
    page.get_by_role("button", name="Pay: Trial payment").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    page.get_by_role("heading", name="Thank you for your order").wait_for()
    look("order-paid")
    page.get_by_role("link", name="Invoice").click()
    page.wait_for_url("**/invoice/")
    look("invoice")
    assert Cart.objects.get().lines.count() == 0
    assert "\n".join(troubles) == ""
    assert page.goto(open_shop + reverse("order", args=["nobodys"])).status == 404
    somebody.complaints = [c for c in somebody.complaints if "404 (Not Found)" not in c]
