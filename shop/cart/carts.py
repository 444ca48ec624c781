"""Whose cart a request has, and every write to it. A cart takes no stock; it never holds more than there is."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from catalog.models import Product, Variant
from shop.cart.models import MOST, Cart, CartLine
from visualsearch.modelsinsight import Reaction
from visualsearch.reactions import Seen, react

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from rest_framework.request import Request

SESSION = "cart"  # where a guest's session keeps the cart's id


class CartRefused(ValueError):
    """The sentence says why that does not go into the cart; the cart is as it was."""


def of(request: HttpRequest | Request) -> Cart | None:
    """The cart of whoever asks: the customer's own, or the one that the guest's session names. None: nothing yet."""
    if request.user.is_authenticated:
        return Cart.objects.filter(owner=request.user).select_related("voucher").first()
    try:
        pk = uuid.UUID(str(request.session[SESSION]))
    except (KeyError, ValueError):
        return None
    return Cart.objects.filter(pk=pk, owner=None).select_related("voucher").first()


def ready(request: HttpRequest | Request) -> Cart:
    """The cart of whoever asks, made if there is none yet."""
    if cart := of(request):
        return cart
    if request.user.is_authenticated:
        return Cart.objects.get_or_create(owner=request.user)[0]
    cart = Cart.objects.create()
    request.session[SESSION] = str(cart.pk)
    return cart


def pieces_in(request: HttpRequest) -> int:
    """How many pieces are in the cart of whoever asks. No query for a guest without one, else one."""
    lines = CartLine.objects.all()
    if not hasattr(request, "user"):  # refused before anybody looked who asks; the refusal is a page too
        return 0
    if request.user.is_authenticated:
        lines = lines.filter(cart__owner=request.user)
    elif SESSION in request.session:
        lines = lines.filter(cart=request.session[SESSION], cart__owner=None)
    else:
        return 0
    return lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0


@transaction.atomic
def add(cart: Cart, variant: Variant, quantity: int = 1, *, seen: str = "") -> CartLine:
    """Put more pieces of a variant in. `seen` is the token of the search result that led to it. Raises `CartRefused`.

    A result that is put into a cart counts as such for the keeper, once.
    """
    _locked(cart)
    line = cart.lines.filter(variant=variant).first() or CartLine(cart=cart, variant=variant, quantity=0)
    check(variant, line.quantity + quantity, already=line.quantity)
    place = Seen.read(seen, variant.product) if seen else None
    line.quantity += quantity
    line.price_seen, line.seen = variant.price, seen if place else line.seen
    line.save()
    if place:
        react(Reaction.Kind.CART, place, variant.product)
    return line


@transaction.atomic
def change(cart: Cart, variant: Variant, quantity: int) -> None:
    """Have so many pieces of a variant in the cart; none takes it out. Raises `CartRefused`."""
    _locked(cart)
    if quantity < 1:
        cart.lines.filter(variant=variant).delete()
        return
    check(variant, quantity)
    CartLine.objects.update_or_create(
        cart=cart,
        variant=variant,
        defaults={"quantity": quantity},
        create_defaults={"quantity": quantity, "price_seen": variant.price},
    )


def remove(cart: Cart, variants: Iterable[Variant]) -> None:
    """Take variants out."""
    cart.lines.filter(variant__in=variants).delete()
    cart.save(update_fields=["updated"])


def sweep() -> int:
    """Delete guests' carts that nobody touched for CART_DAYS; how many."""
    old = timezone.now() - timedelta(days=settings.CART_DAYS)
    return Cart.objects.filter(owner=None, updated__lt=old).delete()[1].get("cart.Cart", 0)


@transaction.atomic
def merge(guest: Cart, owner: User) -> Cart:
    """Put what a guest chose into the cart of who just signed in; the guest's cart goes. More than MOST is cut.

    What both hold is added up: neither cart lost anything. The page says where there is not so much.
    """
    cart, _ = Cart.objects.get_or_create(owner=owner)
    _locked(cart)
    known = {line.variant_id: line for line in cart.lines.all()}
    for line in guest.lines.all():
        if own := known.get(line.variant_id):
            own.quantity = min(own.quantity + line.quantity, MOST)
            own.seen = own.seen or line.seen
            own.save(update_fields=["quantity", "seen"])
        else:
            line.cart = cart
            line.save(update_fields=["cart"])
    if guest.voucher and not cart.voucher:
        cart.voucher = guest.voucher
        cart.save(update_fields=["voucher", "updated"])
    guest.delete()
    return cart


def _locked(cart: Cart) -> None:
    """Let two taps of one person wait for each other, and note that the cart is in use."""
    Cart.objects.select_for_update().get(pk=cart.pk).save(update_fields=["updated"])


def check(variant: Variant, wanted: int, *, already: int = 0) -> None:
    """Raises `CartRefused` unless so many pieces can be bought now."""
    if variant.product.status != Product.Status.PUBLISHED:
        raise CartRefused(gettext("{name} is no longer sold.").format(name=variant.product.name))
    if not variant.stock:
        raise CartRefused(gettext("{name} is sold out in this size and colour.").format(name=variant.product.name))
    if wanted > MOST:
        raise CartRefused(gettext("At most {number} pieces of a kind go into a cart.").format(number=MOST))
    if wanted > variant.stock:
        raise CartRefused(_too_few(variant.stock, already))


def _too_few(stock: int, already: int) -> str:
    if already:
        sentence = ngettext(
            "There is only {number} left, and {already} of it is in your cart.",
            "There are only {number} left, and {already} of them are in your cart.",
            stock,
        )
        return sentence.format(number=stock, already=already)
    return ngettext("There is only {number} left.", "There are only {number} left.", stock).format(number=stock)
