"""Why a product was found: asked for on a page and by programs, made by a worker, gone with the photo."""

import pytest
from django.urls import reverse

from catalog import pictures
from catalog.models import Product
from catalog.tests.factories import ProductFactory, VariantFactory
from visualsearch import attributes, explanations, indexing, photos, searches, tasks, throttles
from visualsearch.explanations import Explanation, Side
from visualsearch.ml.types import Box
from visualsearch.models import PhotoSearch, Region
from visualsearch.tests.makers import a_region, a_search, an_image, photo, unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.fixture
def product():
    product = ProductFactory(name="Striped linen shirt", slug="shirt")
    indexing.index(pictures.add_picture(product, photo("red")).pk)
    return product


@pytest.fixture
def found(product):
    """A search with a red photo that is answered."""
    search = searches.begin(photo("red"))
    searches.answer(search.pk)
    photos.valkey().delete(f"search:{search.pk}:done")
    search.refresh_from_db()
    return search


@pytest.fixture
def at_once(monkeypatch, worker):
    """Workers do what is asked as soon as it is asked."""


@pytest.fixture
def never(monkeypatch, settings):
    """No worker does it; what is asked of them."""
    asked = []
    settings.VISUALSEARCH = settings.VISUALSEARCH | {"WAIT": 0}
    monkeypatch.setattr(tasks.explain_hit, "delay", lambda *ids: asked.append(ids))
    return asked


def page_of(client, search, item=1, product="shirt"):
    return client.get(reverse("search-why", args=[search.pk]), {"item": item, "product": product})


def program(client, search, **query):
    return client.get(f"/api/v1/searches/{search.pk}/explain/", {"object": 1, "product": "shirt"} | query)


@pytest.mark.usefixtures("at_once")
class TestThePage:
    def test_draws_both_regions_and_both_parts(self, client, found):
        response = page_of(client, found)
        why = response.context["why"]
        assert why.region.position == why.asked.position == "upper"
        assert why.parts.photo.box.overlap(why.asked.box) > 0.1
        assert why.parts.product.box.area < why.region.box.area
        page = response.content.decode()
        assert page.count('class="evidence__part"') == page.count('class="evidence__region"') == 2
        assert reverse("search-photo", args=[found.pk]) in page
        assert "hx-get" not in page.split("<main")[1]

    def test_names_what_both_are(self, client, found):
        page = page_of(client, found).content.decode()
        assert "Colour in both pictures" in page
        assert "Red" in page
        assert "Both are taken for" in page

    def test_is_linked_from_every_hit(self, client, found):
        page = client.get(reverse("search", args=[found.pk])).content.decode()
        for item in (0, 1, 2):
            assert f"{reverse('search-why', args=[found.pk])}?item={item}&amp;product=shirt" in page

    def test_of_the_whole_photo_has_no_box_around_everything(self, client, found):
        page = page_of(client, found, item=0).content.decode()
        assert 'class="evidence__region"' not in page
        assert page.count('class="evidence__part"') == 2

    @pytest.mark.parametrize(
        ("item", "product"), [(9, "shirt"), ("x", "shirt"), ("", ""), (1, "nothing"), (1, "draft")]
    )
    def test_of_what_is_not_there_is_not_found(self, client, found, item, product):
        ProductFactory(slug="draft", status="draft")
        assert page_of(client, found, item, product).status_code == 404

    def test_of_a_product_whose_pictures_are_not_read_is_not_found(self, client, found):
        ProductFactory(slug="new")
        assert page_of(client, found, product="new").status_code == 404

    def test_of_a_search_that_waits_leads_to_it(self, client, product):
        search = searches.begin(photo())
        assert page_of(client, search)["Location"] == reverse("search", args=[search.pk])

    def test_is_kept_from_caches(self, client, found):
        assert "no-store" in page_of(client, found)["Cache-Control"]


class TestAWorker:
    def test_is_asked_once_and_the_page_asks_again_by_itself(self, client, found, never):
        first = page_of(client, found).content.decode()
        page_of(client, found)
        assert len(never) == 1
        assert "hx-get" in first
        assert "evidence__region" in first
        assert "evidence__part" not in first
        explanations.make(*never[0])
        assert "evidence__part" in page_of(client, found).content.decode()
        assert len(never) == 1

    def test_is_not_asked_by_somebody_who_asks_too_often(self, client, found, never, monkeypatch):
        monkeypatch.setattr(throttles.PerAddress, "rate", "1/hour", raising=False)
        assert page_of(client, found, item=1).status_code == 200
        assert page_of(client, found, item=2).status_code == 200
        assert len(never) == 1

    def test_that_comes_too_late_does_nothing(self, found, never):
        region = Region.objects.filter(position="upper").first()
        asked = found.regions.get(ordinal=1)
        assert explanations.make(asked.pk, 0) is None
        assert explanations.make(0, region.pk) is None
        photos.forget(found.pk)
        assert explanations.make(asked.pk, region.pk) is None

    def test_whose_photo_goes_while_it_looks_leaves_nothing(self, found, never, monkeypatch):
        region, asked = Region.objects.filter(position="upper").first(), found.regions.get(ordinal=1)
        monkeypatch.setattr(photos, "remaining", lambda search_id: 0)
        assert explanations.make(asked.pk, region.pk) is None
        assert not photos.valkey().keys(f"search:{found.pk}:why*")


