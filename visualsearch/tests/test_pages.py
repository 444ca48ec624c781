"""The pages of a search with a photo, as a browser without scripts walks them."""

import io
import logging
import re
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from catalog import pictures
from catalog.models import Product
from catalog.tests.bad_files import bad_files
from catalog.tests.factories import ProductFactory, VariantFactory
from visualsearch import crops, indexing, photos, pipeline, recents, searches, tasks, uploads, views
from visualsearch.ml.types import Box, Detection
from visualsearch.models import ModelVersion, PhotoCrop, PhotoSearch, State
from visualsearch.tests import fakes
from visualsearch.tests.makers import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.fixture
def late(monkeypatch, settings):
    """No worker answers, and pages wait for none."""
    settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 0}
    monkeypatch.setattr(tasks.describe_photo, "delay", lambda search_id: None)


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    """Send bytes as the photo; gives the response."""

    def send(data, name="photo.jpg", client=client, *, words="", **headers):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/search/", {"photo": SimpleUploadedFile(name, data), "words": words}, **headers)

    return send


@pytest.fixture
def shelf():
    """Products of one picture each, indexed, from red to blue."""
    products = []
    for colour in ("red", "orange", "yellow", "green", "blue"):
        product = VariantFactory(product=ProductFactory(name=f"{colour} thing", slug=f"{colour}-thing")).product
        indexing.index(pictures.add_picture(product, photo(colour)).pk)
        products.append(product)
    return products


def products(groups):
    """How many products a part of a list shows, those that share a card counted one by one."""
    return sum(1 + len(group.more) for group in groups)


def links(response):
    """Slugs of the products that a page links to, in order."""
    return re.findall(r'href="/product/([\w-]+)/', response.content.decode())


