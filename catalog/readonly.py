"""The admin of rows that only the machinery writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin):
    """Rows that only the machinery writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only along with something else: a product that is deleted takes these rows with it."""
        own = f"{self.opts.app_label}_{self.opts.model_name}_"
        here = request.resolver_match.url_name if request.resolver_match else ""
        return not (here or "").startswith(own) and super().has_delete_permission(request, obj)
