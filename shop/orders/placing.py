"""An order is placed: once for each key, at the total that the customer agreed to, with its stock taken last."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from catalog import stock
from catalog.models import Product
from shop.accounts.models import PostalAddress
from shop.cart.models import Cart, CartLine
from shop.orders import mails, moves
from shop.orders.models import Order, OrderEvent, OrderLine, OrderMail
from shop.orders.states import State
from shop.prices.models import Voucher
from shop.prices.reckoning import Piece, Reckoning, VoucherRefused, coins, reckon
from shop.templatetags.money import money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from uuid import UUID

    from django.contrib.auth.models import User

    from shop.prices.models import ShippingMethod

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none is taken for another, read aloud or from paper
UNCOUNTED = (State.CANCELLED,)  # orders that give the use of their voucher back


class OrderRefused(Exception):
    """The sentence says why nothing was ordered, and what to do. `code` tells programs."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wish:
    """What the customer decided. `agreed` is the total that the page showed; `key` is made with the page."""

    key: UUID
    email: str
    address: Mapping[str, str]  # of `PostalAddress.PARTS`
    method: ShippingMethod
    agreed: Decimal
    language: str
    note: str = ""
    owner: User | None = field(default=None)


def place_order(cart: Cart | None, wish: Wish) -> Order:
    """Order what is in the cart, and empty it; the same key again is the same order. Raises `OrderRefused`.

    One transaction: cart, voucher and stock are locked in this order, variants by their ids (docs/checkout.md).
    """
    try:
        return _placed(cart, wish)
    except IntegrityError:
        known = Order.objects.filter(key=wish.key).first()  # the same key at the same moment, from another cart's lock
        if known is None:
            raise
        return known
    except stock.OutOfStock as error:
        raise OrderRefused(_what_is_left(error), "sold_out") from error


@transaction.atomic
def _placed(cart: Cart | None, wish: Wish) -> Order:
    held = Cart.objects.select_for_update().filter(pk=cart.pk).first() if cart else None
    if known := Order.objects.filter(key=wish.key).first():
        return known
    lines = _lines(held)
    if held is None or not lines:
        raise OrderRefused(gettext("Your cart is empty."), "empty")
    pieces = [Piece(line.variant, line.quantity) for line in lines]
    voucher = _voucher(held, wish)
    sums = _sums(pieces, wish, voucher)
    order = _order(wish, sums, voucher)
    OrderLine.objects.bulk_create(_copy(order, line) for line in lines)
    OrderEvent.objects.create(order=order, state=State.PENDING)
    mails.write(order, OrderMail.Kind.PLACED)
    held.lines.all().delete()
    Cart.objects.filter(pk=held.pk).update(voucher=None)
    stock.take({line.variant_id: line.quantity for line in lines}, reference=order.number, by=wish.owner)
    return order if order.total else moves.move(order, State.PAID)


def _lines(cart: Cart | None) -> list[CartLine]:
    lines = cart.lines.select_related("variant__product__category").order_by("pk") if cart else []
    for line in lines:
        if line.variant.product.status != Product.Status.PUBLISHED:
            sentence = gettext("{name} is no longer sold. Take it out of your cart to go on.")
            raise OrderRefused(sentence.format(name=line.variant.product.name), "gone")
    return list(lines)


def _voucher(cart: Cart, wish: Wish) -> Voucher | None:
    """The cart's voucher, locked and counted. A cancelled order gives its use back."""
    if cart.voucher_id is None:
        return None
    voucher = Voucher.objects.select_for_update(of=("self",)).select_related("category").get(pk=cart.voucher_id)
    used = voucher.orders.exclude(state__in=UNCOUNTED)
    mine = used.filter(Q(email__iexact=wish.email) | Q(owner=wish.owner, owner__isnull=False))
    if voucher.uses is not None and used.count() >= voucher.uses:
        raise OrderRefused(gettext("The voucher {code} is used up.").format(code=voucher.code), "voucher")
    if voucher.uses_each is not None and mine.count() >= voucher.uses_each:
        raise OrderRefused(gettext("You have used the voucher {code} already.").format(code=voucher.code), "voucher")
    return voucher


def _sums(pieces: Sequence[Piece], wish: Wish, voucher: Voucher | None) -> Reckoning:
    try:
        sums = reckon(pieces, country=wish.address["country"], method=wish.method, voucher=voucher)
    except VoucherRefused as error:
        raise OrderRefused(str(error), "voucher") from error
    except ValueError as error:
        raise OrderRefused(str(error), "shipping") from error
    if sums.total != wish.agreed:
        sentence = gettext("The total is {now} by now, not {agreed}. Look at it, and order again if you agree.")
        raise OrderRefused(sentence.format(now=money(sums.total), agreed=money(wish.agreed)), "total")
    return sums


def _order(wish: Wish, sums: Reckoning, voucher: Voucher | None) -> Order:
    return Order.objects.create(
        **{part: wish.address.get(part, "") for part in PostalAddress.PARTS},
        number=_number(),
        key=wish.key,
        secret=secrets.token_urlsafe(32),
        owner=wish.owner,
        email=wish.email,
        language=wish.language,
        note=wish.note,
        currency=settings.CURRENCY,
        goods=coins(sums.goods),
        discount=sums.discount,
        shipping=sums.shipping,
        total=sums.total,
        tax=sums.tax,
        tax_percent=sums.tax_percent,
        shipping_method=wish.method.name,
        voucher=voucher,
        voucher_code=voucher.code if voucher else "",
        pay_until=timezone.now() + timedelta(minutes=settings.PAY_WITHIN),
    )


def _number() -> str:
    """Eight letters, such as K7QF-2M9X, that no order has: nobody counts orders by them."""
    while True:
        letters = "".join(secrets.choice(LETTERS) for _ in range(8))
        number = f"{letters[:4]}-{letters[4:]}"
        if not Order.objects.filter(number=number).exists():
            return number


def _copy(order: Order, line: CartLine) -> OrderLine:
    variant = line.variant
    images = variant.product.images.order_by("position", "id").values_list("colour", "sha256")
    shown = dict(reversed(images)) | {"": images[0][1]} if images else {"": ""}
    return OrderLine(
        order=order,
        variant=variant,
        sku=variant.sku,
        name=variant.product.name,
        size=variant.size,
        colour=variant.colour,
        quantity=line.quantity,
        price=variant.price,
        picture=shown.get(variant.colour, shown[""]),
        searched=bool(line.seen),
    )


def _what_is_left(error: stock.OutOfStock) -> str:
    """Which of the variants are short; their names come from the catalogue as it is."""
    from catalog.models import Variant

    names = Variant.objects.filter(pk__in=error.left).select_related("product")
    named = [f"{v.product.name} ({', '.join(filter(None, [v.colour, v.size]))}): {error.left[v.pk]}" for v in names]
    sentence = gettext("Some of it has just been sold. What is left: {variants}. Look at your cart again.")
    return sentence.format(variants="; ".join(named))
