"""Shelves and words, narrowed and sorted: on a phone, with a keyboard, without JavaScript."""

import pytest

from catalog.models import Category, Variant
from shop.tests.browser.conftest import until
from shop.tests.browser.test_look import examine, shoot
from shop.tests.browser.test_walks import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shelf(shop):
    some = Variant.objects.order_by("pk").values_list("pk", flat=True)[::5]
    Variant.objects.filter(pk__in=some).update(price_before=900)
    return shop + Category.objects.roots().last().get_absolute_url()


def total(page):
    return int(page.locator(".filters__total").inner_text().split()[0])


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (1280, True), (390, False)])
def test_a_shelf_is_narrowed_and_sorted(shelf, visitor, width, scripts):
    page = visitor(width=width, scripts=scripts).page
    page.goto(shelf, wait_until="load")
    every = total(page)
    assert page.locator(".card").count() == every
    page.locator(".filters__name").click()
    choice = page.locator(".facet--colour .choice").first
    number = int(choice.locator(".choice__count").inner_text().strip(", "))
    choice.locator("input").check()
    if not scripts:
        page.get_by_role("button", name="Show").click()
    page.wait_for_url("**colour=**")
    until(page, f"document.querySelectorAll('.card').length === {number}")
    assert total(page) == number
    page.locator("#sort").select_option("price")
    if not scripts:
        page.get_by_role("button", name="Show").click()
    page.wait_for_url("**sort=price**")
    assert "colour=" in page.url
    page.get_by_role("link", name="Clear all").click()
    until(page, f"document.querySelectorAll('.card').length === {every}")
    assert "sort=price" in page.url


def test_a_slip_of_the_finger_finds_it_all_the_same(shop, visitor):
    page = visitor().page
    page.goto(f"{shop}/find/?q=skrit")
    assert "skirt" in page.locator(".card__name").first.inner_text().lower()


def test_the_keyboard_is_enough(shelf, visitor):
    page = visitor().page
    page.goto(shelf, wait_until="load")
    tab_to(page, "#filters-name")
    page.keyboard.press("Enter")
    tab_to(page, ".facet--size input")
    page.keyboard.press("Space")
    page.wait_for_url("**size=**")
    page.locator(".filters__chosen").wait_for()


def test_a_suggestion_is_taken_with_the_keyboard(shop, visitor):
    page = visitor().page
    page.goto(shop, wait_until="load")
    page.locator("#words").press_sequentially("skir")
    page.locator("#suggestions .suggestion").first.wait_for()
    assert page.locator("#words").get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".suggestion[aria-selected=true]")
    assert page.locator("#words").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    address = chosen.get_attribute("data-href")
    assert list(examine(page)) == []
    page.locator("#words").focus()
    page.keyboard.press("Escape")
    page.locator("#suggestions").wait_for(state="hidden")
    page.keyboard.type("t")
    page.locator("#suggestions .suggestion").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_words_that_no_suggestion_was_taken_for_are_searched(shop, visitor):
    page = visitor(width=390).page
    page.goto(shop, wait_until="load")
    page.locator("#words").press_sequentially("skirt")
    page.locator("#suggestions .suggestion").first.wait_for()
    shoot(page, "suggestions-390", full=False)
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=skirt")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_these_pages_are_good_to_look_at(shop, shelf, visitor, width, theme):
    page, troubles = visitor(width=width, theme=theme).page, []
    for name, address in (("shelf", f"{shelf}?on_sale=1"), ("words", f"{shop}/find/?q=shirt&sort=price")):
        page.goto(address, wait_until="load")
        page.locator(".filters__name").click()
        troubles += [f"{name}: {trouble}" for trouble in examine(page)]
        shoot(page, f"{name}-{width}-{theme}")
    assert "\n".join(troubles) == ""
