"""The keeper's page of what seems wrong with the catalogue, and the button that says that it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from catalog.models import Product, ProductImage
from catalog.readonly import ReadOnly
from visualsearch import colours, diagnoses, doctor
from visualsearch.modelsdoctor import Finding

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern

PAGE = 24
WAIVED = "waived"


@admin.register(Finding)
class FindingAdmin(ReadOnly):
    """One page instead of a list of rows: findings of a kind, with their pictures."""

    class Media:
        css = {"all": ["admin-vitrine/insight.css", "admin-vitrine/doctor.css"]}

    def get_urls(self) -> list[URLPattern]:
        waive = self.admin_site.admin_view(self.waive)
        return [path("<int:pk>/waive/", waive, name="visualsearch_finding_waive"), *super().get_urls()]

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return super().get_model_perms(request) | {"add": False, "change": False, "delete": False}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Findings of the kind that `kind` asks for, else of the first there is; of `waived` those that are none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        tabs = [*diagnoses.counts(), (WAIVED, _("not a problem"), Finding.objects.waived().count())]
        asked = request.GET.get("kind", "")
        kind = asked if asked in {key for key, _, _ in tabs} else next((key for key, _, n in tabs if n), tabs[0][0])
        page = Paginator(shown(kind), PAGE).get_page(request.GET.get("page"))
        for finding in page:
            finding.sentence = diagnoses.sentence(finding)
            finding.swatches = [colours.as_hex(colour) for colour in finding.facts.get("colours", [])]
        context = self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media, "kind": kind}
        context |= {
            "title": capfirst(self.opts.verbose_name_plural),
            "tabs": tabs,
            "page": page,
            "waived": kind == WAIVED,
        }
        context |= {"numbers": page.paginator.get_elided_page_range(page.number), "waits": waiting()}
        context |= {"meaning": diagnoses.MEANINGS[kind]}
        context["may"] = may_waive(request)
        return render(request, "admin/visualsearch/doctor.html", context)

    def waive(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the keeper's word that a finding is no problem, or take it back."""
        if not may_waive(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        finding = get_object_or_404(Finding.objects.select_related("image__product"), pk=pk)
        back = request.POST.get("back") == "1"
        (doctor.unwaive if back else doctor.waive)(finding)
        said = _("{product} is on the list again.") if back else _("{product}: not a problem. It is remembered.")
        self.message_user(request, said.format(product=finding.image.product), messages.SUCCESS)
        query = urlencode({name: request.POST[name] for name in ("kind", "page") if request.POST.get(name)})
        return redirect(f"{reverse('admin:visualsearch_finding_changelist')}?{query}")


def may_waive(request: HttpRequest) -> bool:
    """Who may change products."""
    return request.user.has_perm("catalog.change_product")


def shown(kind: str) -> QuerySet[Finding]:
    """The findings of a tab, with what is shown of them."""
    some = Finding.objects.waived() if kind == WAIVED else Finding.objects.still().filter(kind=kind)
    return some.select_related("image__product__category", "other__product")


def waiting() -> int:
    """Pictures that were never examined as they are now."""
    examined = ProductImage.objects.filter(measure__sha256=F("sha256"), measure__examined__isnull=False)
    every = ProductImage.objects.exclude(product__status=Product.Status.ARCHIVED)
    return every.exclude(pk__in=examined.values("pk")).count()
