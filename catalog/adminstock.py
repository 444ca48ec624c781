"""The keeper's pages of the stock: what there is, what is low, why it is so, and deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalog import csvfiles, deliveries, stock
from catalog.adminvariants import KEEPERS, MOST, corrected
from catalog.models import Product, StockChange, Variant
from catalog.readonly import ReadOnly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django.urls import URLPattern
    from django.utils.safestring import SafeString

LEDGER = 50  # changes that a variant's page shows
HOUR = 3600


class CountForm(forms.Form):
    """How many pieces of one variant there are now, and why it is another number."""

    pieces = forms.IntegerField(label=_("Pieces now"), min_value=0, max_value=MOST)
    reason = forms.ChoiceField(label=_("Why"), choices=KEEPERS)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    before = forms.IntegerField(widget=forms.HiddenInput)


class DeliveryForm(forms.Form):
    """Several SKUs that came together."""

    lines = forms.CharField(
        label=_("What came"),
        help_text=_("A line for each SKU, then the number of pieces, as two columns of a spreadsheet are pasted."),
        widget=forms.Textarea(attrs={"rows": 10, "cols": 50, "placeholder": "SHIRT-RED-M 12", "spellcheck": "false"}),
    )
    note = forms.CharField(label=_("Delivery note"), max_length=200, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    pieces: dict[int, int]

    def clean_lines(self) -> str:
        """Raises ValidationError with a sentence for each line that cannot be taken."""
        self.pieces, problems = deliveries.read(self.cleaned_data["lines"])
        if problems:
            raise forms.ValidationError(problems)
        return self.cleaned_data["lines"]


class Few(admin.SimpleListFilter):
    """How many are left, of products that are not archived."""

    title = _("left")
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        low = gettext("{pieces} or fewer").format(pieces=settings.LOW_STOCK)
        return [("low", low), ("none", _("sold out")), ("some", _("in stock"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Variant]) -> QuerySet[Variant]:
        if self.value() == "low":
            return low(queryset)
        if self.value() == "none":
            return queryset.exclude(product__status=Product.Status.ARCHIVED).filter(stock=0)
        return queryset.filter(stock__gt=0) if self.value() == "some" else queryset


def low(variants: QuerySet[Variant]) -> QuerySet[Variant]:
    """Those of published products that there are few of, or none."""
    return variants.filter(product__status=Product.Status.PUBLISHED, stock__lte=settings.LOW_STOCK)


@admin.register(Variant)
class VariantAdmin(ReadOnly):
    """The stock: a line a variant. It is changed on the variant's page, by a delivery, or on the product's page."""

    list_display = ["product_name", "sku", "size", "colour", "pieces"]
    list_display_links = ["sku"]
    list_filter = [Few, "product__status"]
    list_select_related = ["product"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["sku", "product__name", "product__brand"]
    ordering = ["stock", "pk"]
    actions = None
    change_list_template = "admin/catalog/variant/change_list.html"

    class Media:
        css = {"all": ["admin-vitrine/pages.css"]}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("csv/", view(self.as_csv), name="catalog_variant_csv"),
            path("delivery/", view(self.delivery), name="catalog_variant_delivery"),
            *super().get_urls(),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may change variants may see them."""
        return request.user.has_perms(["catalog.view_variant"]) or may_count(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the ways to a delivery and to the same list as CSV."""
        more = {"title": gettext("Stock"), "may_count": may_count(request), "query": request.GET.urlencode()}
        return super().changelist_view(request, more | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A variant's ledger, and a form to count it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        number = int(object_id) if object_id.isdigit() and len(object_id) < 19 else 0
        variant = get_object_or_404(Variant.objects.select_related("product"), pk=number)
        form = CountForm(request.POST or None, initial={"pieces": variant.stock, "before": variant.stock})
        if request.method == "POST" and may_count(request) and form.is_valid() and self._count(request, variant, form):
            return redirect("admin:catalog_variant_change", variant.pk)
        context = self._context(request, str(variant)) | {"variant": variant, "form": form}
        context |= {"may_count": may_count(request), "changes": ledger(variant)[:LEDGER], "shown": LEDGER}
        return render(request, "admin/catalog/variant/stock.html", context)

    def _count(self, request: HttpRequest, variant: Variant, form: CountForm) -> bool:
        said = form.cleaned_data
        if said["before"] != variant.stock:
            form.data = corrected(form.data, "before", variant.stock)
            late = gettext("Meanwhile the stock is {pieces}. Look again, and enter what is right.")
            form.add_error("pieces", late.format(pieces=variant.stock))
            return False
        stock.count(variant, said["pieces"], reason=said["reason"], note=said["note"], by=request.user)
        self.message_user(request, gettext("The stock is {pieces}.").format(pieces=variant.stock), messages.SUCCESS)
        return True

    def delivery(self, request: HttpRequest) -> HttpResponse:
        """Take in a delivery: all of its lines, or none. The same form sent twice is taken once."""
        if not may_count(request):
            raise PermissionDenied
        form = DeliveryForm(request.POST or None, initial={"key": uuid4()})
        if request.method == "POST" and form.is_valid():
            if cache.add(f"delivery:{form.cleaned_data['key']}", 1, HOUR):
                stock.receive(form.pieces, note=form.cleaned_data["note"], by=request.user)
            count = sum(form.pieces.values())
            said = ngettext("%d piece was received.", "%d pieces were received.", count) % count
            self.message_user(request, said, messages.SUCCESS)
            return redirect("admin:catalog_variant_changelist")
        context = self._context(request, gettext("Receive a delivery")) | {"form": form}
        return render(request, "admin/catalog/variant/delivery.html", context)

    def as_csv(self, request: HttpRequest) -> HttpResponseBase:
        """The list as it is filtered and searched."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        return csvfiles.answer(f"stock-{timezone.localdate().isoformat()}", table(rows))

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media, "title": title}

    @admin.display(description=_("product"), ordering="product__name")
    def product_name(self, variant: Variant) -> SafeString:
        """A link to the product."""
        url = reverse("admin:catalog_product_change", args=[variant.product_id])
        return format_html('<a href="{}">{}</a>', url, variant.product.name)

    @admin.display(description=_("stock"), ordering="stock")
    def pieces(self, variant: Variant) -> SafeString | str:
        """The number, marked where it is low."""
        if variant.stock > settings.LOW_STOCK:
            return str(variant.stock)
        word = gettext("low") if variant.stock else gettext("sold out")
        return format_html('<strong class="few">{}</strong> <span class="quiet">{}</span>', variant.stock, word)


