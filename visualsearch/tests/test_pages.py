"""The pages of a search with a photo, as a browser without scripts walks them."""

import io
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Product
from catalog.tests.factories import VariantFactory
from visualsearch import photos
from visualsearch.ml import transforms
from visualsearch.ml.types import Box, Detection
from visualsearch.models import ModelVersion
from visualsearch.tests import fakes
from visualsearch.tests.makers import links, photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


def products(groups):
    """How many products a part of a list shows, those that share a card counted one by one."""
    return sum(1 + len(group.more) for group in groups)


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
        ModelVersion.objects.update(floors={"upper": 1.5, "lower": 0.99})
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
        ModelVersion.objects.update(floors={"upper": 0.99})
        item = client.get(address, {"item": 1}).context["items"][0]
        assert (products(item.groups), len(item.accepted), item.next_url) == (3, 1, None)
        assert "Show what is farther away" in client.get(address, {"item": 1}).content.decode()
        far = client.get(address + item.far_url).context["items"][0]
        assert products(far.groups) == 5

    def test_that_ends_below_its_floor_offers_nothing_farther(self, client, send, shelf, monkeypatch):
        address = send(photo("red"))["Location"]
        ModelVersion.objects.update(floors={"upper": 0.99})
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


def test_a_picture_of_the_shop_finds_its_own_product(worker, client, send, shelf):
    """The pipeline is one: what is asked with a catalogue picture scores 1 with that picture."""
    hits = client.get(send(photo("green"))["Location"]).context["whole"].hits.hits
    assert hits[0].product.slug == "green-thing"
    assert hits[0].score == pytest.approx(1, abs=1e-3)
    assert transforms.MARGIN == 0.05
