"""The one place where the catalogue's own signals reach the visual search: pictures saved, pictures about to go."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver

from catalog.models import ProductImage
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
