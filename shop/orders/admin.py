"""The keeper's side of orders: a list that stands a hundred thousand of them, and a page for each one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalog.readonly import ReadOnly
from shop.orders import adminsales
from shop.orders.adminmoves import Moves
from shop.orders.adminrefunds import Refunds, failed
from shop.orders.models import Order, OrderEvent, OrderLine, OrderMail
from shop.orders.states import MOVES, State
from shop.templatetags.money import money

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django.urls import URLPattern
    from django.utils.safestring import SafeString


class Waits(admin.SimpleListFilter):
    """Orders that want something of a keeper."""

    title = _("what waits")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("pack", _("to pack")),
            ("ship", _("to ship")),
            ("mail", _("an e-mail failed")),
            ("refund", _("a refund failed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        if self.value() == "mail":
            return queryset.filter(pk__in=unsent().values("order"))
        if self.value() == "refund":
            return queryset.filter(pk__in=failed().values("payment__order"))
        states = {"pack": State.PAID, "ship": State.PACKED}
        return queryset.filter(state=states[self.value()]) if self.value() in states else queryset  # type: ignore[index]


def unsent() -> QuerySet[OrderMail]:
    """E-mails that failed and were not sent since."""
    return OrderMail.objects.filter(sent=None).exclude(failure="")


@admin.register(Order)
class OrderAdmin(Moves, Refunds, ReadOnly):
    """Orders are made by customers and moved by buttons; no field of them is written here but the tracking number."""

    list_display = ["number", "when", "customer", "stage", "pieces", "sum_of_it", "back"]
    list_display_links = ["number"]
    list_filter = ["state", Waits, "placed"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["^number", "email", "name"]
    search_help_text = _("Number, e-mail address or name")
    ordering = ["-placed", "-id"]
    actions = ["pack", "ship"]
    change_list_template = "admin/orders/order/change_list.html"

    class Media:
        css = {"all": ["admin-vitrine/pages.css", "admin-vitrine/insight.css", "admin-vitrine/orders.css"]}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("sales/", view(self.sales), name="orders_order_sales"),
            path("<int:pk>/slip/", view(self.slip), name="orders_order_slip"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
        pieces = Subquery(lines.annotate(n=Sum("quantity")).values("n"), output_field=IntegerField())
        return super().get_queryset(request).annotate(pieces=Coalesce(pieces, 0))

    def sales(self, request: HttpRequest) -> HttpResponseBase:
        """What was sold."""
        return adminsales.page(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The order, read-only, with what can be done to it."""
        order = self.one(request, int(object_id) if object_id.isdigit() and len(object_id) < 19 else 0)
        context = self.context(request, order, title=order.number)
        may = request.user.has_perm("orders.change_order")
        context |= {"may": may, "moves": [State(move) for move in MOVES[State(order.state)]] if may else []}
        context["may_refund"] = request.user.has_perm("shop_payments.change_payment")
        return render(request, "admin/orders/order/order.html", context)

    def slip(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What goes into the parcel, for the printer."""
        return render(request, "admin/orders/order/slip.html", {"order": self.one(request, pk)})

    def one(self, request: HttpRequest, pk: int) -> Order:
        """An order with all that its page shows, in seven queries. Raises PermissionDenied and Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        events = Prefetch("events", OrderEvent.objects.select_related("by"))
        orders = Order.objects.select_related("owner").prefetch_related(
            "lines__variant", events, "payments__refunds", "mails"
        )
        return get_object_or_404(orders, pk=pk)

    def context(self, request: HttpRequest, order: Order, **more: Any) -> dict[str, Any]:
        """What every page of an order knows."""
        return self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media, "order": order} | more

    @admin.display(description=_("placed"), ordering="placed")
    def when(self, order: Order) -> str:
        """The day and the time, short."""
        return date_format(timezone.localtime(order.placed), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("customer"), ordering="email")
    def customer(self, order: Order) -> SafeString:
        """Name and address."""
        return format_html('{}<br><span class="quiet">{}</span>', order.name, order.email)

    @admin.display(description=_("state"), ordering="state")
    def stage(self, order: Order) -> SafeString:
        """In a word, in its colour."""
        return format_html('<span class="state state--{}">{}</span>', order.state, order.get_state_display())

    @admin.display(description=_("pieces"))
    def pieces(self, order: Any) -> int:
        """Of all lines together."""
        return order.pieces

    @admin.display(description=_("total"), ordering="total")
    def sum_of_it(self, order: Order) -> str:
        """With its currency."""
        return money(order.total)

    @admin.display(description=_("refunded"), ordering="refunded")
    def back(self, order: Order) -> str:
        """Nothing if nothing was."""
        return money(order.refunded) if order.refunded else ""
