"""The listing of a product is kept by the database, whatever changes it and however."""

import threading
from bisect import bisect_right
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from catalog import slips, stock
from catalog.filters import STEPS
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


@pytest.fixture
def nothing_kept():
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("nothing_kept")
def test_a_large_shop_has_the_words_of_its_names_at_hand(django_assert_num_queries):
    for name in ("Rain jacket", "Wool sweater", "T-Shirt", "Áo khoác 38"):
        ProductFactory(name=name)
    meant = {"jaket": ["jacket"], "swaeter": ["sweater"], "shrit": ["shirt"], "khaoc": ["khoac"], "walrus": []}
    assert {word: slips.meant(word) for word in meant} == meant
    cache.clear()
    assert slips.learn() == 6  # others are too short to be meant
    with django_assert_num_queries(0):
        assert {word: slips.meant(word) for word in meant} == meant


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


def test_what_it_can_be_narrowed_to_is_laid_ready():
    product = ProductFactory(brand="Nord")
    VariantFactory(product=product, size="m", colour="Light blue", price=20)
    changed = VariantFactory(product=product, size="M", colour="Red", price=Decimal("29.99"), price_before=40)
    listing = Listing.objects.get()
    assert set(listing.facets) == {"brand Nord", "on_sale 1", "size M", "colour Light blue", "colour Red", "price 9"}
    assert (listing.category, listing.brand) == (product.category, "Nord")
    assert (listing.published, listing.created) == (True, product.created)
    changed.size, changed.colour, changed.price_before = "", "", None
    changed.save()
    product.category, product.brand = CategoryFactory(name="Hats"), ""
    product.status = "draft"
    product.save()
    listing = Listing.objects.get()
    assert set(listing.facets) == {"size m", "colour Light blue", "price 9"}
    assert (listing.category, listing.brand, listing.published) == (product.category, "", False)


def test_bands_of_prices_are_those_of_the_filters():
    product = ProductFactory()
    prices = [Decimal(0), *(side for step in STEPS[:-1] for side in (step - Decimal("0.01"), step))]
    for number, price in enumerate(prices):
        VariantFactory(product=product, size=str(number), price=price)
    laid = {facet for facet in Listing.objects.get().facets if facet.startswith("price ")}
    assert laid == {f"price {bisect_right(STEPS, price)}" for price in prices}
    bands = product.variants.annotate(band=RawSQL("band", ())).values_list("price", "band")
    assert {(price, band) for price, band in bands} == {(price, bisect_right(STEPS, price)) for price in prices}


@pytest.mark.django_db(transaction=True)
def test_two_who_change_a_product_at_a_time_lose_nothing():
    product = ProductFactory()
    ones = [VariantFactory(product=product, size=size, price=20) for size in "SM"]
    changed, done = threading.Event(), threading.Event()

    def second():
        changed.wait(10)
        Variant.objects.filter(pk=ones[1].pk).update(price=30)  # waits for the first
        done.set()
        connection.close()

    other = threading.Thread(target=second)
    other.start()
    with transaction.atomic():
        Variant.objects.filter(pk=ones[0].pk).update(price=10)
        changed.set()
        assert not done.wait(0.5)
    other.join(10)
    listing = Listing.objects.get()
    assert (listing.price, listing.price_to) == (10, 30)


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
