"""The pages and the API that begin at a product, as they are asked for without scripts."""

import json

import pytest
from django.urls import reverse

from catalog.models import Product
from catalog.tests.factories import ProductFactory
from visualsearch import searches
from visualsearch.tests.makers import a_region, a_version, a_worn_region, an_image, photo, unit
from visualsearch.tests.test_api import is_problem, without_nullable
from visualsearch.tests.test_pages import links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


@pytest.fixture
def version():
    return a_version()


@pytest.fixture
def shop(version):
    """A jacket on a model, two jackets like it, one of them its own design in blue, and a pair of trousers."""
    shop = {}
    for name, vector in [("Jacket red", [1]), ("Jacket blue", [1, 0.2]), ("Coat", [1, 0.4]), ("Coat blue", [1, 0.5])]:
        product = shop[name] = ProductFactory(name=name, slug=name.lower().replace(" ", "-"))
        a_region(an_image(product, colour="Red"), version, unit(*vector), "upper", 1, x2=0.8, label="jacket")
    image = shop["Jacket red"].images.get()
    a_worn_region(image, version, unit(0, 1), "lower", 2, y1=0.5, label="pants")
    shop["Trousers"] = ProductFactory(name="Trousers", slug="trousers")
    a_region(an_image(shop["Trousers"]), version, unit(0, 1, 0.2), "lower", 1)
    return shop


def text(response):
    assert response.status_code == 200
    return response.content.decode()


class TestMoreLikeThis:
    def test_lists_others_with_its_other_colours_apart(self, client, shop):
        response = client.get(reverse("product-similar", args=["jacket-red"]))
        page = text(response)
        assert [one.name for one in response.context["other_colours"]] == ["Jacket blue"]
        assert [group.hit.product.name for group in response.context["groups"]] == ["Coat"]
        assert [hit.product.name for hit in response.context["groups"][0].more] == ["Coat blue"]
        assert "In other colours" in page
        assert "also in 1 more version" in page
        assert "/product/coat-blue/" in page

    def test_goes_on_page_by_page(self, client, shop, monkeypatch):
        monkeypatch.setattr("visualsearch.productviews.PAGE", 1)
        address, seen, query = reverse("product-similar", args=["jacket-red"]), [], "?"
        while query:
            response = client.get(address + query)
            seen += [group.hit.product.name for group in response.context["groups"]]
            query = response.context["next_url"]
        assert seen == ["Coat", "Coat blue"]
        assert text(client.get(address, {"after": "nonsense"}))

    def test_asks_with_the_colour_of_the_address_and_offers_the_others(self, client, shop, version):
        it = shop["Jacket red"]
        a_region(an_image(it, colour="Blue"), version, unit(0, 0, 1), "upper", 1)
        a_region(an_image(ProductFactory(name="Parka")), version, unit(0, 0, 1), "upper", 1)
        address = reverse("product-similar", args=[it.slug])
        assert client.get(address, {"colour": "Blue"}).context["groups"][0].hit.product.name == "Parka"
        response = client.get(address, {"colour": "Nothing"})
        assert response.context["groups"][0].hit.product.name == "Coat"
        assert [shade.colour for shade in response.context["own_colours"]] == ["Blue"]
        assert f"/product/{it.slug}/?colour=Blue" in text(response)

    def test_of_a_product_without_pictures_says_so(self, client):
        ProductFactory(slug="bare")
        assert "Nothing else in the shop looks like it" in text(client.get("/product/bare/similar/"))

    def test_of_what_is_not_for_sale_is_not_found(self, client, shop):
        Product.objects.filter(slug="jacket-red").update(status="archived")
        assert client.get("/product/jacket-red/similar/").status_code == 404

    def test_is_linked_from_every_card_that_has_a_picture(self, client, shop):
        ProductFactory(name="Jacket bare", slug="bare")
        page = text(client.get("/find/?q=jacket"))
        assert '"/product/jacket-red/similar/"' in page
        assert '"/product/bare/similar/"' not in page


class TestAProductsPage:
    def test_shows_what_looks_like_it_and_what_it_is_worn_with(self, client, shop):
        page = text(client.get("/product/jacket-red/"))
        found = links(client.get("/product/jacket-red/"))
        assert {"jacket-blue", "coat", "coat-blue", "trousers"} <= set(found)
        assert page.index("Wear it with") < page.index("More like this</h2>")
        assert "More in" not in page

    def test_marks_the_pieces_of_pictures_that_show_several(self, client, shop):
        image = shop["Jacket red"].images.get()
        page = text(client.get("/product/jacket-red/"))
        for number in (1, 2):
            assert f"/product/jacket-red/look/{image.pk}/?item={number}" in page
        assert 'class="look__piece"' not in text(client.get("/product/coat/"))

    def test_of_a_product_that_is_not_read_yet_shows_its_neighbours(self, client, shop):
        ProductFactory(slug="bare")
        assert "More in" in text(client.get("/product/bare/"))

    def test_costs_a_fixed_number_of_queries(self, client, shop, django_assert_max_num_queries):
        with django_assert_max_num_queries(32):
            client.get("/product/jacket-red/")


