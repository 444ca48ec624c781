"""A list narrowed by its filters: with a mouse, a keyboard only, without JavaScript, and by its address."""

import pytest
from django.urls import reverse

from catalog.models import Variant
from shop.tests.browser.conftest import jpeg, until
from visualsearch import searches
from visualsearch.models import ModelVersion, PhotoSearch
from visualsearch.tasks import describe_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TOTAL = ".filters__total"


@pytest.fixture
def found(shop, street):
    """The address of a search that is done, with its first list in full."""
    search = searches.begin(jpeg(street.image))
    describe_photo(str(search.pk))
    return f"{shop}{reverse('search', args=[search.pk])}?item=1"


def total(page):
    return int(page.locator(TOTAL).inner_text().split()[0])


@pytest.mark.parametrize("width", [390, 1280])
def test_a_list_is_narrowed_and_widened_again(found, visitor, width):
    page = visitor(width=width).page
    page.goto(found)
    every = total(page)
    page.locator(".filters__name").click()
    choice = page.locator(".facet--size .choice").first
    promised = int(choice.locator(".choice__count").inner_text().strip(", "))
    choice.click()
    page.wait_for_url("**size=**")
    page.locator(".filters__chosen").wait_for()
    assert total(page) == promised < every
    assert page.locator(".filters__panel[open]").count() == 1  # there is more to choose
    page.locator(".facet--size .choice").nth(1).click()
    page.wait_for_url("**size=**size=**")
    assert total(page) >= promised
    page.get_by_role("link", name="Clear all").click()
    page.wait_for_url("**?item=1")
    page.locator(".filters__chosen").wait_for(state="detached")
    assert total(page) == every
    page.go_back()
    page.locator(".filters__chosen").wait_for()
    assert PhotoSearch.objects.count() == 1


def test_an_address_holds_all_that_was_chosen(found, visitor):
    Variant.objects.update(stock=0)
    page = visitor(width=390).page
    page.goto(f"{found}&in_stock=1")
    assert total(page) == 0
    assert page.locator(".hits--chosen .card").count() == 0
    page.reload()
    assert page.get_by_role("link", name="Without In stock").count() == 1
    assert "Take something away" in page.locator(".hits--chosen").inner_text()


def test_the_keyboard_is_enough_to_choose(found, visitor):
    page = visitor().page
    page.goto(found)
    page.locator("#filters-name").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_url("**=1*")
    page.locator(".filters__chosen").wait_for()
    until(page, "document.activeElement.id.startsWith('f-')")  # the focus stays where it was


@pytest.mark.parametrize("width", [390, 1280])
def test_filters_work_without_javascript(found, visitor, width):
    page = visitor(width=width, scripts=False).page
    page.goto(found)
    page.locator(".filters__name").click()
    page.locator(".facet--price input").first.check()
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**price=**")
    assert page.locator(".filters__chosen a").count() == 2
    assert total(page) == page.locator(".hits--chosen .card").count()
    page.get_by_role("link", name="Clear all").click()
    page.wait_for_url("**?item=1")


def test_what_the_shop_may_not_have_is_said_calmly(found, visitor, monkeypatch):
    monkeypatch.setattr("visualsearch.search.BELOW", 2)
    ModelVersion.objects.update(floors={"lower": 2.0, "upper": 2.0})
    page = visitor(width=390).page
    page.goto(found)
    assert "We may not have this. These come nearest." in page.locator(".hits--chosen").inner_text()
    assert page.locator(".hits--chosen :is(.card, .nearly__one)").count() == 2
    page.get_by_role("link", name="Show what is farther away").click()
    page.wait_for_url("**far=1**")
    assert page.locator(".hits--chosen :is(.card, .nearly__one)").count() == 4
