"""What somebody would like to have, some day."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from catalog.models import Product


class Wish(models.Model):
    """A product on a customer's list. A guest's are in the session until they sign in."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="wishes")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    added = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-added", "-id"]
        constraints = [models.UniqueConstraint(fields=["owner", "product"], name="wish_once")]

    def __str__(self) -> str:
        return str(self.product_id)
