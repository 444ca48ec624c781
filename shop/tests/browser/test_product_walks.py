"""From product to product: more like this, the look of a picture, and why a product was found."""

import pytest
from django.urls import reverse

from catalog import pictures, renditions
from catalog.models import Product
from shop.tests.browser.conftest import jpeg, until
from shop.tests.browser.test_look import examine, shoot
from shop.tests.browser.test_walks import tab_to
from visualsearch import searches
from visualsearch.tasks import describe_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worn(shop, street):
    """A product in several colours that is worn in the street on one of its pictures."""
    product = max(Product.objects.for_page(), key=lambda p: len({v.colour for v in p.variants.all()}))
    image = pictures.add_picture(product, jpeg(street.image), position=0, alt="Worn in the street")
    for width in renditions.WIDTHS:
        renditions.ensure(image.sha256, width)
    return product


@pytest.fixture
def found(shop, street):
    search = searches.begin(jpeg(street.image))
    describe_photo(str(search.pk))
    return reverse("search", args=[search.pk])


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (390, False), (1280, True)])
def test_a_card_leads_to_more_like_it(shop, visitor, width, scripts):
    page = visitor(width=width, scripts=scripts).page
    page.goto(f"{shop}/find/?q=skirt")
    name = page.locator(".card__name").first.inner_text()
    page.get_by_role("link", name=f"More like this: {name}").click()
    page.wait_for_url("**/similar/")
    assert page.locator(".subject__words b").inner_text() == name
    assert page.locator(".card__name").count() > 1
    assert name not in page.locator(".card__name").all_inner_texts()
    first = page.locator(".card__name a").first
    shown = first.inner_text()
    first.click()
    page.wait_for_url("**/product/**")
    assert page.locator("h1").inner_text() == shown


def test_the_own_colours_of_a_product_are_shown_apart(shop, visitor, worn):
    page = visitor(width=390).page
    page.goto(shop + reverse("product-similar", args=[worn.slug]))
    colour = page.locator(".shade").first.inner_text()
    page.locator(".shade").first.click()
    page.wait_for_url("**?colour=**")
    assert page.locator("#choice [aria-labelledby=colour-name] [aria-current]").inner_text() == colour


@pytest.mark.parametrize("scripts", [True, False])
def test_a_piece_on_a_picture_opens_its_own_list(shop, visitor, worn, scripts):
    page = visitor(width=390, scripts=scripts).page
    page.goto(shop + worn.get_absolute_url())
    page.locator(".look__all").first.click()
    page.wait_for_url("**/look/**")
    chosen = page.locator(".hits--chosen h2").inner_text()
    other = page.locator(".piece:not([aria-current])").first
    name = other.inner_text()
    assert name != chosen
    other.click()
    page.locator(".hits--chosen h2", has_text=name).wait_for()
    assert "?item=" in page.url
    page.go_back()
    page.locator(".hits--chosen h2", has_text=chosen).wait_for()


def test_the_pieces_of_a_picture_are_reached_with_the_keyboard(shop, visitor, worn):
    page = visitor().page
    page.goto(shop + worn.get_absolute_url(), wait_until="load")
    tab_to(page, ".look__piece")
    frame = "getComputedStyle(document.activeElement.querySelector('.look__frame')).stroke"
    until(page, f"{frame} === 'rgb(255, 255, 255)'")  # a style follows the focus a frame later
    page.keyboard.press("Enter")
    page.wait_for_url("**/look/**?item=**")
    assert page.locator(".hits--chosen .card").count() > 1


@pytest.mark.parametrize(("width", "scripts"), [(390, True), (1280, True), (390, False)])
def test_a_hit_says_why_it_was_found(shop, visitor, found, width, scripts):
    page = visitor(width=width, scripts=scripts).page
    page.goto(f"{shop}{found}?item=2")
    name = page.locator(".hits--chosen .card__name").first.inner_text()
    page.locator(".hits--chosen .card__why").first.click()
    page.wait_for_url("**/why/**")
    assert page.locator("h1").inner_text() == f"Why {name}?"
    assert page.locator(".evidence__region").count() == 2
    assert page.locator(".evidence__part").count() == 2
    page.get_by_role("link", name="Back to what was found").click()
    page.wait_for_url("**?item=2")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_these_pages_are_good_to_look_at(shop, visitor, worn, found, width, theme):
    somebody = visitor(width=width, theme=theme)
    look = reverse("product-look", args=[worn.slug, worn.images.get(alt="Worn in the street").pk])
    hit = Product.objects.filter(images__regions__position="upper").exclude(pk=worn.pk).first().slug
    addresses = {
        "product-worn": worn.get_absolute_url(),
        "similar": reverse("product-similar", args=[worn.slug]),
        "look": look,
        "why": f"{found}why/?item=2&product={hit}",
    }
    troubles = []
    for name, address in addresses.items():
        somebody.page.goto(shop + address)
        troubles += [f"{name}: {trouble}" for trouble in examine(somebody.page)]
        shoot(somebody.page, f"{name}-{width}-{theme}")
    assert "\n".join(troubles) == ""
