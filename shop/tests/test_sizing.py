"""The page of a size guide, its sheet, and the way to it from a product."""

import pytest
from django.urls import reverse

from catalog.modelssizes import SizeGuide
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    product = ProductFactory(category=CategoryFactory(name="Tops"))
    for size in "SM":
        VariantFactory(product=product, size=size, colour="Red")
    return product


def test_a_product_leads_to_the_guide_of_its_category(client, product):
    address = reverse("sizes", args=[product.category.path])
    assert address not in client.get(product.get_absolute_url()).text
    assert client.get(address).status_code == 404
    SizeGuide.written(
        "Tops, how wide", "Size;Chest\nS;86-94\nM;94-102", "Over <b>thin</b> clothes.", [product.category]
    )
    page = client.get(product.get_absolute_url(), {"size": "M"}).text
    assert f'href="{address}?size=M"' in page
    page = client.get(address, {"size": "M"})
    assert "<h1>Tops, how wide</h1>" in page.text
    assert page.text.count('class="sizes__mine"') == 1
    assert page.text.index("86-94") < page.text.index('class="sizes__mine"') < page.text.index("94-102")
    assert "&lt;b&gt;thin" in page.text


def test_a_script_gets_it_for_its_sheet(client, product):
    SizeGuide.written("Tops", "Size;Chest\nS;86-94", "", [product.category])
    answer = client.get(reverse("sizes", args=[product.category.path]), headers={"X-Part": "sheet"})
    assert answer["X-Part"] == "sheet"
    assert "<html" not in answer.text
    assert "86-94" in answer.text


def test_a_keeper_writes_one(admin_client, product):
    address = reverse("admin:catalog_sizeguide_add")
    filled = {"name": "Tops", "categories": [product.category.pk], "table": "Size\tChest\nS", "note": ""}
    answer = admin_client.post(address, filled)
    assert "Line 2 has 1 cells and the first line 2" in answer.text
    answer = admin_client.post(address, filled | {"table": "Size\tChest\nS\t86-94"}, follow=True)
    assert SizeGuide.objects.of(product.category).sizes == [["S", "86-94"]]
    assert product.category.path in answer.text
