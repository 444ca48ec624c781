"""The cart as it stands now: its lines at today's prices, what changed since it was seen last, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext, ngettext

from catalog.models import Product, ProductImage
from shop.cart.models import MOST, Cart, CartLine
from shop.prices.reckoning import Offer, Piece, Reckoning, VoucherRefused, discount_of, offers, reckon
from shop.templatetags.money import money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from catalog.models import Variant


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of a variant, with the picture that shows it, and the sentence for what can't be bought now."""

    variant: Variant
    quantity: int
    picture: ProductImage | None
    trouble: str

    @property
    def product(self) -> Product:
        """What it is a variant of."""
        return self.variant.product

    @property
    def total(self) -> Decimal:
        """What the pieces cost together."""
        return self.variant.price * self.quantity

    @property
    def quantities(self) -> range:
        """How many pieces may be chosen."""
        return range(1, max(min(self.variant.stock, MOST, 10), self.quantity) + 1)


@dataclass(frozen=True, slots=True)
class Review:
    """A cart's lines, newest last, what there is to say, and its sums; shipping is the cheapest, as an estimate."""

    lines: list[Line] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    reckoning: Reckoning | None = None
    shipping: Offer | None = None
    voucher_code: str = ""
    voucher_trouble: str = ""

    @property
    def pieces(self) -> int:
        """How many can be bought."""
        return sum(line.quantity for line in self.lines if not line.trouble)

    @property
    def open(self) -> bool:
        """Whether it can go to the checkout: something is in it, and nothing is wrong with it."""
        return bool(self.lines) and not any(line.trouble for line in self.lines)

    @property
    def free_from(self) -> Decimal | None:
        """What the goods must cost to be shipped for nothing, if that is a matter of money and not reached."""
        if self.shipping is None or self.reckoning is None or not self.shipping.price:
            return None
        rates = list(self.shipping.method.rates.all())
        if self.shipping.method.basis != "total" or not rates or rates[-1].price or rates[-1].up_to is not None:
            return None
        return rates[-2].up_to if len(rates) > 1 else None


def review(cart: Cart | None) -> Review:
    """Read the cart as it is now, tell each change since it was last read once, and add up. At most six queries."""
    if cart is None:
        return Review()
    rows = list(cart.lines.select_related("variant__product__category").prefetch_related(_pictures()))
    changes = [sentence for row in rows for sentence in _settled(row)]
    lines = [Line(row.variant, row.quantity, _picture(row.variant), _trouble(row)) for row in rows]
    pieces = pieces_of(lines)
    if not pieces:
        return Review(lines, changes, voucher_code=cart.voucher.code if cart.voucher else "")
    voucher, trouble = cart.voucher, ""
    if voucher:
        try:
            discount_of(voucher, pieces)
        except VoucherRefused as error:
            voucher, trouble = None, str(error)
    ways = offers(pieces, settings.SHOP_COUNTRY, voucher=voucher)
    cheapest = min(ways, key=lambda offer: offer.price, default=None)
    sums = reckon(pieces, country=settings.SHOP_COUNTRY, voucher=voucher)
    code = cart.voucher.code if cart.voucher else ""
    return Review(lines, changes, sums, cheapest, code, trouble)


def pieces_of(lines: Sequence[Line]) -> list[Piece]:
    """Those lines that can be bought, for `reckoning`."""
    return [Piece(line.variant, line.quantity) for line in lines if not line.trouble]


def _settled(row: CartLine) -> list[str]:
    """What changed since the customer was shown this line; the row knows it from now on."""
    variant, said = row.variant, []
    name = _named(variant)
    if row.price_seen != variant.price:
        sentence = gettext("{name} now costs {now}; it was {before}.")
        said.append(sentence.format(name=name, now=money(variant.price), before=money(row.price_seen)))
        row.price_seen = variant.price
    if 0 < variant.stock < row.quantity:
        sentence = ngettext(
            "Of {name} there is only {number} left, so that is in your cart now.",
            "Of {name} there are only {number} left, so that many are in your cart now.",
            variant.stock,
        )
        said.append(sentence.format(name=name, number=variant.stock))
        row.quantity = variant.stock
    if said:
        row.save(update_fields=["price_seen", "quantity"])
    return said


def _trouble(row: CartLine) -> str:
    if row.variant.product.status != Product.Status.PUBLISHED:
        return gettext("No longer sold. Take it out to go on.")
    return "" if row.variant.stock else gettext("Sold out. Take it out to go on.")


def _named(variant: Variant) -> str:
    """A variant as a sentence names it: Linen shirt (red, M)."""
    traits = ", ".join(filter(None, [variant.colour, variant.size]))
    return f"{variant.product.name} ({traits})" if traits else variant.product.name


def _pictures() -> Prefetch:
    return Prefetch("variant__product__images", ProductImage.objects.order_by("position", "id"))


def _picture(variant: Variant) -> ProductImage | None:
    """The picture of the variant's colour, else the product's first."""
    pictures = list(variant.product.images.all())
    return next((one for one in pictures if one.colour == variant.colour), pictures[0] if pictures else None)
