"""What shoppers find, and that a page of cards costs two queries."""

from decimal import Decimal

import pytest

from catalog.models import Category, Product
from catalog.tests.factories import ProductFactory, VariantFactory, with_pictures

pytestmark = pytest.mark.django_db


def names(products):
    return sorted(product.name for product in products)


def test_only_published_products_are_for_shoppers():
    ProductFactory(name="Shown")
    ProductFactory(status="draft")
    ProductFactory(status="archived")
    assert names(Product.objects.published()) == ["Shown"]


def test_a_category_shows_what_is_in_it_and_below():
    tops = Category.objects.create(name="Tops", slug="tops")
    tees = Category.objects.create(name="Tees", slug="tees", parent=tops)
    topsoil = Category.objects.create(name="Topsoil", slug="tops-oil")
    for category in (tops, tees, topsoil):
        ProductFactory(name=category.name, category=category)
    assert names(Product.objects.in_category(tops)) == ["Tees", "Tops"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("linen", True), ("LINEN shirt", True), ("lin", True), ("Café", True), ("cafe", True), ("shirt cafe", True),
        ("acme", True), ("sunny day", True), ("breezy", True), ("blue", True), ("blüe shirt", True), ("clothes", True),
        ("", True), ("  ", True), ("shrit linen", True), ("linnen", True), ("trousers", False), ("linen wool", False),
        ("%", False), ("_", False), ("\\", False), ("'; --", False), ("\0", True), ("x" * 5000, False),
    ],
)  # fmt: skip
def test_words_find_products(text, found):
    product = ProductFactory(name="Café linen shirt", brand="Acme", description="For a sunny day.", tags=["Breezy"])
    VariantFactory(product=product, colour="Blue")
    assert Product.objects.matching(text).exists() is found


def test_the_likest_name_comes_first():
    for name in ("Shirt dress with linen belt", "Linen shirt", "Linens for the table"):
        ProductFactory(name=name, description="linen shirt")
    assert Product.objects.matching("linen shirt")[0].name == "Linen shirt"


def test_a_card_says_from_which_price_and_whether_there_is_a_sale():
    product = ProductFactory()
    VariantFactory(product=product, price=Decimal(30))
    VariantFactory(product=product, price=Decimal(20), price_before=Decimal(25), stock=0)
    card = Product.objects.for_cards().get()
    assert (card.price, card.price_to, card.price_before) == (20, 30, 25)
    assert card.prices_differ
    assert card.in_stock


def test_a_product_without_variants_or_pictures_has_a_card_too():
    ProductFactory()
    card = Product.objects.for_cards().get()
    assert (card.price, card.in_stock, card.cover, card.prices_differ) == (None, False, None, False)


def test_the_cover_is_the_first_picture():
    product = ProductFactory()
    last, first = with_pictures(product, 1, position=5) + with_pictures(product, 1, position=1)
    assert Product.objects.for_cards().get().cover == first != last
    assert Product.objects.for_page().get().cover == Product.objects.get().cover == first


@pytest.mark.parametrize("count", [1, 4])
def test_cards_cost_the_same_queries_however_many(count, django_assert_num_queries):
    for product in ProductFactory.create_batch(count):
        VariantFactory.create_batch(2, product=product)
        with_pictures(product, 2)
    Product.objects.matching("shirt")  # what a word is without accents is remembered
    with django_assert_num_queries(6):  # which words there are (with a savepoint), the products, their pictures
        for card in Product.objects.published().matching("shirt").for_cards():
            assert card.cover.srcset
            assert card.price == 20
            assert not card.prices_differ


def test_cards_look_at_no_file(monkeypatch):
    product = ProductFactory()
    with_pictures(product, 2)
    monkeypatch.setattr("pathlib.Path.exists", lambda _: pytest.fail("a file was looked at"))
    monkeypatch.setattr("os.path.exists", lambda _: pytest.fail("a file was looked at"))
    card = Product.objects.for_cards().get()
    assert card.cover.src in card.cover.srcset or card.cover.thumbnail


def test_a_page_costs_three_queries(django_assert_num_queries):
    product = ProductFactory()
    VariantFactory.create_batch(3, product=product)
    with_pictures(product, 3)
    with django_assert_num_queries(3):
        page = Product.objects.for_page().get()
        assert len(page.variants.all()) == len(page.images.all()) == 3
        assert page.cover
        assert page.category.name
