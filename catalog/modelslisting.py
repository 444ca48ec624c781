"""What lists of products are found and sorted by, one row a product. Triggers of the database keep it, nothing else
does: no import, page or script gets round them.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from catalog.models import Product


class Listing(models.Model):
    """A product's words, without case and accents, and its prices. Its stock is not here: each sale would write it.

    `words`: name before brand, category, tags and colours, before the description (weights A, B, C).
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

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="listing_words"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="listing_name_alike"),
            models.Index(fields=["price", "product"], name="listing_by_price"),
            models.Index(fields=["-product"], condition=models.Q(on_sale=True), name="listing_on_sale"),
        ]

    def __str__(self) -> str:
        return self.name
