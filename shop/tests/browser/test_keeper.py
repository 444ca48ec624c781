"""The keeper's pages, from a shopper's click to the keeper's count, on a phone and a desk, by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from catalog.models import ProductImage
from shop.tests.browser.conftest import jpeg
from shop.tests.browser.test_look import LOOKS, RULES, TOO_WIDE, left_in_english, shoot
from visualsearch import doctor, insight, searches
from visualsearch.modelsdoctor import Finding
from visualsearch.tasks import describe_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INSIGHT = reverse("admin:visualsearch_tally_changelist")
DOCTOR = reverse("admin:visualsearch_finding_changelist")


@pytest.fixture
def keeper(visitor, shop, client, django_user_model):
    """A keeper who is signed in, in front of a browser."""
    client.force_login(django_user_model.objects.create(username="keeper", is_staff=True, is_superuser=True))

    def come(**options):
        somebody = visitor(**options)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": shop}
        somebody.context.add_cookies([cookie])
        return somebody.page

    return come


@pytest.fixture
def search(shop, street):
    """A search that is done."""
    found = searches.begin(jpeg(street.image))
    describe_photo(str(found.pk))
    return found


def test_a_click_on_a_result_is_counted_without_javascript(shop, search, visitor, keeper):
    page = visitor(scripts=False).page
    page.goto(shop + reverse("search", args=[search.pk]))
    page.locator(".hits--chosen .card__name a").nth(1).click()
    assert page.locator(".product").count() == 1
    insight.sweep()
    page = keeper(scripts=False)
    page.goto(shop + INSIGHT)
    assert page.locator(".figures dd").all_text_contents() == ["1", "100%", "1.00", "0.00", "0"]
    page.locator("details").nth(1).locator("summary").click()
    assert page.get_by_role("row", name="2 1", exact=True).is_visible()


def test_a_finding_is_set_aside_by_keyboard_and_taken_back(shop, keeper):
    ProductImage.objects.update(colour="Nobody knows")
    image = ProductImage.objects.order_by("pk").first()
    Finding.objects.create(image=image, kind="blurred", facts={"sharpness": 0.01, "least": 0.06})
    page = keeper()
    page.goto(shop + DOCTOR)
    page.get_by_role("button", name="Not a problem").focus()
    page.keyboard.press("Enter")
    page.get_by_text("It is remembered").wait_for()
    assert page.locator(".finding").count() == 0
    page.get_by_role("link", name="Not a problem 1").click()
    page.get_by_role("button", name="It is a problem after all").click()
    page.get_by_text("on the list again").wait_for()
    assert Finding.objects.still().count() == 1


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_both_pages_are_good_to_look_at(shop, search, keeper, width, theme, language):
    insight.sweep()
    doctor.sweep()
    pictures = list(ProductImage.objects.order_by("pk"))
    Finding.objects.filter(kind="twin").delete()
    Finding.objects.create(image=pictures[1], kind="twin", other=pictures[0])
    page, troubles = keeper(width=width, theme=theme, locale=language), []
    for name, address in {"insight": INSIGHT, "doctor": f"{DOCTOR}?kind=twin"}.items():
        page.goto(shop + address)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        if page.evaluate(TOO_WIDE) > 0:
            troubles.append(f"{name} is wider than its window")
        ours = Axe().run(page, f".{name}", options={"runOnly": RULES, "resultTypes": ["violations"]})
        troubles += [f"{name}: {v['id']} at {v['nodes'][0]['html'][:200]}" for v in ours.response["violations"]]
        if language == "vi":
            troubles += [f"{name}: says in English: {said}" for said in left_in_english(page)]
        shoot(page, f"{name}-{width}-{theme}-{language}")
    assert "\n".join(troubles) == ""
