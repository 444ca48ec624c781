"""From a photo into the cart: with few taps on a phone, with a keyboard, without JavaScript."""

import pytest
from django.urls import reverse

from catalog import pictures, renditions
from catalog.models import Product, Variant
from shop.cart.models import CartLine
from shop.prices.models import Voucher
from shop.tests.browser.conftest import jpeg, until
from shop.tests.browser.test_look import examine, shoot
from shop.tests.browser.test_walks import tab_to
from visualsearch import searches
from visualsearch.modelsinsight import Reaction
from visualsearch.tasks import describe_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_TAPS = 4  # from the photo to the cart


class Thumb:
    """Taps, and counts them."""

    def __init__(self):
        self.taps = 0

    def tap(self, locator):
        locator.tap()
        self.taps += 1


@pytest.fixture
def found(shop, street):
    search = searches.begin(jpeg(street.image))
    describe_photo(str(search.pk))
    return shop + reverse("search", args=[search.pk])


def test_four_taps_after_the_photo_it_is_in_the_cart(shop, visitor, street):
    page, thumb = visitor(width=390).page, Thumb()
    page.goto(shop, wait_until="load")
    photo = {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": jpeg(street.image)}
    page.locator("main [name=photo]").set_input_files(photo)
    page.wait_for_url("**/search/*-*/", wait_until="load")
    thumb.tap(page.locator(".pieces a", has_text="Trousers"))
    page.locator(".hits--chosen h2", has_text="Trousers").wait_for()
    card = page.locator(".hits--chosen .card").first
    name = card.locator(".card__name").inner_text()
    thumb.tap(card.locator(".card__put"))
    thumb.tap(page.locator("#sheet .option:not([disabled])").first)
    page.locator("#sheet-title", has_text="In your cart").wait_for()
    assert page.locator("#sheet .sheet__lines").inner_text().startswith(name)
    assert page.locator("[data-cart-pieces]").inner_text() == "1"
    thumb.tap(page.locator("#sheet").get_by_role("link", name="To the cart"))
    page.wait_for_url("**/cart/")
    assert page.locator(".line__name").all_inner_texts() == [name]
    assert thumb.taps <= MOST_TAPS
    assert Reaction.objects.filter(kind=Reaction.Kind.CART).count() == 1
    assert CartLine.objects.get().seen


def test_without_javascript_a_hit_goes_into_the_cart_by_its_page(visitor, found):
    Variant.objects.update(stock=5)
    page = visitor(width=390, scripts=False).page
    page.goto(f"{found}?item=1")
    page.locator(".hits--chosen .card__put").first.click()
    page.wait_for_url("**/product/**#choice")
    page.locator("#size-1").click()
    page.get_by_role("button", name="Put into the cart").click()
    page.wait_for_url("**/cart/")
    assert page.locator(".line").count() == 1
    assert Reaction.objects.filter(kind=Reaction.Kind.CART).count() == 1
    page.locator(".line select").select_option("2")
    page.get_by_role("button", name="Change").click()
    assert CartLine.objects.get().quantity == 2
    page.get_by_role("button", name="Take out").click()
    page.get_by_role("button", name="Put it back").click()
    assert CartLine.objects.get().quantity == 2


def test_the_keyboard_is_enough(shop, visitor):
    Voucher.objects.create(code="TEN", kind="percent", value=10)
    Variant.objects.update(stock=5)
    page = visitor().page
    page.goto(f"{shop}/find/?q=skirt", wait_until="load")
    tab_to(page, ".card__put")
    page.keyboard.press("Enter")
    page.locator("#sheet[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#sheet[open]").wait_for(state="hidden")
    until(page, "document.activeElement.matches('.card__put')")
    page.keyboard.press("Enter")
    page.locator("#sheet[open]").wait_for()
    tab_to(page, "#sheet .option")
    page.keyboard.press("Enter")
    page.locator("#sheet-title", has_text="In your cart").wait_for()
    tab_to(page, "#sheet a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cart/", wait_until="load")
    tab_to(page, ".line__quantity select")
    page.keyboard.press("ArrowDown")
    until(
        page,
        "document.querySelector('.line__total').textContent !== document.querySelector('.line .price').textContent",
    )
    tab_to(page, ".sums__voucher summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("ten")
    page.keyboard.press("Enter")
    page.get_by_text("Voucher TEN", exact=True).wait_for()


def test_a_look_goes_into_the_cart_with_one_tap(shop, visitor, street):
    product = max(Product.objects.for_page(), key=lambda p: len({v.colour for v in p.variants.all()}))
    image = pictures.add_picture(product, jpeg(street.image), position=0, alt="Worn in the street")
    for width in renditions.WIDTHS:
        renditions.ensure(image.sha256, width)
    page = visitor(width=390).page
    page.goto(shop + reverse("product-look", args=[product.slug, image.pk]), wait_until="load")
    pieces = page.locator(".outfit__piece").count()
    assert pieces > 1
    page.get_by_role("button", name="Put the look into the cart").tap()
    page.locator("#sheet-title", has_text="In your cart").wait_for()
    assert CartLine.objects.count() == pieces
    assert not CartLine.objects.filter(variant__stock=0).exists()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_these_pages_are_good_to_look_at(shop, visitor, width, theme):
    somebody = visitor(width=width, theme=theme)
    page, troubles = somebody.page, []

    def look(name):
        troubles.extend(f"{name}: {trouble}" for trouble in examine(page))
        shoot(page, f"{name}-{width}-{theme}")

    page.goto(f"{shop}/cart/")
    look("cart-empty")
    Voucher.objects.create(code="TEN", kind="percent", value=10)
    page.goto(f"{shop}/find/?q=skirt", wait_until="load")
    page.locator(".card__put").first.click()
    page.locator("#sheet[open]").wait_for()
    look("sheet-sizes")
    page.locator("#sheet .option:not([disabled])").first.click()
    page.locator("#sheet-title", has_text="In your cart").wait_for()
    look("sheet-added")
    held = CartLine.objects.get().cart
    for variant in Variant.objects.exclude(pk__in=held.lines.values("variant")).filter(stock__gt=3)[::40][:2]:
        held.lines.create(variant=variant, quantity=2, price_seen=variant.price + 5)
    gone = held.lines.last().variant
    Variant.objects.filter(pk=gone.pk).update(stock=0)
    page.goto(f"{shop}/cart/", wait_until="load")
    look("cart")
    page.get_by_role("button", name="Take out").last.click()
    page.get_by_role("button", name="Put it back").wait_for()
    look("cart-removed")
    assert "\n".join(troubles) == ""
