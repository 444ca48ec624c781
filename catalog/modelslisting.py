"""What lists of products are found and sorted by, one row a product. Triggers of the database keep it, nothing else
does: no import, page or script gets round them.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Lower

from catalog.models import Category, Product
from catalog.querysets import ListingQuerySet


class Listing(models.Model):
    """What lists ask of a product: its words, without case and accents, its prices, what it can be narrowed to.

    Its stock is not here: each sale would write it.

    `words`: name before brand, category, tags and colours, before the description (weights A, B, C).
    `facets`: each size and colour once whatever its case, the bands of its prices, the brand, the sale: "size M",
    "price 4", "on_sale 1".
    """

    product = models.OneToOneField(
        Product, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="listing"
    )
    name = models.TextField()
    words = SearchVectorField()
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)  # the lowest
    price_to = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    price_before = models.DecimalField(max_digits=10, decimal_places=2, null=True)  # of the cheapest variant
    on_sale = models.BooleanField()
    published = models.BooleanField()
    created = models.DateTimeField()
    category = models.ForeignKey(Category, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    brand = models.TextField()
    brand_key = models.GeneratedField(  # whatever its case; variants have such keys too, see `Variant`
        expression=models.Func(Lower("brand"), models.Value(0), function="hashtextextended"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    facets = ArrayField(models.TextField())

    objects = ListingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["category", "-created", "-product"], condition=models.Q(published=True), name="listing_shelf"
            ),
            models.Index(fields=["-created", "-product"], condition=models.Q(published=True), name="listing_newest"),
            # What a shelf is counted by is in the index itself.
            models.Index(
                fields=["category"],
                include=["product", "brand_key"],
                condition=models.Q(published=True),
                name="listing_counted",
            ),
            GinIndex(fields=["words"], name="listing_words"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="listing_name_alike"),
            models.Index(fields=["price", "product"], name="listing_by_price"),
            models.Index(
                fields=["category", "price", "-product"], condition=models.Q(published=True), name="listing_shelf_price"
            ),
            models.Index(fields=["-product"], condition=models.Q(on_sale=True), name="listing_on_sale"),
        ]

    def __str__(self) -> str:
        return self.name