@pytest.mark.usefixtures("at_once")
class TestWhatWasFoundOut:
    def test_lives_no_longer_than_the_photo(self, client, found):
        photos.valkey().expire(f"search:{found.pk}:photo", 100)
        page_of(client, found)
        keys = photos.valkey().keys(f"search:{found.pk}:why*")
        assert len(keys) == 3  # the answer, who asked, and the list of both
        assert all(0 < photos.valkey().ttl(key) <= 100 for key in keys)

    def test_goes_when_the_photo_is_forgotten(self, client, found):
        page_of(client, found)
        client.post(reverse("search-forget", args=[found.pk]))
        assert not photos.valkey().keys(f"search:{found.pk}:why:*[0-9]")
        assert not photos.valkey().exists(f"search:{found.pk}:whys")

    def test_is_not_looked_for_once_the_photo_is_gone_and_the_page_says_so(self, client, found):
        photos.forget(found.pk)
        page = page_of(client, found).content.decode()
        assert "The photo was deleted" in page
        assert "evidence__part" not in page
        assert "hx-get" not in page.split("<main")[1]

    def test_is_written_and_read_alike(self):
        side = Side(Box(0.1, 0.2, 0.3, 0.4), 0.9, 0.7, "red")
        both = Explanation(side, side)
        assert Explanation.read(both.written().encode()) == both
        assert both.colour == "red"
        assert Explanation(side, Side(side.box, 0.9, 0.7, "blue")).colour == ""


class TestTheApi:
    def test_says_all_of_it(self, client, found, at_once):
        body = program(client, found).json()
        assert body["status"] == "done"
        assert body["score"] == pytest.approx(1, abs=1e-3)
        assert body["exact"] is True
        assert body["product"]["slug"] == "shirt"
        assert body["photo"]["box"] == [0.25, 0.125, 0.75, 0.5]
        for side in (body["photo"], body["picture"]):
            assert len(side["part"]) == 4
            assert side["score_without"] <= body["score"] + 1e-3
            assert (side["label"], side["colour"]) == ("shirt", "red")

    def test_says_that_a_worker_is_at_it(self, client, found, never):
        response = program(client, found)
        assert response.status_code == 202
        assert response.json()["status"] == "waiting"
        assert response.json()["photo"]["part"] is None

    def test_says_that_the_photo_is_gone(self, client, found, never):
        photos.forget(found.pk)
        response = program(client, found)
        assert (response.status_code, response.json()["status"]) == (200, "gone")
        assert never == []

    def test_names_what_is_wrong(self, client, found, never):
        assert program(client, found, object="x").json()["errors"].keys() == {"object"}
        assert program(client, found, object=9).json()["errors"].keys() == {"object"}
        assert program(client, found, product="").json()["errors"].keys() == {"product"}
        assert program(client, found, product="nothing").status_code == 404
        Region.objects.all().delete()
        assert program(client, found).status_code == 404
        PhotoSearch.objects.update(state="waiting")
        assert program(client, found).status_code == 409


class TestWhatIsShared:
    def test_is_told_by_words_and_not_by_parts_of_them(self):
        told = attributes.told_by("A Pinstripe shirt in washed LINEN; flannelgraph, undotted. Long sleeves.")
        assert told == {("print", "striped"), ("material", "linen"), ("cut", "long sleeves")}

    def test_is_what_a_third_of_the_others_say_too(self):
        it = ProductFactory(name="Striped shirt", description="Linen.")
        VariantFactory(product=it, colour="Navy")
        others = [ProductFactory(name="Striped linen", slug=f"o{i}") for i in range(2)]
        others += [ProductFactory(name="Striped", slug=f"p{i}") for i in range(5)]
        VariantFactory(product=others[0], colour="Navy")
        found = attributes.shared(it.pk, [it.pk, *(one.pk for one in others)])
        assert [(one.kind, one.word, one.others, one.among) for one in found] == [
            ("category", "Clothes", 7, 7),
            ("print", "striped", 7, 7),
        ]

    def test_costs_two_queries(self, django_assert_num_queries):
        ids = [ProductFactory().pk for _ in range(5)]
        with django_assert_num_queries(2):
            attributes.shared(ids[0], ids)


class TestAnExactMatch:
    def test_is_named_and_nothing_else_is(self, client, networks):
        from visualsearch.tests.makers import a_version

        version = a_version()
        [whole] = a_search(version, unit(1))
        for name, vector in [("same", unit(1, 0.1)), ("like it", unit(1, 0.5))]:
            a_region(an_image(ProductFactory(name=name)), version, vector)
        page = client.get(reverse("search", args=[whole.search_id])).content.decode()
        assert page.count("Exact match") == 1
        assert page.index("Exact match") < page.index("same") < page.index("like it")
        assert Product.objects.count() == 2
