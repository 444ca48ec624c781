"""Pictures of a product, larger: by a tap, with the keyboard, and without JavaScript."""

import pytest
from django.urls import reverse

from catalog.models import Product
from shop.tests.browser.conftest import until
from shop.tests.browser.test_look import examine, shoot
from shop.tests.browser.test_walks import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN = "document.querySelector('#zoom img').getAttribute('src')"


@pytest.fixture
def address(shop):
    product = max(Product.objects.for_page(), key=lambda product: product.images.count())
    assert product.images.count() > 1
    return shop + product.get_absolute_url()


def test_the_keyboard_goes_from_picture_to_picture_and_back(address, visitor):
    page = visitor().page
    page.goto(address, wait_until="load")
    tab_to(page, "[data-zoom]")
    page.keyboard.press("Enter")
    page.locator("#zoom[open]").wait_for()
    first = page.evaluate(SHOWN)
    page.keyboard.press("ArrowRight")
    until(page, f"{SHOWN} !== '{first}'")
    page.keyboard.press("ArrowLeft")
    until(page, f"{SHOWN} === '{first}'")
    page.keyboard.press("Escape")
    page.locator("#zoom[open]").wait_for(state="hidden")
    until(page, "document.activeElement.matches('[data-zoom]')")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_good_to_look_at(address, visitor, width, theme):
    page = visitor(width=width, theme=theme).page
    page.goto(address, wait_until="load")
    page.locator("[data-zoom]").first.click()
    until(page, "document.querySelector('#zoom img').naturalWidth > 1")
    shoot(page, f"zoom-{width}-{theme}", full=False)
    assert list(examine(page)) == []
    page.locator("#zoom").get_by_role("button", name="Next picture").click()
    page.locator("#zoom").get_by_role("button", name="Close").click()
    page.locator("#zoom[open]").wait_for(state="hidden")


def test_without_javascript_the_large_picture_opens(address, visitor):
    page = visitor(width=390, scripts=False).page
    page.goto(address)
    page.locator("[data-zoom]").first.click()
    page.wait_for_url("**.webp")


def test_machines_read_the_page_without_a_complaint(address, visitor, shop):
    page = visitor().page
    for each in (address, shop, shop + reverse("find") + "?q=dress"):
        page.goto(each, wait_until="load")
    assert page.locator("link[type='application/rss+xml']").count() == 1
