"""What people do in the shop: with a thumb, a mouse, a keyboard only, without JavaScript, without a connection."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from shop.tests.browser.conftest import jpeg, until
from visualsearch import searches
from visualsearch.models import PhotoSearch
from visualsearch.tasks import describe_photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CAMERA = "summary[aria-label='Search with a photo']"
CARRY = """([kind, name, type, size, bytes]) => {
  const carrier = new DataTransfer();
  const content = bytes ? Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)) : new Uint8Array(size);
  carrier.items.add(new File([content], name, { type }));
  const event = kind === "paste" ? new ClipboardEvent(kind, { clipboardData: carrier, bubbles: true })
    : new DragEvent(kind, { dataTransfer: carrier, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""
PLACE = "[scrollY, document.getElementById('choice').getBoundingClientRect().top]"
SWIPED = "document.querySelector('.gallery__strip').scrollLeft"


@pytest.fixture
def file(street):
    return {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": jpeg(street.image)}


@pytest.mark.parametrize("width", [390, 1280])
def test_a_photo_leads_to_a_product(shop, visitor, file, width):
    page = visitor(width=width).page
    page.goto(shop)
    page.locator("main [name=photo]").set_input_files(file)
    page.wait_for_url("**/search/*-*/")
    assert page.locator(".hotspot").count() == 3
    assert page.locator(".hits").count() == 4
    assert page.locator(".card").count() > 10

    page.get_by_role("link", name="2 Top").click()
    page.wait_for_url("**?item=2")
    page.locator(".hits--chosen h2", has_text="Top").wait_for()
    page.locator(".hotspot[aria-current]", has_text="2").wait_for()
    assert PhotoSearch.objects.count() == 1

    page.locator("#hotspot-1").click(position={"x": 12, "y": 12})
    page.locator(".hits--chosen h2", has_text="Trousers").wait_for()
    page.go_back()
    page.locator(".hits--chosen h2", has_text="Top").wait_for()

    name = page.locator(".hits--chosen .card__name").first.inner_text()
    page.locator(".hits--chosen .card__name a").first.click()
    page.wait_for_url("**/product/**")
    assert page.locator("h1").inner_text() == name


def open_product(page, shop):
    """The page of the first skirt, with its scripts at work: they are once it is loaded."""
    page.goto(f"{shop}/find/?q=skirt")
    page.locator(".card__name a").first.click()
    page.wait_for_url("**/product/**", wait_until="load")


def test_a_product_is_chosen_without_losing_ones_place(shop, visitor):
    page = visitor(width=390).page
    open_product(page, shop)
    page.locator("#choice").evaluate("(choice) => scrollTo(0, choice.offsetTop - 300)")
    place = page.evaluate(PLACE)
    page.locator("#colour-2").click()
    page.locator("#colour-2[aria-current]").wait_for()
    assert page.evaluate(PLACE) == place
    page.locator("#size-1").click()
    page.locator("#size-1[aria-current]").wait_for()
    assert page.evaluate(PLACE) == place
    assert "size=" in page.url
    assert "colour=" in page.url
    assert page.evaluate("document.activeElement.id") == "size-1"


def test_a_size_leaves_the_gallery_at_its_picture(shop, visitor):
    page = visitor(width=390).page
    open_product(page, shop)
    page.locator(".gallery__thumbs a").nth(1).click()
    page.locator("#size-1").click()
    page.locator("#size-1[aria-current]").wait_for()
    assert page.evaluate(SWIPED) > 0
    page.locator("#colour-2").click()
    page.locator("#colour-2[aria-current]").wait_for()
    assert page.evaluate(SWIPED) == 0  # at the first picture of the chosen colour


def test_a_product_is_chosen_before_the_scripts_come(shop, visitor):
    page = visitor(width=390, scripts=False).page
    open_product(page, shop)
    page.locator("#colour-2").click()
    page.locator("#colour-2[aria-current]").wait_for()
    assert page.url.endswith("#choice")


def test_thumbnails_move_the_gallery(shop, visitor):
    page = visitor().page
    open_product(page, shop)
    page.locator(".gallery__thumbs a").nth(1).click()
    page.locator(".gallery__thumbs a[aria-current]").nth(0).wait_for()
    until(page, "document.querySelectorAll('.gallery__thumbs a')[1].ariaCurrent === 'true'")
    assert "#" not in page.url


def test_the_keyboard_is_enough(shop, visitor, file):
    page = visitor().page
    page.on("filechooser", lambda chooser: None)  # Chromium is to tell of choosers well before the first one opens
    page.goto(shop)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    tab_to(page, CAMERA)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "words"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "photo"
    assert page.evaluate("getComputedStyle(document.activeElement.closest('label')).outlineStyle") == "solid"
    page.keyboard.press("Escape")
    page.locator(".searchbar__panel").wait_for(state="hidden")
    until(page, f'document.activeElement.matches("{CAMERA}")')
    page.keyboard.press("Enter")
    page.locator(".searchbar__panel").wait_for()
    tab_to(page, ".searchbar__panel [name=photo]")
    until(page, "document.activeElement.name == 'photo'")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(file)
    page.wait_for_url("**/search/*-*/")
    tab_to(page, "#hotspot-2")
    page.keyboard.press("Enter")
    page.wait_for_url("**?item=2")
    page.locator("#hotspot-2[aria-current]").wait_for()
    assert page.evaluate("document.activeElement.id") == "hotspot-2"
    tab_to(page, ".card__name a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/product/**")
    tab_to(page, "#size-1")
    page.keyboard.press("Enter")
    page.locator("#size-1[aria-current]").wait_for()


def tab_to(page, selector):
    """Press Tab until something that matches has the focus; every stop on the way must show that it has it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


@pytest.mark.parametrize("width", [390, 1280])
def test_it_works_without_javascript(shop, visitor, file, width):
    page = visitor(width=width, scripts=False).page
    page.goto(f"{shop}/find/?q=jeans")
    page.locator(CAMERA).click()
    page.locator(".searchbar [name=photo]").set_input_files(file)
    page.locator(".searchbar .photo-form__send").click()
    page.wait_for_url("**/search/*-*/")
    page.locator("#hotspot-2").click(position={"x": 12, "y": 12})
    page.wait_for_url("**?item=2")
    assert page.locator(".hits--chosen h2").inner_text() == "Top"
    page.locator(".card__name a").first.click()
    page.locator("#size-1").click()
    assert page.locator("#size-1[aria-current]").is_visible()


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_photo_can_be_pasted_and_dropped_anywhere(shop, visitor, file, kind):
    page = visitor().page
    page.goto(f"{shop}/find/?q=jeans")
    page.evaluate(CARRY, [kind, "a.jpg", "image/jpeg", 0, b64encode(file["buffer"]).decode()])
    page.wait_for_url("**/search/*-*/")
    assert page.locator(".hotspot").count() == 3


def test_a_dragged_photo_is_told_where_to_go(shop, visitor, file):
    page = visitor().page
    page.goto(shop)
    page.evaluate(CARRY, ["dragover", "a.jpg", "image/jpeg", 9, ""])
    assert page.locator(".drop-here").is_visible()
    page.evaluate("document.body.dispatchEvent(new DragEvent('dragleave', { bubbles: true }))")
    assert not page.locator(".drop-here").is_visible()


def test_a_phones_photo_is_made_smaller_and_stays_upright(shop, visitor):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn it by a quarter
    photo = jpeg(Image.effect_noise((4000, 3000), 60).convert("RGB"), exif=exif)
    page = visitor(width=390).page
    page.goto(shop)
    with page.expect_request("**/search/") as request:
        page.locator("main [name=photo]").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo})
    page.wait_for_url("**/search/*-*/")
    search = PhotoSearch.objects.get()
    assert (search.width, search.height) == (1200, 1600)
    assert int(request.value.header_value("content-length") or 0) < len(photo) / 3


@pytest.mark.parametrize(
    ("name", "type", "size", "sentence"),
    [
        ("a.pdf", "application/pdf", 9, "This file is not a picture."),
        ("a.jpg", "image/jpeg", 16 * 2**20, "This photo is larger than 15.0\xa0MB. Choose a smaller one."),
    ],
)
def test_what_cannot_be_searched_is_said_before_it_is_sent(shop, visitor, name, type, size, sentence):
    page = visitor().page
    page.goto(shop)
    page.evaluate(CARRY, ["drop", name, type, size, ""])
    page.locator("#sending-text", has_text=sentence).wait_for()
    page.get_by_role("button", name="Cancel").click()
    assert not page.locator("#sending").is_visible()
    assert not PhotoSearch.objects.exists()


def test_what_the_server_refuses_is_said_on_a_page(shop, visitor):
    somebody = visitor()
    somebody.page.goto(shop)
    broken = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"}
    somebody.page.locator("main [name=photo]").set_input_files(broken)
    somebody.page.get_by_role("heading", name="This photo cannot be searched").wait_for()
    assert somebody.page.locator(".notice").inner_text()
    assert somebody.page.locator("main [name=photo]").count() == 1
    somebody.complaints.clear()  # the browser notes the refusal's status


def test_the_photo_is_shown_before_it_is_sent(shop, visitor, file):
    page = visitor().page
    page.goto(shop)
    page.evaluate("HTMLFormElement.prototype.submit = () => {}")
    page.locator("main [name=photo]").set_input_files(file)
    until(page, "document.querySelector('.sending__photo').naturalWidth > 0")
    assert page.locator("#sending-text").inner_text() == "Looking at your photo…"
    page.keyboard.press("Escape")
    assert not page.locator("#sending").is_visible()
    until(page, "document.querySelector('main [name=photo]').files.length === 0")


def test_a_waiting_page_goes_on_by_itself(shop, visitor, file):
    search = searches.begin(file["buffer"])
    page = visitor(width=390).page
    page.goto(shop + reverse("search", args=[search.pk]))
    page.get_by_role("heading", name="Looking at your photo…").wait_for()
    until(page, "document.querySelector('.photo__picture').naturalWidth > 0")
    describe_photo(str(search.pk))
    page.locator(".hotspot").first.wait_for()
    assert "Found in your photo" in page.title()


def test_a_waiting_page_says_when_it_gives_up(shop, visitor, file):
    search = searches.begin(file["buffer"])
    page = visitor().page
    page.goto(shop + reverse("search", args=[search.pk]))
    page.get_by_role("heading", name="Looking at your photo…").wait_for()
    PhotoSearch.objects.update(created=timezone.now() - timedelta(hours=1))
    page.get_by_role("heading", name="We gave up on this photo").wait_for()
    page.get_by_role("button", name="Try this photo again").click()
    page.locator(".hotspot").first.wait_for()


def test_a_waiting_page_goes_on_without_javascript(shop, visitor, file):
    search = searches.begin(file["buffer"])
    page = visitor(scripts=False).page
    page.goto(shop + reverse("search", args=[search.pk]))
    describe_photo(str(search.pk))
    page.locator(".hotspot").first.wait_for()


def test_a_photo_can_be_forgotten(shop, visitor, file):
    search = searches.begin(file["buffer"])
    describe_photo(str(search.pk))
    page = visitor().page
    page.goto(shop + reverse("search", args=[search.pk]))
    page.get_by_role("button", name="Delete it now").click()
    page.get_by_role("heading", name="Show us what you like.").wait_for()
    assert page.url == f"{shop}/"
    assert not PhotoSearch.objects.exists()


def test_without_a_connection_a_page_says_so(shop, visitor):
    somebody = visitor()
    somebody.page.goto(shop)
    somebody.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    somebody.context.set_offline(True)
    somebody.page.goto(f"{shop}/find/?q=jeans")
    somebody.page.get_by_role("heading", name="There is no connection").wait_for()
    somebody.context.set_offline(False)
    somebody.page.get_by_role("link", name="Try again").click()
    somebody.page.get_by_role("heading", name="Results for “jeans”").wait_for()
    somebody.complaints.clear()  # the browser notes that it was offline
