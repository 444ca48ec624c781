"""Addresses that products and categories had: who comes by an old link is led to where they are now. Triggers of the
database write them down, so that nothing gets round it.
"""

from __future__ import annotations

from django.db import models

from catalog.models import Category, Product


class FormerSlug(models.Model):
    """A slug that a product had. Another product may take it: what is there goes before what was."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="former")
    slug = models.CharField(max_length=200, unique=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class FormerPath(models.Model):
    """A path that a category had, by its own name or by one above it."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="former")
    path = models.CharField(max_length=500, unique=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.path