@pytest.mark.usefixtures("worker")
class TestASearch:
    def test_leads_from_a_photo_to_product_pages(self, client, send, shelf):
        response = send(photo("blue"))
        assert response.status_code == 303
        found = client.get(response["Location"])
        assert found.status_code == 200
        assert links(found)[0] == "blue-thing"
        assert set(links(found)) == {product.slug for product in shelf}

    def test_has_a_list_for_the_whole_photo_and_one_for_each_item(self, client, send, shelf):
        context = client.get(send(photo("red"))["Location"]).context
        assert [(item.ordinal, item.label, item.chosen) for item in context["items"]] == [
            (1, "shirt", True),
            (2, "pants", False),
        ]
        assert context["whole"].position == "whole"
        assert all(item.hits.hits[0].product.slug == "red-thing" for item in [context["whole"], *context["items"]])

    def test_shows_the_item_that_the_address_chooses(self, client, send, shelf):
        address = send(photo("red"))["Location"]
        for item, chosen in [("2", 2), ("0", 0), ("7", 1), ("x", 1), ("-1", 1)]:
            context = client.get(address, {"item": item}).context
            assert [i.ordinal for i in [context["whole"], *context["items"]] if i.chosen] == [chosen]

    def test_takes_words_along_with_the_photo(self, client, send, shelf):
        sent = send(photo("red"), words="  in blue\0 ")
        assert sent["Location"].endswith("/?words=in+blue")
        page = client.get(sent["Location"])
        assert page.context["chosen"].words == "in blue"
        assert send(photo("red"), words=" ")["Location"].endswith("/")

    def test_goes_on_page_by_page_without_holes_and_doubles(self, client, send, shelf, monkeypatch):
        monkeypatch.setattr("visualsearch.results.FULL", 2)
        address, seen = send(photo("red"))["Location"], []
        query = "?item=1"
        while query:
            item = client.get(address + query).context["items"][0]
            seen += [hit.product.slug for hit in item.hits.hits]
            query = item.next_url
        assert sorted(seen) == sorted(product.slug for product in shelf)

    def test_is_narrowed_by_its_address_over_all_its_pages(self, client, send, shelf, monkeypatch):
        monkeypatch.setattr("visualsearch.results.FULL", 1)
        for product in shelf[2:]:
            VariantFactory(product=product, size="L", colour="Sand & stone", price="49.90", stock=0)
        address, seen = send(photo("red"))["Location"], []
        query = "?item=1&colour=sand+%26+stone&max_price=50"
        while query:
            item = client.get(address + query).context["items"][0]
            seen += [hit.product.slug for hit in item.hits.hits]
            assert item.facets.products == 3
            query = item.next_url
        assert seen == ["yellow-thing", "green-thing", "blue-thing"]

    def test_offers_the_form_and_the_ways_out_without_a_script(self, client, send, shelf):
        VariantFactory(product=shelf[0], size="L", colour="Red", price="49.90")
        address = send(photo("red"))["Location"]
        plain = client.get(address, {"item": 2}).content.decode()
        assert f'<form class="filters__form" method="get" action="{address}"' in plain
        assert 'name="colour" value="Red"' in plain
        assert "€30 to €50" in plain
        narrowed = client.get(address, {"item": 2, "colour": "red", "size": "L", "min_price": "20"})
        assert links(narrowed)[0] == "red-thing"
        assert [n.url for n in narrowed.context["items"][1].narrowed] == [
            "?item=2&colour=red&min_price=20",
            "?item=2&size=L&min_price=20",
            "?item=2&size=L&colour=red",
        ]
        assert "from €20.00" in narrowed.content.decode()

    def test_in_an_address_of_nonsense_is_not_narrowed(self, client, send, shelf):
        address = send(photo("red"))["Location"]
        page = client.get(f"{address}?item=1&price=x&min_price=%00&colour=%00&in_stock=maybe&far=2")
        assert len(page.context["items"][0].hits.hits) == 5

    def test_with_nothing_near_says_that_the_shop_may_not_have_this(self, client, send, shelf):
        address = send(photo("red"))["Location"]
        ModelVersion.objects.update(figures={"embedder": {"floor upper": 1.5, "floor lower": 0.99}})
        page = client.get(address, {"item": 1})
        assert "We may not have this." in page.content.decode()
        shirt, trousers = page.context["items"]
        assert (shirt.accepted, products(shirt.below)) == ([], 5)
        assert [group.hit.product.slug for group in trousers.accepted] == ["red-thing"]
        narrowed = client.get(address, {"item": 1, "in_stock": 1}).content.decode()
        assert "With what you chose, we may not have this." in narrowed

    def test_goes_farther_than_its_floor_when_asked(self, client, send, shelf, monkeypatch):
        monkeypatch.setattr("visualsearch.search.BELOW", 2)
        address = send(photo("red"))["Location"]
        ModelVersion.objects.update(figures={"embedder": {"floor upper": 0.99}})
        item = client.get(address, {"item": 1}).context["items"][0]
        assert (products(item.groups), len(item.accepted), item.next_url) == (3, 1, None)
        assert "Show what is farther away" in client.get(address, {"item": 1}).content.decode()
        far = client.get(address + item.far_url).context["items"][0]
        assert products(far.groups) == 5

    def test_that_ends_below_its_floor_offers_nothing_farther(self, client, send, shelf, monkeypatch):
        address = send(photo("red"))["Location"]
        ModelVersion.objects.update(figures={"embedder": {"floor upper": 0.99}})
        for words in ("", "red"):
            page = client.get(address, {"item": 1, "words": words})
            assert products(page.context["items"][0].groups) == 5
            assert "farther away" not in page.content.decode()

    def test_with_a_cursor_of_nowhere_begins_at_the_beginning(self, client, send, shelf):
        address = send(photo("red"))["Location"]
        assert client.get(address, {"item": 1, "after": "nonsense"}).status_code == 200

    def test_shows_no_product_that_was_unpublished_or_deleted_meanwhile(self, client, send, shelf):
        address = send(photo("red"))["Location"]
        Product.objects.filter(slug="red-thing").update(status="archived")
        Product.objects.get(slug="blue-thing").delete()
        assert set(links(client.get(address))) == {"orange-thing", "yellow-thing", "green-thing"}

    def test_in_an_empty_shop_finds_nothing_and_says_so(self, client, send):
        found = client.get(send(photo())["Location"])
        assert found.status_code == 200
        assert links(found) == []

    def test_costs_a_fixed_number_of_queries(self, client, send, shelf, django_assert_max_num_queries):
        address = send(photo("red"))["Location"]
        client.get(address)
        with django_assert_max_num_queries(9):
            client.get(address)
        with django_assert_max_num_queries(11):
            client.get(address, {"item": 1, "colour": "red"})

    def test_is_kept_from_caches_and_search_engines(self, client, send):
        response = client.get(send(photo())["Location"])
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]

    def test_works_for_whoever_knows_its_address_and_nobody_else(self, client, send):
        assert Client().get(send(photo())["Location"]).status_code == 200
        assert client.get(reverse("search", args=[uuid4()])).status_code == 404


