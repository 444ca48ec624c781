"""Rows for tests, as small as the constraints allow."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from catalog import models, pictures
from catalog.tests.bad_files import encoded, picture


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = models.Category
        django_get_or_create = ("path",)

    name = "Clothes"  # tells nothing of where they are worn: of its pictures the detector decides
    slug = factory.LazyAttribute(lambda category: category.name.lower())
    path = factory.SelfAttribute("slug")


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = models.Product
        django_get_or_create = ("slug",)

    category = factory.SubFactory(CategoryFactory)
    slug = factory.Sequence(lambda n: f"shirt-{n}")
    name = factory.Sequence(lambda n: f"Shirt {n}")
    status = "published"


class VariantFactory(DjangoModelFactory):
    class Meta:
        model = models.Variant

    product = factory.SubFactory(ProductFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n}")
    size = factory.Sequence(str)
    price = Decimal(20)
    stock = 3


def some_picture(shade=0, size=(64, 80), format="WEBP"):
    """The bytes of a picture; another shade is another picture."""
    image = picture(*size).point(lambda value: (value + 7 * shade) % 256)
    return encoded(format, image)


def with_pictures(product, count=1, **columns):
    """The rows of some pictures added to a product."""
    first = product.images.count()
    return [pictures.add_picture(product, some_picture(first + n), **columns) for n in range(count)]
