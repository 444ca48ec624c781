"""What search engines, readers of feeds and old links find."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from catalog.models import Category, Product
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory, with_pictures
from shop.cart.tests.makers import shipping

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def told(page):
    """The JSON-LD of a page."""
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text)[1])


class TestAProduct:
    def test_is_told_with_an_offer_a_variant(self, client):
        product = ProductFactory(name="Linen shirt", brand="Acme", category=CategoryFactory(name="Tops"))
        VariantFactory(product=product, sku="A", price=20, stock=1)
        VariantFactory(product=product, sku="B", price=25, stock=0)
        with_pictures(product, 2)
        shirt, way = told(client.get(product.get_absolute_url()))
        assert (shirt["@type"], shirt["name"], shirt["brand"]["name"]) == ("Product", "Linen shirt", "Acme")
        assert [(o["sku"], o["price"], o["priceCurrency"], o["availability"][19:]) for o in shirt["offers"]] == [
            ("A", "20.00", "EUR", "InStock"),
            ("B", "25.00", "EUR", "OutOfStock"),
        ]
        assert len(shirt["image"]) == 2
        assert shirt["url"] == f"http://testserver{product.get_absolute_url()}"
        assert [step["name"] for step in way["itemListElement"]] == ["Vitrine", "Tops", "Linen shirt"]

    @pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "A & B <b>", "\u2028", '"quoted"'])
    def test_gets_out_of_no_script(self, client, name):
        product = VariantFactory(product=ProductFactory(name=name, description=name)).product
        page = client.get(product.get_absolute_url())
        assert told(page)[0]["name"] == name
        assert "<script>alert" not in page.text

    def test_is_shown_to_who_shares_it(self, client):
        product = VariantFactory(product=ProductFactory(name="Linen shirt")).product
        with_pictures(product, 1)
        page = client.get(product.get_absolute_url()).text
        assert '<meta property="og:title" content="Linen shirt">' in page
        assert re.search(r'<meta property="og:image" content="http://testserver/media/renditions/', page)

    def test_says_how_soon_and_for_how_much_it_comes(self, client):
        shipping("4.90")
        page = client.get(VariantFactory().product.get_absolute_url()).text
        assert "With you in 2 to 4 working days." in page
        assert "Shipping from €4.90." in page

    def test_says_nothing_of_shipping_where_there_is_none(self, client):
        assert "working days" not in client.get(VariantFactory().product.get_absolute_url()).text

    def test_has_pictures_that_open_larger(self, client):
        product = VariantFactory().product
        [image] = with_pictures(product, 1)
        assert f'href="{image.largest}" data-zoom' in client.get(product.get_absolute_url()).text


class TestOldLinks:
    def test_of_a_renamed_product_lead_to_it(self, client):
        product = ProductFactory(slug="old")
        for slug in ("newer", "newest"):
            product.slug = slug
            product.save()
        for slug in ("old", "newer"):
            answer = client.get(reverse("product", args=[slug]))
            assert (answer.status_code, answer["Location"]) == (301, "/product/newest/")

    def test_lead_to_what_is_there_now_before_what_was(self, client):
        product = ProductFactory(slug="shirt")
        Product.objects.filter(pk=product.pk).update(slug="shirt-2")
        other = ProductFactory(slug="shirt", name="Another shirt")
        assert other.name in client.get("/product/shirt/").text

    def test_of_what_is_not_on_sale_lead_nowhere(self, client):
        product = ProductFactory(slug="old", status="archived")
        product.slug = "new"
        product.save()
        assert client.get("/product/old/").status_code == 404

    def test_of_a_moved_shelf_and_all_below_lead_there(self, client):
        women = CategoryFactory(name="Women")
        tops = Category.objects.create(parent=women, name="Tops", slug="tops")
        women.slug = "ladies"
        women.save()
        tops.refresh_from_db()
        for old, new in (("women", women), ("women/tops", tops)):
            answer = client.get(f"/category/{old}/")
            assert (answer.status_code, answer["Location"]) == (301, new.get_absolute_url())

    def test_that_never_were_lead_nowhere(self, client):
        assert client.get("/product/none/").status_code == client.get("/category/none/").status_code == 404


class TestFeeds:
    @pytest.fixture
    def products(self):
        made = [VariantFactory(product=ProductFactory(name=f"Shirt {n} & co"), price=20).product for n in range(3)]
        ProductFactory(name="Draft", status="draft")
        with_pictures(made[0], 1)
        return made

    def test_rss_tells_the_newest_first(self, client, products):
        answer = client.get(reverse("new-rss"))
        items = ElementTree.fromstring(answer.content).findall("channel/item")
        assert [item.findtext("title") for item in items] == ["Shirt 2 & co", "Shirt 1 & co", "Shirt 0 & co"]
        assert "€20.00" in items[0].findtext("description")
        picture = f"http://testserver{products[0].images.get().src}"
        assert f'src="{picture}"' in items[2].findtext("description")
        assert items[0].findtext("link") == f"http://testserver{products[2].get_absolute_url()}"

    def test_atom_tells_the_same(self, client, products):
        entries = ElementTree.fromstring(client.get(reverse("new-atom")).content).findall(f"{ATOM}entry")
        assert len(entries) == 3
        assert entries[0].findtext(f"{ATOM}title") == "Shirt 2 & co"

    def test_costs_a_fixed_number_of_queries(self, client, products, django_assert_max_num_queries):
        with django_assert_max_num_queries(3):
            client.get(reverse("new-rss"))


def test_the_first_page_tells_of_the_shop_and_how_to_search_it(client):
    shop = told(client.get("/"))
    assert shop["@type"] == "WebSite"
    assert shop["potentialAction"]["target"].startswith("http://testserver/find/?q=")


def test_a_shelf_tells_the_way_to_it(client):
    category = CategoryFactory(name="Tops")
    assert [step["name"] for step in told(client.get(category.get_absolute_url()))["itemListElement"]] == [
        "Vitrine",
        "Tops",
    ]