@pytest.mark.usefixtures("worker")
class TestThePhoto:
    def test_is_shown_to_its_sender_only_by_its_address(self, client, send):
        response = client.get(send(photo())["Location"] + "photo/")
        assert response["Content-Type"] == "image/jpeg"
        assert "private" in response["Cache-Control"]
        assert response.content == photo()

    def test_is_gone_when_its_time_is_over_and_the_results_stay(self, client, send, shelf):
        address = send(photo("red"))["Location"]
        photos.valkey().flushdb()
        assert client.get(f"{address}photo/").status_code == 404
        assert links(client.get(address))

    def test_can_be_forgotten_at_once(self, client, send):
        address = send(photo())["Location"]
        assert client.post(f"{address}forget/").status_code == 303
        assert client.get(address).status_code == 404
        assert client.get(f"{address}photo/").status_code == 404
        assert client.post(f"{address}forget/").status_code == 303

    def test_is_never_written_to_disk_however_large(self, client, send, monkeypatch):
        def no_files(*args, **kwargs):
            raise AssertionError("a temporary file")

        monkeypatch.setattr("tempfile.NamedTemporaryFile", no_files)
        monkeypatch.setattr("tempfile.TemporaryFile", no_files)
        noise = io.BytesIO(photo(size=(1600, 1600), format="PNG", compress_level=0))
        assert len(noise.getvalue()) > 7_000_000
        assert send(noise.getvalue()).status_code == 303


@pytest.mark.usefixtures("worker")
class TestAnItem:
    def test_that_is_most_prominent_is_chosen_where_none_is_asked_for(self, client, send, shelf, monkeypatch):
        bag = Detection("bag", "bag", 0.99, Box(0.0, 0.9, 0.1, 1.0))
        monkeypatch.setattr(fakes.FakeDetector, "found", [bag, fakes.TROUSERS])
        context = client.get(send(photo("red"))["Location"]).context
        assert [(item.label, item.chosen) for item in context["items"]] == [("bag", False), ("pants", True)]

    def test_can_be_looked_for_among_other_things_by_its_address(self, client, send, shelf):
        address = send(photo("red"))["Location"]
        said = client.get(address, {"item": 1, "worn": "lower"})
        item = said.context["items"][0]
        assert (item.label, item.position, item.worn) == ("", "lower", "lower")
        assert '<option value="lower" selected>' in said.content.decode()
        assert all(hit.image.regions.get(pk=hit.region).position == "lower" for hit in item.hits.hits)
        assert client.get(address, {"item": 1}).context["items"][0].position == "upper"

    def test_keeps_what_it_is_looked_for_among_on_further_pages(self, client, send, shelf, monkeypatch):
        monkeypatch.setattr("visualsearch.results.FULL", 2)
        address = send(photo("red"))["Location"]
        [item, _] = client.get(address, {"item": 1, "worn": "lower"}).context["items"]
        [further, _] = client.get(address + item.next_url).context["items"]
        assert further.position == "lower"
        assert further.hits.hits[0].rank == 3

    @pytest.mark.parametrize("worn", ["", "upper", "nonsense"])
    def test_stays_what_it_is_for_no_other_place(self, client, send, shelf, worn):
        item = client.get(send(photo("red"))["Location"], {"item": 1, "worn": worn}).context["items"][0]
        assert (item.label, item.worn) == ("shirt", "")


