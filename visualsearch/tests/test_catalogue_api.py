"""The catalogue's side of the API: products and categories, read-only."""

import pytest

from catalog import pictures
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory
from visualsearch.tests.makers import photo
from visualsearch.tests.test_api import is_problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("networks", "valkey")]


class TestTheCatalogue:
    def test_lists_products_by_category_and_words(self, client):
        tops = CategoryFactory(name="Tops", slug="tops")
        shirts = CategoryFactory(name="Shirts", slug="shirts", path="tops/shirts", parent=tops)
        hats = CategoryFactory(name="Hats", slug="hats")
        ProductFactory(category=shirts, name="Blue shirt")
        ProductFactory(category=hats, name="Blue hat")
        ProductFactory(category=hats, name="Old hat", status="draft")

        def names(query):
            return [product["name"] for product in client.get(f"/api/v1/products/?{query}").json()["results"]]

        assert names("") == ["Blue hat", "Blue shirt"]
        assert names("category=tops") == ["Blue shirt"]
        assert names("q=hat") == ["Blue hat"]
        assert names("limit=1&page=2") == ["Blue shirt"]
        is_problem(client.get("/api/v1/products/?category=shoes"), 404, "not_found")
        is_problem(client.get("/api/v1/products/?page=9"), 404, "not_found")

    def test_shows_a_product_with_variants_and_pictures(self, client):
        product = VariantFactory(sku="A-1", stock=0).product
        pictures.add_picture(product, photo())
        body = client.get(f"/api/v1/products/{product.slug}/").json()
        assert [(v["sku"], v["price"], v["in_stock"]) for v in body["variants"]] == [("A-1", "20.00", False)]
        assert [i["url"] for i in body["images"]] == [body["image"]]
        assert body["category"]["path"] == product.category.path

    def test_tells_more_of_each_in_a_list_when_asked(self, client, django_assert_max_num_queries):
        for number in range(3):
            product = VariantFactory(sku=f"A-{number}", price=10, price_before=15).product
            pictures.add_picture(product, photo())
        [first, *_] = client.get("/api/v1/products/").json()["results"]
        assert (first["price"], first["price_before"], first["in_stock"]) == ("10.00", "15.00", True)
        assert not {"category", "variants", "images"} & set(first)
        with django_assert_max_num_queries(7):
            [first, *_] = client.get("/api/v1/products/?expand=variants,images,category").json()["results"]
        assert [variant["sku"] for variant in first["variants"]] == ["A-2"]
        assert [image["url"] for image in first["images"]] == [first["image"]]
        assert first["category"]["path"] == product.category.path
        assert set(client.get("/api/v1/products/?expand=images").json()["results"][0]) == set(first) - {
            "category",
            "variants",
        }
        body = is_problem(client.get("/api/v1/products/?expand=price_history"), 400, "invalid")
        assert "variants" in str(body)

    def test_hides_what_is_not_for_sale(self, client):
        product = ProductFactory(status="draft")
        is_problem(client.get(f"/api/v1/products/{product.slug}/"), 404, "not_found")

    def test_lists_categories_as_a_tree(self, client):
        tops = CategoryFactory(name="Tops", slug="tops")
        CategoryFactory(name="Shirts", slug="shirts", path="tops/shirts", parent=tops)
        assert [c["path"] for c in client.get("/api/v1/categories/").json()] == ["tops", "tops/shirts"]
        assert client.get("/api/v1/categories/tops/shirts/").json()["name"] == "Shirts"

    def test_counts_what_each_category_and_all_below_it_has(self, client, django_assert_num_queries):
        tops = CategoryFactory(name="Tops", slug="tops")
        shirts = CategoryFactory(name="Shirts", slug="shirts", path="tops/shirts", parent=tops)
        CategoryFactory(name="Hats", slug="hats")
        ProductFactory(category=tops)
        ProductFactory.create_batch(2, category=shirts)
        ProductFactory(category=shirts, status="draft")
        with django_assert_num_queries(2):
            listed = client.get("/api/v1/categories/").json()
        assert {one["path"]: one["products"] for one in listed} == {"tops": 3, "tops/shirts": 2, "hats": 0}
        assert client.get("/api/v1/categories/tops/").json()["products"] == 3

    @pytest.mark.parametrize("address", ["products", "categories"])
    def test_is_read_only(self, client, address):
        is_problem(client.post(f"/api/v1/{address}/", {}), 405, "method_not_allowed")
