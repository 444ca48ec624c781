"""What people do with their photo: choose a piece, draw a part or type it, go back, say what it is, forget it."""

import pytest
from django.urls import reverse

from shop.tests.browser.conftest import jpeg, until
from shop.tests.browser.test_look import examine, shoot
from shop.tests.browser.test_walks import tab_to
from visualsearch import photos, searches, tasks
from visualsearch.models import PhotoCrop, PhotoSearch
from visualsearch.tasks import describe_crop, describe_photo
from visualsearch.tests import fakes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDGES = ["left", "top", "right", "bottom"]


@pytest.fixture
def file(street):
    return {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": jpeg(street.image)}


@pytest.fixture
def search(shop, file):
    """A search with results, and the address of its page."""
    search = searches.begin(file["buffer"])
    describe_photo(str(search.pk))
    search.address = shop + reverse("search", args=[search.pk])
    return search


def typed(page, **edges):
    """Fill the fields in."""
    for edge, percent in edges.items():
        page.locator(f".crop [name={edge}]").fill(str(percent))


def fields(page):
    return [float(page.locator(f".crop [name={edge}]").input_value()) for edge in EDGES]


def open_form(page):
    page.locator(".crop__open").click()
    page.locator(".crop [name=left]").wait_for()


def drag(page, start, end, steps=6):
    """With the mouse over the photo, from one place of it to another, in percent."""
    frame = page.locator(".photo").bounding_box()
    place = lambda x, y: (frame["x"] + frame["width"] * x / 100, frame["y"] + frame["height"] * y / 100)  # noqa: E731
    page.mouse.move(*place(*start))
    page.mouse.down()
    page.mouse.move(*place(*end), steps=steps)
    page.mouse.up()


def test_the_main_piece_is_chosen_and_another_by_keyboard(search, visitor):
    page = visitor().page
    page.goto(search.address)
    main = page.locator(".hotspot[aria-current]")
    assert main.get_attribute("aria-label") == "2, Top"  # larger than the trousers, whose box is surer
    tab_to(page, "#hotspot-1")
    shoot(page, "photo-focus")
    page.keyboard.press("Enter")
    page.locator(".hits--chosen h2", has_text="Trousers").wait_for()
    assert page.evaluate("document.activeElement.id") == "hotspot-1"
    assert page.url.endswith("?item=1")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_part_is_typed_without_javascript(search, visitor, width):
    somebody = visitor(width=width, scripts=False)
    page = somebody.page
    page.goto(search.address)
    open_form(page)
    typed(page, left=60, right=40)
    page.get_by_role("button", name="Search this part").click()
    page.get_by_role("alert").filter(has_text="must be less than").wait_for()
    shoot(page, f"photo-typed-wrong-{width}")
    somebody.complaints.clear()  # the browser notes the refusal's status
    typed(page, left=30, top=10, right=70, bottom=45)
    page.get_by_role("button", name="Search this part").click()
    page.wait_for_url("**?item=4")
    assert page.locator(".piece[aria-current]").count() == 1
    assert page.locator(".hits--chosen .card").count() > 3
    shoot(page, f"photo-typed-{width}")
    page.reload()
    assert page.locator("#hotspot-4[aria-current]").count() == 1
    assert PhotoSearch.objects.count() == 1


@pytest.mark.parametrize("width", [390, 1280])
def test_a_part_is_drawn_and_the_way_back_is_open(search, visitor, width):
    page = visitor(width=width).page
    page.goto(search.address)
    open_form(page)
    page.locator(".cropper").wait_for()
    typed(page, left=40, top=40, right=60, bottom=60)
    drag(page, (5, 5), (35, 45))
    assert fields(page) == pytest.approx([5, 5, 35, 45], abs=0.6)
    drag(page, (20, 25), (30, 35))  # the whole frame
    assert fields(page) == pytest.approx([15, 15, 45, 55], abs=0.8)
    drag(page, (45, 55), (70, 60))  # its lower right corner
    assert fields(page) == pytest.approx([15, 15, 70, 60], abs=1)
    drag(page, (70, 60), (0, 0))  # no edge passes the one across
    assert fields(page) == pytest.approx([15, 15, 17, 17], abs=1)
    typed(page, left=25, top=10, right=75, bottom=50)
    shoot(page, f"photo-drawn-{width}")
    page.get_by_role("button", name="Search this part").click()
    page.wait_for_url("**?item=4")
    page.locator("#hotspot-4[aria-current]").wait_for()
    assert page.locator(".cropper").count() == 0
    page.get_by_role("link", name="1 Trousers").click()
    page.wait_for_url("**?item=1")
    page.locator("#hotspot-1[aria-current]").wait_for()
    page.go_back()
    page.locator("#hotspot-4[aria-current]").wait_for()
    until(page, "document.readyState === 'complete'")  # until then nobody listens to the next step back
    page.go_back()
    page.locator("#hotspot-2[aria-current]").wait_for()
    assert PhotoSearch.objects.count() == 1


def test_a_part_is_moved_and_searched_by_keyboard_alone(search, visitor):
    page = visitor().page
    page.goto(search.address)
    tab_to(page, ".crop__open")
    page.keyboard.press("Enter")
    page.locator(".cropper").wait_for()
    before = fields(page)
    page.keyboard.press("Escape")
    page.locator(".cropper").wait_for(state="detached")
    assert page.evaluate("document.activeElement.className") == "crop__open"
    page.keyboard.press("Enter")
    page.locator(".cropper").wait_for()
    for _ in range(6):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.dataset.edges") == "left top":
            break
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert fields(page) == pytest.approx([before[0] + 1, before[1] + 10, *before[2:]], abs=0.11)
    until(page, "document.querySelector('.cropper output').textContent.startsWith('left ')")
    shoot(page, "photo-keys")
    page.keyboard.press("Enter")
    page.wait_for_url("**?item=4")
    page.locator("#hotspot-4[aria-current]").wait_for()


def test_a_refused_part_is_said_in_its_place(search, visitor):
    somebody = visitor(width=390)
    page = somebody.page
    page.goto(search.address)
    open_form(page)
    typed(page, left=50, top=50, right=51, bottom=51)
    page.get_by_role("button", name="Search this part").click()
    page.get_by_role("alert").filter(has_text="too small").wait_for()
    page.locator(".cropper").wait_for()
    photos.valkey().delete(f"search:{search.pk}:photo")
    typed(page, left=10, top=10, right=60, bottom=60)
    page.get_by_role("button", name="Search this part").click()
    page.get_by_role("alert").filter(has_text="The photo was deleted after its 30 minutes").wait_for()
    assert page.locator(".hits .card").count() > 3
    shoot(page, "photo-gone")
    somebody.complaints.clear()  # the browser notes the refusals


def test_an_item_is_looked_for_among_other_things(search, visitor):
    page = visitor(width=390).page
    page.goto(search.address)
    page.get_by_label("We look for this among").select_option(label="Trousers and skirts")
    page.get_by_role("button", name="Change").click()
    page.wait_for_url("**worn=lower*")
    page.get_by_label("You look for this among").wait_for()
    assert page.locator(".hits--chosen h2").inner_text() == "Bottoms"
    page.go_back()
    page.get_by_label("We look for this among").wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_under_way_shows_the_photo_then_its_pieces_then_the_lists(shop, file, visitor, width):
    search = searches.begin(file["buffer"])
    page = visitor(width=width).page
    page.goto(shop + reverse("search", args=[search.pk]))
    until(page, "document.querySelector('.photo__picture').naturalWidth > 0")
    where = page.locator(".photo").bounding_box()
    page.locator(".skeleton").first.wait_for()
    shoot(page, f"photo-waiting-{width}", full=False)
    page.evaluate("document.querySelector('.photo__picture').stays = true")
    photos.glance(search.pk, fakes.FakeDetector.found)
    page.locator(".hotspot").first.wait_for()
    assert page.locator(".skeleton h2").all_inner_texts() == ["Top", "Trousers", "Hat"]
    shoot(page, f"photo-seen-{width}", full=False)
    describe_photo(str(search.pk))
    page.locator("a.hotspot").first.wait_for()
    assert page.locator(".photo").bounding_box() == where
    assert page.evaluate("document.querySelector('.photo__picture').stays") is True
    assert list(examine(page)) == []


def test_a_part_under_way_keeps_its_place(search, visitor, worker, monkeypatch):
    monkeypatch.setattr(tasks.describe_crop, "delay_on_commit", lambda crop_id: None)
    page = visitor().page
    page.goto(search.address)
    open_form(page)
    typed(page, left=25, top=10, right=75, bottom=50)
    page.get_by_role("button", name="Search this part").click()
    page.locator(".skeleton h2", has_text="Looking at this part of your photo…").wait_for()
    shoot(page, "photo-part-waiting")
    describe_crop(str(PhotoCrop.objects.get().pk))
    page.locator("#hits-4").wait_for()
    assert page.url.endswith("?item=4")


def test_a_connection_that_is_lost_is_said_and_the_page_goes_on(shop, file, visitor):
    search = searches.begin(file["buffer"])
    somebody = visitor(width=390)
    page = somebody.page
    page.goto(shop + reverse("search", args=[search.pk]))
    page.locator(".skeleton").first.wait_for()
    somebody.context.set_offline(True)
    page.locator(".toast", has_text="You are offline").wait_for()
    shoot(page, "photo-offline")
    somebody.context.set_offline(False)
    describe_photo(str(search.pk))
    page.locator("a.hotspot").first.wait_for()
    assert page.locator(".toast").inner_text() == ""
    somebody.complaints.clear()  # the browser notes that it was offline


@pytest.mark.parametrize("scripts", [True, False])
def test_the_last_photos_are_at_hand_and_forgotten_all_at_once(shop, file, visitor, scripts):
    page = visitor(scripts=scripts).page
    for _ in range(2):
        page.goto(shop)
        page.locator("main [name=photo]").set_input_files(file)
        if not scripts:
            page.locator("main .photo-form__send").click()
        page.wait_for_url("**/search/*-*/")
    last = page.url
    page.goto(f"{shop}/find/?q=jeans")
    page.locator("summary[aria-label='Search with a photo']").click()
    assert page.locator(".recent__photo").count() == 2
    page.locator(".recent__photo img").first.scroll_into_view_if_needed()
    shoot(page, f"photo-recent-{'scripts' if scripts else 'plain'}")
    page.locator(".recent__photo").first.click()
    page.wait_for_url(last)
    page.goto(shop)
    shoot(page, "photo-recent-home")
    page.get_by_role("button", name="Forget all").locator("visible=true").click()
    page.wait_for_url(f"{shop}/")
    assert page.locator(".recent").count() == 0
    assert not PhotoSearch.objects.exists()
    assert photos.valkey().keys("search:*:photo") == []
