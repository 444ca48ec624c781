"""The keeper's pages of size guides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from catalog.modelssizes import SizeGuide

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(SizeGuide)
class SizeGuideAdmin(admin.ModelAdmin):
    """Tables of sizes, and the categories that they are for."""

    list_display = ["name", "for_categories"]
    filter_horizontal = ["categories"]
    search_fields = ["name", "categories__name"]

    @admin.display(description=SizeGuide._meta.get_field("categories").verbose_name)
    def for_categories(self, guide: SizeGuide) -> str:
        """Their names."""
        return ", ".join(category.path for category in guide.categories.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[SizeGuide]:
        """With their categories, two queries however many guides."""
        return super().get_queryset(request).prefetch_related("categories")