PART = {"left": "10", "top": "60", "right": "40", "bottom": "90"}


@pytest.mark.usefixtures("worker")
class TestAPart:
    @pytest.fixture
    def address(self, send, shelf):
        return send(photo("red"))["Location"]

    @pytest.fixture
    def crop(self, client, address, django_capture_on_commit_callbacks):
        def crop(client=client, **sides):
            with django_capture_on_commit_callbacks(execute=True):
                return client.post(f"{address}crop/?item=1", PART | sides)

        return crop

    def test_has_an_address_of_its_own_and_its_list_first(self, client, address, crop):
        response = crop()
        assert (response.status_code, response["Location"]) == (303, f"{address}?item=3")
        found = client.get(response["Location"])
        assert found.context["chosen"].own
        assert links(found)[0] == "red-thing"
        assert PhotoSearch.objects.count() == 1

    def test_that_was_searched_before_leads_to_the_same_address(self, client, address, crop):
        assert crop()["Location"] == crop()["Location"]
        assert Client().get(crop()["Location"]).status_code == 200

    @pytest.mark.parametrize(
        ("sides", "sentence"),
        [
            ({"left": "50", "right": "40"}, "must be less than"),
            ({"left": "39"}, "at least 16 pixels"),
            ({"left": "-3"}, "greater than or equal to 0"),
            ({"bottom": "101"}, "less than or equal to 100"),
            ({"top": "x"}, "Enter a number"),
            ({"top": "nan"}, "Enter a number"),
            ({"top": ""}, "This field is required"),
        ],
    )
    def test_that_makes_no_sense_is_told_so_above_its_fields(self, crop, sides, sentence):
        response = crop(**sides)
        page = response.content.decode()
        assert response.status_code == 400
        assert sentence in page
        assert re.search(r"<details[^>]* open", page)
        assert response.context["chosen"].ordinal == 1
        for name, value in (PART | sides).items():
            assert (f'name="{name}" value="{value}"' in page) is bool(value)

    def test_of_a_photo_whose_time_is_over_is_refused_plainly(self, address, client, crop):
        before = crop()["Location"]
        photos.valkey().flushdb()
        response = crop(left="20")
        assert response.status_code == 410
        assert "The photo was deleted after its 30 minutes." in response.content.decode()
        assert client.get(before).context["chosen"].own

    def test_of_too_many_is_refused(self, crop, monkeypatch):
        monkeypatch.setattr(crops, "MOST", 1)
        crop()
        assert crop(left="20").status_code == 409

    def test_counts_how_often_an_address_asks(self, crop, monkeypatch):
        monkeypatch.setattr("visualsearch.throttles.PerAddress.rate", "2/min", raising=False)
        answers = [crop(left=left) for left in ("11", "12")]  # the photo itself was the first
        assert [answer.status_code for answer in answers] == [303, 429]
        assert "2/minute" in answers[1].content.decode()
        assert 0 < int(answers[1]["Retry-After"]) <= 60

    def test_without_one_there_is_the_search(self, client, address):
        assert client.get(f"{address}crop/?item=2")["Location"] == f"{address}?item=2"
        assert client.get(f"{address}crop/")["Location"] == address
        assert client.post(f"/search/{uuid4()}/crop/", PART).status_code == 404

    def test_of_a_search_without_results_leads_to_what_is_said_about_it(self, address, crop):
        PhotoSearch.objects.update(state=State.FAILED, reason="replaced")
        assert crop()["Location"] == f"{address}?item=1"

    def test_asks_for_the_forms_token(self, crop):
        assert crop(client=Client(enforce_csrf_checks=True)).status_code == 403

    def test_costs_a_fixed_number_of_queries(self, client, crop, django_assert_max_num_queries):
        address = crop()["Location"]
        client.get(address)
        with django_assert_max_num_queries(11):
            client.get(address)