class TestALook:
    def test_has_a_list_for_each_piece_the_chosen_one_first(self, client, shop):
        image = shop["Jacket red"].images.get()
        address = reverse("product-look", args=["jacket-red", image.pk])
        page = text(client.get(address, {"item": 2}))
        assert page.index('id="list-2"') < page.index('id="list-1"')
        assert page.partition("<footer")[0].count('aria-current="true"') == 2  # its mark on the picture, and its name
        assert links(client.get(address, {"item": 2})).index("trousers") < links(client.get(address)).index("coat") + 9
        for item in ("", "x", "77"):
            assert text(client.get(address, {"item": item})).index('id="list-1"')

    def test_of_a_picture_of_another_product_is_not_found(self, client, shop):
        image = shop["Coat"].images.get()
        assert client.get(reverse("product-look", args=["jacket-red", image.pk])).status_code == 404

    def test_of_a_picture_without_pieces_says_so(self, client):
        image = an_image()
        assert "No single pieces" in text(client.get(reverse("product-look", args=[image.product.slug, image.pk])))


class TestTheApi:
    def test_lists_what_is_similar(self, client, shop):
        body = client.get("/api/v1/products/jacket-red/similar/?limit=1").json()
        assert [one["slug"] for one in body["other_colours"]] == ["jacket-blue"]
        assert [(one["rank"], one["product"]["slug"]) for one in body["results"]] == [(1, "coat")]
        following = client.get(body["next"]).json()
        assert [(one["rank"], one["product"]["slug"]) for one in following["results"]] == [(2, "coat-blue")]
        assert following["next"] is None
        both = client.get("/api/v1/products/jacket-red/similar/").json()["results"]
        assert [one["same_look_as"] for one in both] == [None, 1]

    def test_lists_what_is_worn_with_it(self, client, shop):
        body = client.get("/api/v1/products/jacket-red/outfit/").json()
        [place] = body["wear_with"]
        assert (place["position"], place["label"], place["box"]) == ("lower", "pants", [0.0, 0.5, 1.0, 1.0])
        assert [one["product"]["slug"] for one in place["results"]] == ["trousers"]
        [look] = body["looks"]
        assert [(piece["index"], piece["own"]) for piece in look["pieces"]] == [(1, True), (2, False)]
        assert [one["product"]["slug"] for one in look["pieces"][1]["results"]] == ["trousers"]

    def test_names_what_is_wrong(self, client, shop):
        assert is_problem(client.get("/api/v1/products/x/similar/"), 404, "not_found")
        assert is_problem(client.get("/api/v1/products/x/outfit/"), 404, "not_found")
        body = is_problem(client.get("/api/v1/products/coat/similar/?cursor=x"), 400, "invalid")
        assert list(body["errors"]) == ["cursor"]
        body = is_problem(client.get("/api/v1/products/coat/similar/?limit=0"), 400, "invalid")
        assert list(body["errors"]) == ["limit"]

    @pytest.mark.usefixtures("worker")
    def test_answers_as_its_schema_says(self, client, shop):
        import jsonschema

        accept = {"Accept": "application/vnd.oai.openapi+json"}
        shapes = json.loads(client.get("/api/v1/schema/", headers=accept).content)["components"]

        def fits(address, name):
            reference = {"$ref": f"#/components/schemas/{name}", "components": without_nullable(shapes)}
            response = client.get(address)
            assert response.status_code == 200
            jsonschema.validate(response.json(), reference)

        fits("/api/v1/products/jacket-red/similar/", "Similar")
        fits("/api/v1/products/jacket-red/outfit/", "Outfit")
        search = searches.begin(photo())
        searches.answer(search.pk)
        ProductFactory(slug="found")
        image = an_image(Product.objects.get(slug="found"))
        a_region(image, search.__class__.objects.get(pk=search.pk).version, unit(1), "upper", 1)
        fits(f"/api/v1/searches/{search.pk}/results/?object=1", "Results")
        searches.photos.forget(search.pk)
        fits(f"/api/v1/searches/{search.pk}/explain/?object=1&product=found", "Explanation")
