"""The category tree, and the rules that the database keeps."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalog.models import Category, Product, ProductImage, Variant
from catalog.tests.factories import CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


def test_a_category_knows_its_path():
    women = Category.objects.create(name="Women", slug="women")
    assert Category.objects.create(name="Tops", slug="tops", parent=women).path == "women/tops"


def test_a_moved_category_takes_its_subtree_along():
    women, men = (Category.objects.create(name=name, slug=name) for name in ("women", "men"))
    tops = Category.objects.create(name="Tops", slug="tops", parent=women)
    tees = Category.objects.create(name="Tees", slug="tees", parent=tops)
    tops.parent, tops.slug = men, "upper"
    tops.save()
    tees.refresh_from_db()
    assert tees.path == "men/upper/tees"
    assert not Category.objects.filter(path__startswith="women/").exists()


def test_a_category_cannot_lie_below_itself():
    women = Category.objects.create(name="Women", slug="women")
    tops = Category.objects.create(name="Tops", slug="tops", parent=women)
    for parent in (women, tops):
        women.parent = parent
        with pytest.raises(ValidationError, match="below itself"):
            women.full_clean()


def test_two_sisters_need_two_slugs():
    CategoryFactory()
    with pytest.raises(ValidationError, match="already has a category"):
        Category(name="Clothes again", slug="clothes").full_clean()


def broken_rows():
    yield lambda: Category.objects.create(name="x", slug="")
    yield lambda: ProductFactory(slug="")
    yield lambda: ProductFactory(name="")
    yield lambda: ProductFactory(status="gone")
    yield lambda: VariantFactory(sku="")
    yield lambda: VariantFactory(price=Decimal(-1))
    yield lambda: VariantFactory(price=Decimal(10), price_before=Decimal(10))
    yield lambda: VariantFactory(stock=-1)
    yield lambda: [VariantFactory(product=ProductFactory(slug="one"), size="M") for _ in range(2)]
    yield lambda: VariantFactory.create_batch(2, sku="TWICE")
    yield lambda: ProductImage.objects.create(product=ProductFactory(), sha256="short", width=9, height=9)
    yield lambda: ProductImage.objects.create(product=ProductFactory(), sha256="0" * 64, width=0, height=9)
    yield lambda: Category.objects.filter(pk=CategoryFactory().pk).update(parent_id=CategoryFactory().pk)


@pytest.mark.parametrize("row", list(broken_rows()))
def test_the_database_refuses_a_row_that_breaks_a_rule(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row()


def test_a_good_product_passes_its_checks():
    product = ProductFactory(tags=["new", "linen"])
    VariantFactory(product=product, price=Decimal("9.90"), price_before=Decimal(12)).full_clean()
    product.full_clean()
    assert Product.objects.get().tags == ["new", "linen"]
    assert Variant.objects.get().product == product
