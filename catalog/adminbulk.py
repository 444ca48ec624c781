"""What a keeper does to many products at once: prices and status, looked at before they are written."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from catalog import bulk
from catalog.models import Product

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

MOST = 5000  # products at once
SHOWN = 200  # of the lines before they are written
PRODUCTS = "admin:catalog_product_changelist"


class PriceForm(forms.Form):
    """A move of prices."""

    move = forms.ChoiceField(label=_("What to do"), choices=bulk.Move)
    value = forms.DecimalField(
        label=_("Per cent or amount"), min_value=Decimal(0), max_digits=10, decimal_places=2, required=False
    )
    rounding = forms.ChoiceField(label=_("Round"), choices=bulk.Rounding, initial=bulk.Rounding.CENT)

    def clean(self) -> dict[str, Any]:
        """A number that the move can do something with."""
        cleaned = super().clean() or self.cleaned_data
        move, value = cleaned.get("move", ""), cleaned.get("value")
        if "value" in self.errors or move == bulk.Move.END_SALE:
            return cleaned | {"value": Decimal(0)}
        if not value:
            raise ValidationError({"value": gettext("By how much? Enter a number above 0.")})
        if move in (bulk.Move.LOWER_PERCENT, bulk.Move.SALE) and value >= 100:
            raise ValidationError({"value": gettext("Enter less than 100 per cent.")})
        return cleaned


class Bulk:
    """Actions of the list of products, each with a page of its own between the choice and the deed."""

    admin_site: admin.AdminSite
    opts: Any
    media: Any
    message_user: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("prices/", view(self.prices), name="catalog_product_prices"),
            path("status/", view(self.status), name="catalog_product_status"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    @admin.action(description=_("Change the prices of the selected products…"), permissions=["change"])
    def change_prices(self, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse | None:
        """By how much is asked on the next page."""
        ids = self._chosen(request, products)
        return self._prices_page(request, ids, PriceForm()) if ids else None

    @admin.action(description=_("Publish the selected products…"), permissions=["change"])
    def publish(self, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse | None:
        """Show them to shoppers."""
        return self._status_page(request, products, Product.Status.PUBLISHED)

    @admin.action(description=_("Archive the selected products…"), permissions=["change"])
    def archive(self, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse | None:
        """Take them out of the shop, and keep them."""
        return self._status_page(request, products, Product.Status.ARCHIVED)

    def prices(self, request: HttpRequest) -> HttpResponse:
        """Show the prices before and after, and write them once that was seen."""
        ids = self._sent(request)
        if not ids:
            return redirect(PRODUCTS)
        form = PriceForm(request.POST)
        if not form.is_valid():
            return self._prices_page(request, ids, form)
        seen = request.POST.get("seen", "")
        if request.POST.get("do") == "write":
            try:
                count = bulk.apply(ids, **form.cleaned_data, seen=seen)
            except bulk.Refused as refused:
                form.add_error(None, str(refused))
                return self._prices_page(request, ids, form)
            said = ngettext("%d price was changed.", "%d prices were changed.", count) % count
            self.message_user(request, said, messages.SUCCESS)
            return redirect(PRODUCTS)
        return self._prices_page(request, ids, form)

    def status(self, request: HttpRequest) -> HttpResponse:
        """Write a status that was confirmed."""
        ids, status = self._sent(request), request.POST.get("status", "")
        if ids and status in Product.Status.values:
            count = Product.objects.filter(pk__in=ids).update(status=status)
            said = ngettext("%(count)d product is now %(status)s.", "%(count)d products are now %(status)s.", count)
            said %= {"count": count, "status": Product.Status(status).label}
            self.message_user(request, said, messages.SUCCESS)
        return redirect(PRODUCTS)

    def _prices_page(self, request: HttpRequest, ids: list[int], form: PriceForm) -> HttpResponse:
        context = self._context(request, gettext("Change prices"), ids) | {"form": form, "shown": SHOWN}
        if form.is_bound and not set(form.fields) & set(form.errors):
            lines = bulk.plan(bulk.variants_of(ids), **form.cleaned_data)
            changed = [line for line in lines if line.changes or line.refusal]
            refused = [line for line in lines if line.refusal]
            context |= {"lines": [*refused, *(line for line in changed if not line.refusal)][:SHOWN]}
            context |= {"changed": len(changed), "refused": len(refused), "seen": bulk.digest(lines), "planned": True}
        return render(request, "admin/catalog/product/prices.html", context)

    def _status_page(
        self, request: HttpRequest, products: QuerySet[Product], status: Product.Status
    ) -> HttpResponse | None:
        ids = self._chosen(request, products)
        if not ids:
            return None
        changed = Product.objects.filter(pk__in=ids).exclude(status=status).order_by("name")
        context = self._context(request, gettext("Change the status"), ids)
        context |= {"status": status, "changed": changed.count(), "products": changed[:SHOWN], "shown": SHOWN}
        return render(request, "admin/catalog/product/status.html", context)

    def _chosen(self, request: HttpRequest, products: QuerySet[Product]) -> list[int]:
        """The ids, none if they are too many."""
        ids = list(Product.objects.filter(pk__in=products.values("pk")).values_list("pk", flat=True)[: MOST + 1])
        if len(ids) <= MOST:
            return ids
        said = gettext("At most {most} products at once. Narrow the list, or choose page by page.").format(most=MOST)
        self.message_user(request, said, messages.ERROR)
        return []

    def _sent(self, request: HttpRequest) -> list[int]:
        """The ids that a page of ours sends back. Raises PermissionDenied."""
        if not request.user.has_perm("catalog.change_product"):
            raise PermissionDenied
        said = request.POST.get("ids", "").split(",")
        return [int(each) for each in said[:MOST] if each.isascii() and each.isdigit() and len(each) < 19]

    def _context(self, request: HttpRequest, title: str, ids: list[int]) -> dict[str, Any]:
        context = self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media, "title": title}
        return context | {"ids": ",".join(map(str, ids)), "count": len(ids)}
