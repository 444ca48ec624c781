"""However a picture's row goes (alone, with its product, from the admin), its file goes after it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from catalog import pictures
from catalog.models import ProductImage


@receiver(post_delete, sender=ProductImage)
def picture_gone(instance: ProductImage, **_: Any) -> None:
    """Release the file once the deletion is committed."""
    pictures.release_file(instance.sha256, str(instance.file))