@pytest.mark.usefixtures("worker")
class TestAPartThatIsLate:
    @pytest.fixture
    def address(self, send, monkeypatch, settings, client):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 0}
        monkeypatch.setattr(tasks.describe_crop, "delay_on_commit", lambda crop_id: None)
        return client.post(f"{send(photo())['Location']}crop/", PART)["Location"]

    def test_is_waited_for_where_its_list_will_be(self, client, address):
        page = client.get(address)
        assert (page.context["part"].ordinal, page.context["whole"].chosen) == (3, False)
        assert 'hx-get="?item=3"' in page.content.decode()
        assert "http-equiv" in page.content.decode()
        crops.answer(PhotoCrop.objects.get().pk)
        page = client.get(address, headers={"HX-Request": "true"})
        assert page.context["part"] is None
        assert "data-waiting" not in page.content.decode()

    def test_says_when_it_is_given_up(self, client, address):
        PhotoCrop.objects.update(state=State.FAILED, reason="expired")
        page = client.get(address)
        assert "The photo&#x27;s time was over" in page.content.decode()
        assert page.context["crop_form"].initial == {name: f"{value}.0" for name, value in PART.items()}


@pytest.mark.usefixtures("worker")
class TestRecentPhotos:
    @pytest.fixture
    def searched(self, send):
        return [send(photo(colour))["Location"] for colour in ("red", "green")]

    def test_are_shown_by_their_small_copies_the_last_first(self, client, searched):
        page = client.get("/find/").content.decode()
        shown = re.findall(r'src="(/search/[^"]+)photo/small/"', page)
        assert shown == searched[::-1]
        response = client.get(f"{shown[0]}photo/small/")
        assert response["Content-Type"] == "image/jpeg"
        assert "private" in response["Cache-Control"]

    def test_are_those_of_this_browser_alone(self, searched):
        assert "photo/small" not in Client().get("/find/").content.decode()

    def test_are_gone_with_their_photos(self, client, searched):
        photos.valkey().flushdb()
        assert "photo/small" not in client.get("/find/").content.decode()
        assert client.get(f"{searched[0]}photo/small/").status_code == 404

    def test_can_be_forgotten_all_at_once(self, client, send, searched):
        other = send(photo(), client=Client())["Location"]
        assert client.post("/search/forget-all/")["Location"] == "/"
        assert [client.get(address).status_code for address in [*searched, other]] == [404, 404, 200]
        assert recents.COOKIE not in {name for name, cookie in client.cookies.items() if cookie.value}
        assert photos.valkey().keys("search:*:photo") == [f"search:{other.split('/')[2]}:photo".encode()]

    def test_lose_the_one_that_is_forgotten(self, client, searched):
        client.post(f"{searched[0]}forget/")
        assert [one.id for one in remembered(client)] == [UUID(searched[1].split("/")[2])]

    def test_are_at_most_a_few(self, client, send, monkeypatch):
        monkeypatch.setattr(recents, "MOST", 2)
        last = [send(photo())["Location"] for _ in range(3)]
        assert [f"/search/{one.id}/" for one in remembered(client)] == last[:0:-1]

    def test_are_named_in_a_cookie_that_scripts_cannot_read_and_that_lives_as_long_as_a_photo(self, client, searched):
        cookie = client.cookies[recents.COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 1800)
        assert not Session.objects.exists()

    @pytest.mark.parametrize(  # named, as a signature holds the time: both processes that share the tests must agree
        "value",
        ["", "nonsense", signing.dumps([["x", 1]], salt="searched"), signing.dumps(7)],
        ids=["empty", "nonsense", "no ids", "no list"],
    )
    def test_of_a_cookie_that_is_not_ours_are_none(self, client, value):
        client.cookies[recents.COOKIE] = value
        assert client.get("/find/").status_code == 200
        assert remembered(client) == []

    def test_are_not_remembered_longer_than_their_time(self, client, searched, settings):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"PHOTO_TTL": -1}
        assert remembered(client) == []

    def test_leave_no_trace_in_the_logs(self, client, send, caplog):
        caplog.set_level(logging.DEBUG)
        search_id = send(photo())["Location"].split("/")[2]
        client.get("/find/")
        client.post("/search/forget-all/")
        assert search_id not in "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))


