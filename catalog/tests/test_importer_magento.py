"""Magento exports, and the sheets of its sample data."""

import zipfile

import pytest

from catalog.importer import import_catalog
from catalog.importer.files import Files
from catalog.models import Product, ProductImage
from catalog.tests.exports import lines, magento
from catalog.tests.factories import some_picture

pytestmark = pytest.mark.django_db

RED_S = {
    "sku": "J-S-Red", "product_type": "simple", "name": "Jacket-S-Red", "price": "50.0000", "qty": "3.0000",
    "base_image": "/j/a/front.jpg", "additional_attributes": "has_options=0,size=S,color=Red",
}  # fmt: skip
BLUE_S = RED_S | {"sku": "J-S-Blue", "name": "Jacket-S-Blue", "base_image": "/j/a/blue.jpg", "special_price": "40"}
JACKET = {
    "sku": "J", "product_type": "configurable", "name": "Jacket", "price": "50", "qty": "0",
    "base_image": "/j/a/blue.jpg",
    "categories": "Default Category/New,Default Category/Men/Tops/Jackets,Default Category",
    "additional_images": "/j/a/back.jpg", "additional_attributes": "has_options=1,material=Wool|Nylon,sale=Yes",
    "configurable_variations": "sku=J-S-Red,size=S,color=Red|sku=J-S-Blue,size=S,color=Blue",
}  # fmt: skip


def test_a_magento_configurable_comes_in_with_its_variants_and_their_pictures(take, folder):
    text = magento(RED_S, BLUE_S, JACKET)
    report = take(text, images=Files(folder))
    product = Product.objects.get()
    assert report.bad == []
    assert (product.slug, product.status, product.category.path) == ("jacket", "published", "men/tops/jackets")
    assert product.tags == ["Wool", "Nylon"]
    assert [(v.size, v.colour, v.price, v.price_before, v.stock) for v in product.variants.all()] == [
        ("S", "Red", 50, None, 3), ("S", "Blue", 40, 50, 3),
    ]  # fmt: skip
    assert [image.colour for image in product.images.all()] == ["Blue", "", "Red"]
    assert take(text, images=Files(folder)).changes == 0


def test_magento_names_are_read_as_the_html_that_they_are(take):
    attributes = "material=Cocona&reg; fabric|Wool &amp; Silk"
    row = {"name": "Lumaflex&trade;  Band", "url_key": "band", "categories": "", "additional_attributes": attributes}
    assert take(magento({"sku": "B", "price": "5", "qty": "1"} | row)).bad == []
    product = Product.objects.get()
    assert (product.name, product.slug) == ("Lumaflex™ Band", "band")
    assert product.tags == ["Cocona® fabric", "Wool & Silk"]


def test_magento_rows_that_cannot_be_taken_are_named(take):
    report = take(
        magento(
            RED_S | {"price": "x"},
            BLUE_S,
            JACKET | {"configurable_variations": JACKET["configurable_variations"] + "|sku=J-M-Red,size=M,color=Red"},
            {"sku": "set", "product_type": "bundle", "name": "Set"},
            {"sku": "", "name": "Nothing", "price": "1", "qty": "1"},
            BLUE_S,
            BLUE_S | {"store_view_code": "french"},
            {
                "sku": "mug",
                "product_type": "simple",
                "name": "Jacket",
                "price": "9",
                "qty": "1",
                "visibility": "Catalog, Search",
            },
        )
    )
    assert sorted(lines(report)) == [
        (2, "price 'x' is not an amount"),
        (4, "its variant 'J-M-Red' is not in the file"),
        (5, "product_type 'bundle' is not sold here"),
        (6, "sku is missing"),
        (7, "sku 'J-S-Blue' is already on line 3"),
    ]
    assert set(Product.objects.values_list("slug", flat=True)) == {"jacket", "jacket-mug"}


def test_a_zip_of_magento_sample_sheets_comes_in(tmp_path):
    archive = tmp_path / "luma.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(
            "products_bags.csv", 'category,name,sku,price,qty,description\n"Gear\nBags",Bag,B1,34,100,<p>Big.\n'
        )
        file.writestr("images_bags.csv", "sku,image\nB1,/b/1/front.jpg\n")
        file.writestr("bundles.csv", "category,name,sku,price,qty,bundle_options\nGear,Kit,K1,,100,x\n")
        file.writestr("pages.csv", "title,content\nAbout,us\n")
        file.writestr("images/front.webp", some_picture())
    with Files(archive) as files:
        report = import_catalog(archive, images=files)
    assert report.bad == []
    assert report.sheets == ["products_bags.csv"]
    assert Product.objects.get().category.path == "gear/bags"
    assert ProductImage.objects.count() == 1
