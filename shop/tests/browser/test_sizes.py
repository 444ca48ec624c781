"""The size guide: in a sheet above the product, as a page without JavaScript, in both languages."""

import pytest

from catalog import sizecharts
from catalog.models import Product
from catalog.modelssizes import SizeGuide
from shop.tests.browser.test_look import shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(shop):
    sizecharts.fill()
    product = next(product for product in Product.objects.all() if SizeGuide.objects.of(product.category))
    size = product.variants.values_list("size", flat=True)[1]
    return f"{shop}{product.get_absolute_url()}?size={size}"


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_opens_above_the_product_with_the_chosen_size_marked(address, visitor, width, theme):
    page = visitor(width=width, theme=theme).page
    page.goto(address)
    page.get_by_role("link", name="Size guide").click()
    mine = page.locator(".sheet .sizes__mine th")
    mine.wait_for()
    assert mine.inner_text() == address.rpartition("=")[2]
    assert page.url == address
    assert page.evaluate("document.activeElement.id") == "sheet-title"
    shoot(page, f"sizes-sheet-{width}-{theme}", full=False)
    page.get_by_role("button", name="Close").click()
    assert not page.locator("#sheet").is_visible()


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark")])
def test_is_a_page_without_a_script(address, visitor, width, theme):
    somebody = visitor(width=width, theme=theme, scripts=False)
    page = somebody.page
    page.goto(address)
    page.get_by_role("link", name="Size guide").click()
    page.wait_for_url("**/sizes/**")
    assert page.locator(".sizes__mine").count() == 1
    shoot(page, f"sizes-page-{width}-{theme}")
