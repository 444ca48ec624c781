"""A voucher's code into a cart and out of it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from shop.cart.carts import CartRefused
from shop.prices.models import Voucher
from shop.prices.reckoning import VoucherRefused, discount_of
from visualsearch.throttles import RateThrottle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from shop.cart.models import Cart
    from shop.prices.reckoning import Piece


class Tries(RateThrottle):
    """Codes tried from an address: nobody finds one by trying them all."""

    scope = "vouchers"

    def get_cache_key(self, request: HttpRequest, view: Any) -> str:
        return self.key_of(self.get_ident(request))  # type: ignore[arg-type]


def apply(cart: Cart, code: str, pieces: Sequence[Piece]) -> None:
    """Have the voucher of this code counted. Raises `CartRefused` with the reason; the one before then stays."""
    voucher = Voucher.objects.filter(code=code.strip().upper()[:40]).select_related("category").first()
    if voucher is None:
        raise CartRefused(gettext("No voucher has the code {code}.").format(code=code.strip()[:40]))
    try:
        discount_of(voucher, pieces)
    except VoucherRefused as error:
        raise CartRefused(str(error)) from error
    cart.voucher = voucher
    cart.save(update_fields=["voucher", "updated"])


def drop(cart: Cart) -> None:
    """Have no voucher counted."""
    cart.voucher = None
    cart.save(update_fields=["voucher", "updated"])
