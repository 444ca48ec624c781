"""The keeper's page of what people look for, and the same as CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst

from catalog.readonly import ReadOnly
from visualsearch import insightreport, searchneighbours
from visualsearch.modelsinsight import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

SPANS = (7, 30, 90, 365)  # days
USUAL = 30
PAGE = 20
TABLES = {"counts": insightreport.counts_table, "worst": insightreport.worst_table}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take a text that begins so for a formula


@admin.register(Tally)
class TallyAdmin(ReadOnly):
    """One page instead of a list of rows."""

    class Media:
        css = {"all": ["admin-vitrine/insight.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What people looked for in the days that `days` asks for; `csv` asks for a table of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, SPANS) else USUAL
        if table := TABLES.get(request.GET.get("csv", "")):
            return as_csv(f"{request.GET['csv']}-{timezone.localdate().isoformat()}-{days}-days", table(days))
        page = Paginator(insightreport.worst(days), PAGE).get_page(request.GET.get("page"))
        context = self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media}
        context |= {
            "title": capfirst(self.opts.verbose_name_plural),
            "spans": SPANS,
            "report": insightreport.report(days),
        }
        alike = searchneighbours.asked_alike([one.pk for one in page])
        for one in page:
            one.alike = alike.get(one.pk, 0)
        context |= {
            "kept": settings.VISUALSEARCH["INSIGHT_DAYS"],
            "page": page,
            "numbers": page.paginator.get_elided_page_range(page.number),
        }
        return render(request, "admin/visualsearch/insight.html", context)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return super().get_model_perms(request) | {"add": False, "change": False, "delete": False}


def as_csv(name: str, rows: Iterator[list[object]]) -> HttpResponse:
    """A file to download, in UTF-8 with the mark that spreadsheets look for."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(response).writerows([plain(cell) for cell in row] for row in rows)
    return response


def plain(cell: object) -> object:
    """The cell, as text where it might be run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
