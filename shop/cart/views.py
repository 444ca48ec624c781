"""The cart's pages, and the sheet above any page in which a size is chosen and what was put in is shown.

Every form works on its own. A script that asks with `X-Part: sheet` gets the sheet instead of a way to a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from catalog.models import Product, Variant
from shop import sheets
from shop.cart import carts, vouchers
from shop.cart.carts import CartRefused
from shop.cart.models import MOST
from shop.cart.review import Line, pieces_of, review
from shop.choices import Choice
from visualsearch.reactions import PARAMETER
from visualsearch.throttles import TooOften
from visualsearch.views import SeeOther

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SEVERAL = 20  # variants that one tap puts in


@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """What is in the cart, at today's prices; what changed is said once."""
    held = review(carts.of(request))
    response = render(request, "cart/cart.html", {"cart": held, "removed": _removed(request)})
    add_never_cache_headers(response)
    return response


@require_safe
def sizes(request: HttpRequest, slug: str) -> HttpResponse:
    """The sizes of a product in one colour, each a button that puts it into the cart."""
    product = get_object_or_404(Product.objects.published().for_page(), slug=slug)
    choice = Choice.of(product, request.GET)
    if not sheets.asked(request):
        return redirect(f"{choice.url}#choice")
    return sheets.sheet(request, "cart/sizes.html", {"choice": choice, "product": product})


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a variant, or several, into the cart: all that can be. What cannot is said."""
    variants, quantity = _variants(request), max(_number(request.POST.get("quantity", "1")), 1)
    if not variants:
        return _choose_first(request)
    held, added, refused = carts.of(request), [], []
    for variant in variants:
        try:
            carts.check(variant, quantity)
            held = held or carts.ready(request)  # what does not go in needs no cart
            added.append(carts.add(held, variant, quantity, seen=request.POST.get(PARAMETER, "")))
        except CartRefused as error:
            refused.append(str(error))
    if sheets.asked(request):
        now = review(held)
        lines = [line for line in now.lines if line.variant in variants]
        context = {"cart": now, "lines": lines if added else [], "refused": refused}
        return sheets.sheet(request, "cart/added.html", context, status=200 if added else 409)
    for sentence in refused:
        messages.error(request, sentence)
    return SeeOther(reverse("cart"))


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Have another number of pieces of a variant."""
    held, variant = carts.of(request), next(iter(_variants(request)), None)
    if held and variant:
        quantity = _number(request.POST.get("quantity", ""))
        try:
            carts.change(held, variant, quantity)
        except CartRefused as error:
            messages.error(request, str(error))
    return SeeOther(reverse("cart"))


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take a variant out; the page then offers to put it back."""
    held, variants = carts.of(request), _variants(request)
    if not held or not variants:
        return SeeOther(reverse("cart"))
    line = held.lines.filter(variant=variants[0]).first()
    carts.remove(held, variants)
    return SeeOther(f"{reverse('cart')}?removed={variants[0].pk}&pieces={line.quantity if line else 1}")


@require_POST
def voucher(request: HttpRequest) -> HttpResponse:
    """Have a voucher counted, or none any more."""
    held = carts.of(request)
    if held is None:
        return SeeOther(reverse("cart"))
    if "drop" in request.POST:
        vouchers.drop(held)
        return SeeOther(f"{reverse('cart')}#sums")
    try:
        vouchers.Tries().allow_request(request, None)
        vouchers.apply(held, request.POST.get("code", ""), pieces_of(review(held).lines))
    except CartRefused as error:
        messages.error(request, str(error))
    except TooOften:
        messages.error(request, gettext("Too many codes were tried. Try again in a few minutes."))
    return SeeOther(f"{reverse('cart')}#sums")


def _variants(request: HttpRequest) -> list[Variant]:
    """The variants that a form names by their ids, in its order; what is none is passed over."""
    asked = [_number(text) for text in request.POST.getlist("variant")[:SEVERAL]]
    known = Variant.objects.select_related("product").in_bulk([pk for pk in asked if pk])
    return [known[pk] for pk in dict.fromkeys(asked) if pk in known]


def _number(text: str) -> int:
    """A whole number, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _choose_first(request: HttpRequest) -> HttpResponse:
    """Nothing was chosen: the product's sizes are where to go on."""
    product = Product.objects.published().filter(slug=request.POST.get("product", "")).first()
    messages.error(request, gettext("Choose a size first."))
    return SeeOther(f"{product.get_absolute_url()}#choice" if product else reverse("cart"))


def _removed(request: HttpRequest) -> Line | None:
    """What was just taken out, to be put back."""
    pk, pieces = _number(request.GET.get("removed", "")), _number(request.GET.get("pieces", ""))
    variant = Variant.objects.select_related("product").filter(pk=pk).first() if pk else None
    return Line(variant, min(max(pieces, 1), MOST), None, "") if variant else None
