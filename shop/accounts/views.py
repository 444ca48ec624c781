"""The account's pages. What belongs to another is not there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shop.accounts import addresses as book
from shop.accounts import tokens as apps
from shop.accounts.erasure import erase as forget
from shop.accounts.erasure import hindrance
from shop.accounts.export import export as everything
from shop.accounts.forms import AddressForm, PasswordForm, TokenForm
from shop.accounts.models import Address, AppToken
from visualsearch.throttles import RateThrottle, TooOften


class Passwords(RateThrottle):
    """Passwords tried before something that cannot be undone."""

    scope = "passwords"

    def get_cache_key(self, request: HttpRequest, view: Any) -> str:
        return self.key_of(request.user.pk)


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The way to everything that is one's own."""
    user: Any = request.user
    counts = {name: getattr(user, name).count() for name in ("orders", "wishes", "addresses")}
    return render(request, "account/account.html", counts | {"tokens": user.app_tokens.count()})


@never_cache
@login_required
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    """The address book."""
    return render(request, "account/addresses.html", {"addresses": _mine(request)})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new address, or a change of one."""
    known = get_object_or_404(_mine(request), pk=pk) if pk else Address(owner=request.user)  # type: ignore[misc]
    form = AddressForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        book.keep(form.instance)
        return redirect("addresses")
    return render(request, "account/address.html", {"form": form})


@login_required
@require_POST
def address_usual(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an address the usual one."""
    one = get_object_or_404(_mine(request), pk=pk)
    one.usual = True
    book.keep(one)
    return redirect("addresses")


@login_required
@require_POST
def address_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an address. Orders keep their own copy."""
    book.delete(get_object_or_404(_mine(request), pk=pk))
    return redirect("addresses")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The apps that may shop in one's name; a new one's token is shown in this answer alone."""
    owner: Any = request.user
    form, token = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        if owner.app_tokens.count() < apps.MOST:
            form, token = TokenForm(), apps.issue(owner, form.cleaned_data["name"])
        else:
            form.add_error(None, gettext("These are enough. Take one back first."))
    context = {"form": form, "token": token, "tokens": owner.app_tokens.all()}
    return render(request, "account/tokens.html", context)


@login_required
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a token back: it is nothing from now on."""
    get_object_or_404(AppToken, pk=pk, owner=request.user).delete()
    return redirect("tokens")


@never_cache
@login_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What becomes of one's data."""
    return render(request, "account/privacy.html", {"form": PasswordForm(user=request.user)})  # type: ignore[arg-type]


@never_cache
@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """All of it, as a file."""
    response = JsonResponse(everything(request.user), json_dumps_params={"indent": 1})  # type: ignore[arg-type]
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@never_cache
@login_required
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Delete the account, once the password is given. A keeper's is deleted by another keeper."""
    user: Any = request.user
    if user.is_staff:
        raise PermissionDenied
    form = PasswordForm(request.POST, user=user)
    try:
        Passwords().allow_request(request, None)
        valid = form.is_valid()
    except TooOften as error:
        form.full_clean()
        form.add_error(None, str(error.detail))
        valid = False
    if valid and (why := hindrance(user)):
        form.add_error(None, why)
        valid = False
    if not valid:
        return render(request, "account/privacy.html", {"form": form})
    logout(request)
    forget(user)
    messages.success(request, gettext("Your account is deleted."))
    return redirect("home")


def _mine(request: HttpRequest) -> Any:
    return Address.objects.filter(owner=request.user)  # type: ignore[misc]
