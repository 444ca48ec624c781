"""The listing of a product is kept by the database, whatever changes it and however."""

from decimal import Decimal

import pytest
from django.db import connection

from catalog import stock
from catalog.models import Category, Product, Variant
from catalog.modelslisting import Listing
from catalog.slips import distance
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def names(text):
    return {product.name for product in Product.objects.matching(text)}


@pytest.mark.parametrize("text", ["áo khoác", "ao khoac", "AO KHOAC", "khoac", "áo đỏ", "ao do", "khoa"])
def test_vietnamese_is_found_with_and_without_marks(text):
    VariantFactory(product=ProductFactory(name="Áo khoác gió"), colour="Đỏ")
    ProductFactory(name="Quần jean")
    assert names(text) == {"Áo khoác gió"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("jaket", "Rain jacket"),
        ("jackett", "Rain jacket"),
        ("sweter", "Wool sweater"),
        ("swaeter", "Wool sweater"),
        ("rain jaket", "Rain jacket"),
    ],
)
def test_a_slip_is_forgiven_where_no_product_has_the_word(typed, found):
    ProductFactory(name="Rain jacket")
    ProductFactory(name="Wool sweater")
    assert names(typed) == {found}


def test_a_word_that_is_there_is_not_taken_for_a_slip():
    ProductFactory(name="Coat")
    ProductFactory(name="Boat shoe")
    assert names("boat") == {"Boat shoe"}


@pytest.mark.parametrize("text", ["t-shirt", "shirt's", "a/b", "wool & silk", "x:*", "!linen", "(", "<->", "'"])
def test_signs_are_no_language(text):
    ProductFactory(name="T-shirt")
    assert Product.objects.matching(text).count() in (0, 1)
    assert names("t-shirt") == {"T-shirt"}


def test_each_way_to_change_a_product_is_followed():
    product = ProductFactory(name="Shirt", tags=["summer"])
    VariantFactory(product=product, colour="Blue", price=20)
    assert names("shirt blue summer")
    product.name = "Blouse"
    product.save()
    assert not names("shirt")
    Product.objects.update(name="Tunic", tags=["winter"])
    assert names("tunic winter")
    Variant.objects.update(colour="Green", price=Decimal(10), price_before=Decimal(15))
    assert names("green")
    assert not names("blue")
    Category.objects.update(name="Tops")
    assert names("tops")
    listing = Listing.objects.get()
    assert (listing.price, listing.price_to, listing.price_before, listing.on_sale) == (10, 10, 15, True)
    Variant.objects.bulk_create([Variant(product=product, sku=f"S{n}", size=str(n), price=n) for n in (5, 30)])
    listing.refresh_from_db()
    assert (listing.price, listing.price_to, listing.price_before) == (5, 30, None)
    Variant.objects.all().delete()
    listing.refresh_from_db()
    assert (listing.price, listing.on_sale) == (None, False)
    product.delete()
    assert not Listing.objects.exists()


def test_a_variant_that_moves_to_another_product_changes_both():
    variant, other = VariantFactory(colour="Blue"), ProductFactory()
    variant.product = other
    variant.save()
    assert names("blue") == {other.name}


def test_a_category_with_products_goes_with_their_listings():
    product = ProductFactory(category=CategoryFactory(name="Hats"))
    Product.objects.all().delete()
    product.category.delete()
    assert not Listing.objects.exists()


def test_a_sale_writes_no_listing():
    variant = VariantFactory(stock=3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM catalog_listing")
        before = cursor.fetchone()
        stock.take({variant.pk: 3}, reference="1")
        cursor.execute("SELECT xmin::text FROM catalog_listing")
        assert cursor.fetchone() == before


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("dress", "dress", 0), ("drses", "dress", 1), ("dres", "dress", 1), ("dresss", "dress", 1), ("press", "dress", 1),
     ("skrit", "skirt", 1), ("abcd", "badc", 2), ("", "abc", 3), ("kitten", "sitting", 3)],
)  # fmt: skip
def test_slips_are_counted(one, other, slips):
    assert distance(one, other) == distance(other, one) == slips
