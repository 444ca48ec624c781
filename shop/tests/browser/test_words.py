"""Words beside the photo and "not it": with a mouse, by keyboard only, and without JavaScript."""

import pytest

from shop.tests.browser.conftest import jpeg, until
from shop.tests.browser.test_filters import found, total  # noqa: F401 - a fixture
from shop.tests.browser.test_look import shoot
from visualsearch.modelsinsight import Reaction

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = ".hits--chosen .card__name a"


def names(page):
    return page.locator(FIRST).all_inner_texts()


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (1280, True), (390, False)])
def test_words_bring_what_fits_them_first_and_are_taken_away_again(found, visitor, width, scripts):  # noqa: F811
    page = visitor(width=width, scripts=scripts).page
    page.goto(found)
    before, every = names(page), total(page)
    page.get_by_label("Say what should be different").fill("cheaper, fluffy")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**words=cheaper*")
    page.locator(".words__heard").wait_for()
    assert "We do not know “fluffy” here; the order is by the picture." in page.locator(".words__heard").inner_text()
    assert names(page) != before
    assert sorted(names(page)) == sorted(before)
    assert total(page) == every
    page.get_by_role("link", name="Without these words").click()
    page.locator(".words__heard").wait_for(state="detached")
    assert names(page) == before


def test_words_need_no_mouse(found, visitor):  # noqa: F811
    page = visitor().page
    page.goto(found)
    page.locator("#with-words").focus()
    page.keyboard.type("cheaper")
    page.keyboard.press("Enter")
    page.locator(".words__heard").wait_for()
    until(page, "document.activeElement.id === 'with-words'")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_not_it_goes_and_comes_back(found, visitor, scripts):  # noqa: F811
    page = visitor(width=390, scripts=scripts).page
    page.goto(f"{found}&words=cheaper")
    before = names(page)
    button = page.locator(".card__not").nth(1)
    assert button.bounding_box()["height"] >= 24
    button.click()
    page.locator("#show-refused").wait_for()
    assert names(page) == [name for name in before if name != before[1]]
    assert Reaction.objects.get().kind == "not_it"
    page.reload()
    assert before[1] not in names(page)
    page.locator("#show-refused").click()
    page.locator("#show-refused").wait_for(state="detached")
    assert names(page) == before


@pytest.mark.parametrize(
    ("width", "scripts", "theme"), [(390, True, "dark"), (1280, True, "light"), (390, False, "light")]
)
def test_words_go_along_with_the_photo(shop, visitor, street, width, scripts, theme):
    page = visitor(width=width, scripts=scripts, theme=theme).page
    page.goto(shop)
    if scripts:
        page.get_by_role("combobox").fill("in red")
    page.locator(".searchbar__camera summary").click()
    panel = page.locator(".searchbar__panel")
    beside = panel.get_by_label("With words too")
    if not scripts:
        beside.fill("in red")
    until(page, "document.querySelector('.searchbar__panel [name=words]').value === 'in red'")
    shoot(page, f"bar-{width}-{theme}-{'script' if scripts else 'plain'}")
    panel.locator("[name=photo]").set_input_files(
        {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": jpeg(street.image)}
    )
    if not scripts:
        panel.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/*/?words=in+red")
    page.locator(".words__heard").wait_for()
    assert page.locator("#with-words").input_value() == "in red"
