"""The keeper's page of what was sold, and the same as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from catalog import csvfiles
from shop.orders import sales

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

SPANS = (7, 30, 90, 365)  # days
USUAL = 30
TABLES = {"days": sales.days_table, "best": sales.best_table}


def page(of: ModelAdmin[Any], request: HttpRequest) -> HttpResponseBase:
    """What was sold in the days that `days` asks for; `csv` asks for a table of it."""
    if not request.user.has_perm("orders.view_order"):
        raise PermissionDenied
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, SPANS) else USUAL
    if table := TABLES.get(request.GET.get("csv", "")):
        name = f"sales-{request.GET['csv']}-{timezone.localdate().isoformat()}-{days}-days"
        return csvfiles.answer(name, table(days))
    context = of.admin_site.each_context(request) | {"opts": of.opts, "media": of.media, "spans": SPANS}
    context |= {"title": gettext("Sales"), "sales": sales.sales(days)}
    return render(request, "admin/orders/sales.html", context)
