"""The one place where the catalogue's own signals reach the visual search: pictures saved, pictures about to go,
products put into another category.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from catalog.models import Category, Product, ProductImage
from visualsearch import indexing
from visualsearch.models import Indexing


@receiver(post_save, sender=ProductImage)
def picture_saved(instance: ProductImage, raw: bool = False, **_: Any) -> None:
    """A new or replaced picture waits for the workers. A loaded fixture brings its own rows."""
    if not raw:
        indexing.receive(instance)


@receiver(pre_delete, sender=ProductImage)
def picture_going(instance: ProductImage, **_: Any) -> None:
    """Wait for workers that are just writing this picture's regions: their rows must go with the picture."""
    list(Indexing.objects.select_for_update().filter(image=instance).order_by("pk"))


@receiver(post_save, sender=Product)
def product_saved(instance: Product, created: bool, raw: bool = False, **_: Any) -> None:
    """Its category may be another."""
    if not created and not raw:
        indexing.reshelve(instance.category, instance)


@receiver(post_save, sender=Category)
def category_saved(instance: Category, created: bool, raw: bool = False, **_: Any) -> None:
    """Its name, or what it lies below, may be another, and tell another position of all that lie in it."""
    if not created and not raw:
        for category in Category.objects.within(instance):
            indexing.reshelve(category)
