"""The moves of orders that a keeper makes: one by one with a note, or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shop.orders import mails, moves
from shop.orders.models import Order
from shop.orders.states import MOVES, State

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.urls import URLPattern

MOST = 500  # orders at once
NAMES = {
    State.PAID: _("Mark as paid"),
    State.PACKED: _("Mark as packed"),
    State.SHIPPED: _("Mark as shipped"),
    State.DELIVERED: _("Mark as delivered"),
    State.CANCELLED: _("Cancel the order"),
    State.RETURNED: _("Mark as returned"),
}
MEANINGS = {
    State.PAID: _("For money that came another way, such as a bank transfer. The customer gets an e-mail."),
    State.PACKED: _("It lies ready for the carrier."),
    State.SHIPPED: _("The customer gets an e-mail, with the tracking number if there is one."),
    State.DELIVERED: _("It is with the customer."),
    State.CANCELLED: _(
        "Its pieces go back on the shelf, and the customer gets an e-mail. Money is given back under Payments."
    ),
    State.RETURNED: _("It came back, and its pieces go back on the shelf. Money is given back under Payments."),
}


class MoveForm(forms.Form):
    """What is written down with a move."""

    tracking = forms.CharField(label=_("Tracking number"), max_length=200, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, help_text=_("For the history; customers do not see it.")
    )

    def __init__(self, *args: Any, to: State, **options: Any) -> None:
        super().__init__(*args, **options)
        if to != State.SHIPPED:
            del self.fields["tracking"]


class Moves:
    """For the admin of orders."""

    admin_site: admin.AdminSite
    opts: Any
    media: Any
    message_user: Any
    one: Any
    context: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/move/<slug:to>/", view(self.move), name="orders_order_move"),
            path("<int:pk>/mail/<int:mail_id>/", view(self.mail_again), name="orders_order_mail"),
            path("moves/<slug:to>/", view(self.move_many), name="orders_order_moves"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Who may change orders may move them, and nothing else."""
        return request.user.has_perm("orders.change_order")

    def move(self, request: HttpRequest, pk: int, to: str) -> HttpResponse:
        """Ask for a note, and a tracking number where one belongs; then move the order."""
        order, state = self.one(request, pk), self._wanted(request, to)
        if state not in MOVES[State(order.state)]:
            self._say_late(request, order)
            return redirect("admin:orders_order_change", pk)
        form = MoveForm(request.POST or None, to=state, initial={"tracking": order.tracking})
        if request.method == "POST" and form.is_valid():
            problem = move_one(order, state, by=request.user, **form.cleaned_data)
            if problem:
                self.message_user(request, problem, messages.ERROR)
            else:
                said = gettext("{number} is {state} now.").format(number=order.number, state=state.label)
                self.message_user(request, said, messages.SUCCESS)
            return redirect("admin:orders_order_change", pk)
        context = self.context(request, order, title=NAMES[state], meaning=MEANINGS[state], form=form)
        return render(request, "admin/orders/order/move.html", context)

    @admin.action(description=_("Mark as packed…"), permissions=["move"])
    def pack(self, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse | None:
        """Those that are paid."""
        return self._many(request, orders, State.PACKED)

    @admin.action(description=_("Mark as shipped…"), permissions=["move"])
    def ship(self, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse | None:
        """Those that are paid or packed, without a tracking number."""
        return self._many(request, orders, State.SHIPPED)

    def move_many(self, request: HttpRequest, to: str) -> HttpResponse:
        """Move the orders that were confirmed, each by itself, and name those that could not be."""
        state = self._wanted(request, to)
        said = request.POST.get("ids", "").split(",")[:MOST]
        ids = [int(each) for each in said if each.isascii() and each.isdigit() and len(each) < 19]
        moved = 0
        for order in Order.objects.filter(pk__in=ids).order_by("pk"):
            problem = move_one(order, state, by=request.user)
            if problem:
                self.message_user(request, f"{order.number}: {problem}", messages.ERROR)
            moved += not problem
        if moved:
            done = ngettext("%(count)d order is %(state)s now.", "%(count)d orders are %(state)s now.", moved)
            self.message_user(request, done % {"count": moved, "state": state.label}, messages.SUCCESS)
        return redirect("admin:orders_order_changelist")

    def mail_again(self, request: HttpRequest, pk: int, mail_id: int) -> HttpResponse:
        """Send an e-mail again that failed."""
        if request.method != "POST" or not self.has_move_permission(request):
            raise PermissionDenied
        mail = self.one(request, pk).mails.filter(pk=mail_id, sent=None).first()
        if mail is None:
            raise Http404
        mails.retry(mail)
        self.message_user(request, gettext("The e-mail is sent again."), messages.SUCCESS)
        return redirect("admin:orders_order_change", pk)

    def _many(self, request: HttpRequest, orders: QuerySet[Order], to: State) -> HttpResponse | None:
        rows = list(Order.objects.filter(pk__in=orders.values("pk")).order_by("placed")[: MOST + 1])
        if len(rows) > MOST:
            said = gettext("At most {most} orders at once. Narrow the list.").format(most=MOST)
            self.message_user(request, said, messages.ERROR)
            return None
        can = [order for order in rows if to in MOVES[State(order.state)]]
        context = self.admin_site.each_context(request) | {"opts": self.opts, "media": self.media, "to": to}
        context |= {"title": NAMES[to], "meaning": MEANINGS[to], "can": can}
        context |= {"cannot": [order for order in rows if order not in can], "ids": ",".join(str(o.pk) for o in can)}
        return render(request, "admin/orders/order/moves.html", context)

    def _wanted(self, request: HttpRequest, to: str) -> State:
        if not self.has_move_permission(request):
            raise PermissionDenied
        if to not in State.values:
            raise Http404
        return State(to)

    def _say_late(self, request: HttpRequest, order: Order) -> None:
        late = gettext("The order is {state} meanwhile: that is not possible any more.")
        self.message_user(request, late.format(state=order.get_state_display()), messages.WARNING)


def move_one(order: Order, to: State, *, by: AbstractBaseUser | Any, note: str = "", tracking: str = "") -> str:
    """Move an order. Gives a sentence if it cannot be."""
    try:
        moves.move(order, to, by=by, note=note, tracking=tracking)
    except moves.MoveRefused as refused:
        return str(refused)
    return ""