@admin.register(StockChange)
class StockChangeAdmin(ReadOnly):
    """The ledger: every change of any stock, the last first."""

    list_display = ["at", "variant_link", "change", "stock", "reason", "reference", "by"]
    list_display_links = None
    list_filter = ["reason", "at"]
    list_select_related = ["variant__product", "by"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["variant__sku", "variant__product__name", "reference"]
    ordering = ["-at", "-id"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """By product too: its page leads here."""
        return lookup == "variant__product__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @admin.display(description=_("variant"), ordering="variant__sku")
    def variant_link(self, change: StockChange) -> SafeString:
        """A link to its page."""
        url = reverse("admin:catalog_variant_change", args=[change.variant_id])
        return format_html('<a href="{}">{}</a> {}', url, change.variant, change.variant.product.name)


def may_count(request: HttpRequest) -> bool:
    """Who may change variants."""
    return request.user.has_perm("catalog.change_variant")


def ledger(variant: Variant) -> QuerySet[StockChange]:
    """What happened to a variant's stock, the last first."""
    return variant.stock_changes.select_related("by").order_by("-at", "-pk")


def table(variants: QuerySet[Variant]) -> Iterator[list[object]]:
    """The stock as rows of a spreadsheet, the names first."""
    yield ["product", "sku", "size", "colour", "stock"]
    columns = variants.annotate(name=F("product__name")).values_list("name", "sku", "size", "colour", "stock")
    for row in columns.iterator(chunk_size=2000):
        yield list(row)
