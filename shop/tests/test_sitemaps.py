"""What search engines are told of the shop."""

import pytest

from catalog.tests.factories import ProductFactory
from shop import sitemaps

pytestmark = pytest.mark.django_db


def test_the_index_names_every_section(client):
    page = client.get("/sitemap.xml").content.decode()
    for section in sitemaps.SECTIONS:
        assert f"http://testserver/sitemap-{section}.xml" in page


def test_products_that_shoppers_may_see_are_on_the_map(client):
    shown, draft = ProductFactory(status="published"), ProductFactory(status="draft")
    page = client.get("/sitemap-products.xml").content.decode()
    assert f"<loc>http://testserver{shown.get_absolute_url()}</loc><lastmod>{shown.updated:%Y-%m-%d}" in page
    assert draft.slug not in page


def test_categories_are_on_the_map(client):
    category = ProductFactory().category
    assert category.get_absolute_url() in client.get("/sitemap-categories.xml").content.decode()


def test_a_long_map_has_pages(client, monkeypatch):
    monkeypatch.setattr(sitemaps.Products, "limit", 2)
    ProductFactory.create_batch(3, status="published")
    assert "sitemap-products.xml?p=2" in client.get("/sitemap.xml").content.decode()
    assert client.get("/sitemap-products.xml?p=2").content.decode().count("<loc>") == 1


def test_maps_cost_as_many_queries_for_many_products(client, django_assert_max_num_queries):
    ProductFactory.create_batch(6, status="published")
    for address in ["/sitemap.xml", "/sitemap-products.xml"]:
        with django_assert_max_num_queries(5):
            client.get(address)


def test_robots_stay_out_of_what_is_private_and_find_the_map(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /cart/" in lines
    assert "Disallow: /find/" in lines
    assert "Disallow: /account/" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines
    assert "Disallow: /" not in lines