def remembered(client):
    request = HttpRequest()
    request.COOKIES = {name: cookie.value for name, cookie in client.cookies.items()}
    return recents.of(request)


@pytest.mark.usefixtures("late")
class TestAPageUnderWay:
    def test_shows_the_photo_and_a_place_for_the_lists(self, client, send):
        address = send(photo())["Location"]
        page = client.get(address).content.decode()
        assert f'src="{address}photo/"' in page
        assert 'class="hits hits--chosen skeleton"' in page
        assert 'data-waiting="photo"' in page

    def test_shows_the_pieces_before_the_products(self, client, send):
        address = send(photo())["Location"]
        photos.glance(PhotoSearch.objects.get().pk, [fakes.SHIRT])
        page = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert 'data-waiting="boxes"' in page
        assert f'hx-get="{address}?boxes=1"' in page
        page = client.get(f"{address}?words=in+red&boxes=1").content.decode()
        assert f'hx-get="{address}?words=in+red&amp;boxes=1"' in page
        assert page.count("<foreignObject") == 1
        assert "<h2>Top</h2>" in page

    def test_is_told_by_the_worker_what_it_sees(self, send, monkeypatch):
        send(photo())
        search = PhotoSearch.objects.get()
        monkeypatch.setattr(
            fakes.FakeEmbedder, "embed", lambda self, pictures: pytest.fail(str(photos.glanced(search.pk)))
        )
        with pytest.raises(pytest.fail.Exception, match="shirt"):
            searches.answer(search.pk)

    def test_of_a_search_that_is_forgotten_meanwhile_is_missing(self, client, send, settings, monkeypatch):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 5}
        address = send(photo())["Location"]
        monkeypatch.setattr(photos, "wait", lambda search_id, seconds: client.post(f"{address}forget/"))
        assert client.get(address).status_code == 404

    def test_is_held_back_for_results_only_a_moment(self, client, send, settings, monkeypatch):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 5}
        waited = []
        monkeypatch.setattr(photos, "wait", lambda search_id, seconds: waited.append(seconds))
        address = send(photo())["Location"]
        client.get(address)
        client.get(address, {"boxes": 1}, headers={"HX-Request": "true"})
        client.get(address, headers={"HX-Request": "true", "HX-Boosted": "true"})
        assert waited == [views.FIRST_LOOK, 5, views.FIRST_LOOK]


@pytest.mark.usefixtures("late")
class TestAWorkerThatIsLate:
    def test_is_waited_for_by_a_page_that_asks_again_by_itself(self, client, send):
        address = send(photo())["Location"]
        page = client.get(address)
        assert page.status_code == 200
        assert f'hx-get="{address}"' in page.content.decode()
        assert "http-equiv" in page.content.decode()
        searches.answer(PhotoSearch.objects.get().pk)
        assert "items" in client.get(address, headers={"HX-Request": "true"}).context

    def test_is_given_up_plainly_and_can_be_asked_again(self, client, send, monkeypatch):
        address, sent = send(photo())["Location"], []
        PhotoSearch.objects.update(state=State.FAILED, reason="gave up")
        page = client.get(address)
        assert page.context["photo_lives"] is True
        assert "gave up" in page.content.decode()
        monkeypatch.setattr(tasks.describe_photo, "delay_on_commit", sent.append)
        assert client.post(f"{address}again/").status_code == 303
        assert client.post(f"{address}again/").status_code == 303
        assert sent == [str(PhotoSearch.objects.get().pk)]
        assert PhotoSearch.objects.get().state == State.WAITING


