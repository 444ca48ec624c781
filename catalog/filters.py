"""What a shopper narrows a list to: fields of the catalogue, as an address spells them and as SQL asks for them.

Within a field any of its values will do, between fields all must hold. Size, colour, price, stock and sale must hold
for one and the same variant: a shirt that is red in S and blue in M is not found as red in M.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

PRICES = ("price", "min_price", "max_price")
MANY = 50  # values of one field that are looked at
AMOUNT = r"\d{1,8}(?:\.\d{1,2})?"
# Prices between which bands lie: the same for every list and every currency, so that an address keeps its meaning.
STEPS = tuple(Decimal(step) * 10**power for power in range(8) for step in ("1", "1.5", "2", "3", "5", "7.5"))


class Address(Protocol):
    """The part of `QueryDict` that is read."""

    def getlist(self, key: str) -> list[str]:
        """Every value of a key."""


class Band(NamedTuple):
    """Prices from `low` up to, but not including, `high`; None: and more. Spelled 20-30, 0-10, 100-."""

    low: Decimal
    high: Decimal | None

    def __str__(self) -> str:
        return "-".join(f"{side.normalize():f}" if side is not None else "" for side in self)

    @classmethod
    def read(cls, text: str) -> Band | None:
        """The band that `str` of a band spells; None for anything else."""
        sides = re.fullmatch(rf"({AMOUNT})-({AMOUNT})?", text, re.ASCII)
        return cls(Decimal(sides[1]), Decimal(sides[2]) if sides[2] else None) if sides else None

    @classmethod
    def numbered(cls, number: int) -> Band:
        """The band below `STEPS[number]`: the numbers are PostgreSQL's `width_bucket` of `STEPS`."""
        return cls(STEPS[number - 1] if number else Decimal(0), STEPS[number] if number < len(STEPS) else None)

    @classmethod
    def around(cls, price: Decimal) -> Band:
        """The band that a price lies in."""
        return cls.numbered(bisect_right(STEPS, price))


class Condition(NamedTuple):
    """A piece of SQL about `product` or `offer`, a variant of it, with its parameters and the field it is for."""

    field: str
    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a product must be; nothing by default. Values are compared without regard to case."""

    category: str = ""  # a path: it and all below
    brand: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    colour: tuple[str, ...] = ()
    price: tuple[Band, ...] = ()
    min_price: Decimal | None = None  # both are inclusive
    max_price: Decimal | None = None
    in_stock: bool = False
    on_sale: bool = False

    @classmethod
    def read(cls, address: Address) -> Filters:
        """The filters in an address. What makes no sense is passed over: links grow old."""
        return cls(
            category=next(iter(_words(address, "category")), ""),
            brand=_words(address, "brand"),
            size=_words(address, "size"),
            colour=_words(address, "colour"),
            price=tuple(filter(None, map(Band.read, _words(address, "price")))),
            min_price=_amount(address, "min_price"),
            max_price=_amount(address, "max_price"),
            in_stock="1" in address.getlist("in_stock"),
            on_sale="1" in address.getlist("on_sale"),
        )

    def __bool__(self) -> bool:
        return self != NO_FILTERS

    def without(self, field: str) -> Filters:
        """As they are, but for one field."""
        values = {name: getattr(NO_FILTERS, name) for name in (PRICES if field == "price" else (field,))}
        return replace(self, **values)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values as an address spells them; `read` of them gives the same filters."""
        return list(self._pairs())

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                yield from ((field.name, str(one)) for one in value)
            elif value not in ("", None, False):
                yield field.name, "1" if value is True else str(value)

    def narrowing(self, product: str = "product", key: str = "id") -> tuple[str, list[Any]]:
        """SQL to put behind the WHERE of a statement about `product`, empty without filters, and its parameters. `key`
        is the column with the product's id.
        """
        of_product, of_offer = self.of_product(product), self.of_offer()
        sql = "".join(f" AND {one.sql}" for one in of_product)
        if of_offer:
            held = "".join(f" AND {one.sql}" for one in of_offer)
            its = f"catalog_variant AS offer WHERE offer.product_id = {product}.{key}{held}"
            sql += f" AND EXISTS (SELECT FROM {its} OFFSET 0)"  # looked at one by one, and no more than a page needs
        return sql, [param for one in (*of_product, *of_offer) for param in one.params]

    def of_product(self, product: str = "product") -> list[Condition]:
        """What the product must be."""
        some = [_any_of("brand", f"{product}.brand", self.brand)] if self.brand else []
        if self.category:
            below = "category.path = %s OR starts_with(category.path, %s || '/')"
            shelves = f"{product}.category_id IN (SELECT id FROM catalog_category AS category WHERE {below})"  # noqa: S608
            some.append(Condition("category", shelves, (self.category, self.category)))
        return some

    def of_offer(self) -> list[Condition]:
        """What one of its variants must be, all at once."""
        words = {"size": self.size, "colour": self.colour}
        some = [_keyed(name, values) for name, values in words.items() if values]
        if self.price:
            bands = " OR ".join(_inside(band) for band in self.price)
            sides = tuple(side for band in self.price for side in band if side is not None)
            some.append(Condition("price", f"({bands})", sides))
        if self.min_price is not None:
            some.append(Condition("price", "offer.price >= %s", (self.min_price,)))
        if self.max_price is not None:
            some.append(Condition("price", "offer.price <= %s", (self.max_price,)))
        if self.in_stock:
            some.append(Condition("in_stock", "offer.stock > 0"))
        if self.on_sale:
            some.append(Condition("on_sale", "offer.price_before IS NOT NULL"))
        return some


NO_FILTERS = Filters()


def _any_of(field: str, column: str, values: tuple[str, ...]) -> Condition:
    return Condition(field, f"lower({column}) IN ({', '.join(['lower(%s)'] * len(values))})", values)


def _keyed(field: str, values: tuple[str, ...]) -> Condition:
    keys = ", ".join(["hashtextextended(lower(%s), 0)"] * len(values))
    return Condition(field, f"offer.{field}_key IN ({keys})", values)


def _inside(band: Band) -> str:
    return "(offer.price >= %s AND offer.price < %s)" if band.high is not None else "offer.price >= %s"


def _words(address: Address, name: str) -> tuple[str, ...]:
    """The values of a key, each once."""
    words = (word for word in address.getlist(name) if word.strip() and "\0" not in word)
    return tuple(dict.fromkeys(words))[:MANY]


def _amount(address: Address, name: str) -> Decimal | None:
    """The first value of a key that is an amount of money."""
    return next((Decimal(one) for one in address.getlist(name) if re.fullmatch(AMOUNT, one, re.ASCII)), None)
