"""Walks of somebody who changes the language: the page stays, with all that was chosen on it."""

from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from catalog.models import Product
from shop.tests.browser.conftest import jpeg, until
from visualsearch import searches
from visualsearch.tasks import describe_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_without_javascript_a_product_stays_in_its_colour(shop, visitor):
    page = visitor(width=390, scripts=False, locale="en").page
    product = Product.objects.first()
    colour = product.variants.exclude(colour="").first().colour
    page.goto(f"{shop}{product.get_absolute_url()}?colour={colour}")
    address, name = page.url, page.locator("h1").inner_text()
    page.get_by_role("button", name="Tiếng Việt").click()
    assert (page.url, page.locator("h1").inner_text()) == (address, name)
    assert page.locator("html").get_attribute("lang") == "vi"
    page.goto(shop)
    assert page.get_by_text("Hàng mới về").is_visible()
    page.get_by_role("button", name="English").click()
    assert page.get_by_text("New in the shop").is_visible()


def test_a_result_stays_at_the_item_that_was_chosen_without_a_new_page(shop, street, visitor):
    page = visitor(locale="vi").page
    search = searches.begin(jpeg(street.image))
    describe_photo(str(search.pk))
    page.goto(shop + reverse("search", args=[search.pk]))
    page.locator("#piece-1").click()
    until(page, "location.search.includes('item=1')")
    page.get_by_role("button", name="English").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("html").get_attribute("lang") == "en"
    assert urlsplit(page.url).query == "item=1"
    assert page.locator("#piece-1").get_attribute("aria-current") == "true"
    assert page.get_by_role("heading", name="Found in your photo").is_visible()