@pytest.mark.usefixtures("late")
class TestABadFile:
    @pytest.mark.parametrize("bad", bad_files(), ids=lambda bad: bad.name)
    def test_gets_its_sentence_and_a_place_for_another(self, send, bad):
        response = send(bad.data, bad.name)
        assert response.status_code == uploads.STATUS.get(bad.code, 400)
        sentence = response.context["message"]
        assert sentence.endswith(".")
        assert 'name="photo"' in response.content.decode()
        assert not PhotoSearch.objects.exists()

    def test_that_is_missing_gets_one_too(self, client):
        response = client.post("/search/")
        assert response.status_code == 400
        assert "No photo came along" in response.context["message"]

    def test_above_the_limit_is_not_read_into_memory(self, send, settings, monkeypatch):
        settings.VISUALSEARCH = settings.VISUALSEARCH | {"PHOTO_MAX_BYTES": 100_000}
        monkeypatch.setattr(searches, "begin", lambda photo: pytest.fail("read"))
        response = send(bytes(300_000))
        assert response.status_code == 413
        assert "at most 0.0953674 MB are taken" in response.context["message"]

    def test_leaves_the_shop_working(self, send):
        for bad in bad_files()[:5]:
            send(bad.data)
        assert send(photo()).status_code == 303


@pytest.mark.usefixtures("late")
class TestTheDoor:
    def test_asks_for_the_forms_token(self, send):
        assert send(photo(), client=Client(enforce_csrf_checks=True)).status_code == 403

    def test_takes_the_forms_token_after_the_photo(self, rf):
        client = Client(enforce_csrf_checks=True)
        client.get("/")
        token = client.cookies["csrftoken"].value
        data = {"photo": SimpleUploadedFile("p.jpg", photo()), "csrfmiddlewaretoken": token}
        assert client.post("/search/", data).status_code == 303

    def test_without_a_photo_leads_back_to_the_shop(self, client):
        assert client.get("/search/")["Location"] == "/"

    def test_counts_how_often_an_address_asks(self, send, monkeypatch):
        monkeypatch.setattr("visualsearch.throttles.PerAddress.rate", "2/min", raising=False)
        assert [send(photo()).status_code for _ in range(3)] == [303, 303, 429]
        response = send(photo())
        assert "2/minute" in response.context["message"]
        assert 0 < int(response["Retry-After"]) <= 60

    def test_writes_no_address_and_no_file_name_to_the_logs(self, send, caplog):
        caplog.set_level(logging.DEBUG)
        send(photo(), "my-holidays.jpg", REMOTE_ADDR="203.0.113.9")
        send(b"no picture", "my-diary.txt", REMOTE_ADDR="203.0.113.9")
        assert "203.0.113.9" not in caplog.text
        assert "my-" not in caplog.text

    def test_keeps_no_address_in_the_cache(self, send):
        send(photo(), REMOTE_ADDR="203.0.113.9")
        keys = photos.valkey().keys("*throttle*")
        assert keys
        assert not any(b"203.0.113.9" in key for key in keys)


def test_a_picture_of_the_shop_finds_its_own_product(worker, client, send, shelf):
    """The pipeline is one: what is asked with a catalogue picture scores 1 with that picture."""
    hits = client.get(send(photo("green"))["Location"]).context["whole"].hits.hits
    assert hits[0].product.slug == "green-thing"
    assert hits[0].score == pytest.approx(1, abs=1e-3)
    assert pipeline.MARGIN == 0.05
