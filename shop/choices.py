"""What of a product somebody chose: a colour, a size, and so a variant, its price and its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from visualsearch.reactions import PARAMETER

if TYPE_CHECKING:
    from decimal import Decimal

    from catalog.models import Product, ProductImage, Variant

OFFERED = 10  # pieces that a list to choose from goes up to


@dataclass(frozen=True, slots=True)
class Option:
    """A colour or a size to choose, with the address that chooses it."""

    value: str
    url: str
    chosen: bool
    in_stock: bool
    picture: ProductImage | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a product is chosen: always a colour, a size once it is asked for or is the only one."""

    product: Product
    variants: list[Variant]
    colour: str
    size: str | None
    seen: str = ""  # the search result that led here, as its link says it

    @classmethod
    def of(cls, product: Product, asked: Mapping[str, str]) -> Self:
        """The choice in an address. What does not exist is passed over, never an error: links grow old."""
        variants = list(product.variants.all())
        colours = {v.colour for v in variants}
        colour = asked.get("colour", "")
        if colour not in colours:
            colour = next((v.colour for v in variants if v.stock), variants[0].colour if variants else "")
        sizes = list(dict.fromkeys(v.size for v in variants if v.colour == colour))
        size = asked.get("size")
        if size not in sizes:
            size = sizes[0] if len(sizes) == 1 else None
        return cls(product, variants, colour, size, asked.get(PARAMETER, ""))

    @property
    def of_colour(self) -> list[Variant]:
        """The variants of the chosen colour."""
        return [v for v in self.variants if v.colour == self.colour]

    @property
    def variant(self) -> Variant | None:
        """The one variant, once a size is chosen too."""
        return next((v for v in self.of_colour if v.size == self.size), None)

    @property
    def sellable(self) -> list[Variant]:
        """The variants of the chosen colour that are in stock."""
        return [v for v in self.of_colour if v.stock]

    @property
    def quantities(self) -> range:
        """How many pieces of the chosen variant may be asked for at once."""
        return range(1, min(self.variant.stock if self.variant else 1, OFFERED) + 1)

    @property
    def url(self) -> str:
        """The address of the choice as it is."""
        return self._address(colour=self.colour, size=self.size)

    @property
    def offer(self) -> Variant | None:
        """The variant whose price is shown: the chosen one, else the cheapest of its colour."""
        return self.variant or min(self.of_colour, key=lambda v: v.price, default=None)

    @property
    def price(self) -> Decimal | None:
        """What it costs, or costs at least."""
        return self.offer.price if self.offer else None

    @property
    def before(self) -> Decimal | None:
        """What it cost before the sale."""
        return self.offer.price_before if self.offer else None

    @property
    def prices_differ(self) -> bool:
        """Whether the price still depends on the size."""
        return self.variant is None and len({v.price for v in self.of_colour}) > 1

    @property
    def pictures(self) -> list[ProductImage]:
        """The product's pictures: those of the chosen colour, then those of none, then the others."""
        order = {self.colour: 0, "": 1}
        return sorted(self.product.images.all(), key=lambda image: order.get(image.colour, 2))

    @property
    def colours(self) -> list[Option]:
        """Every colour, keeping the size."""
        faces = {image.colour: image for image in reversed(self.product.images.all()) if image.colour}
        groups: dict[str, list[Variant]] = {}
        for variant in self.variants:
            groups.setdefault(variant.colour, []).append(variant)
        return [self.option(c, c == self.colour, group, faces.get(c)) for c, group in groups.items() if c]

    @property
    def sizes(self) -> list[Option]:
        """The sizes of the chosen colour."""
        return [self.option(v.size, v.size == self.size, [v], None) for v in self.of_colour if v.size]

    def option(self, value: str, chosen: bool, variants: list[Variant], picture: ProductImage | None) -> Option:
        """A choice and its address, which names colour and size and leads to the choice again."""
        size = self.size if any(v.size == self.size for v in variants) else None
        asked = {"colour": variants[0].colour, "size": size if len(variants) > 1 else variants[0].size}
        url = f"{self._address(**asked)}#choice"
        return Option(value, url, chosen, any(v.stock for v in variants), picture)

    def _address(self, **asked: str | None) -> str:
        """The product's address with what is chosen, and with the result that led to it."""
        query = urlencode({name: word for name, word in (asked | {PARAMETER: self.seen}).items() if word})
        return f"{self.product.get_absolute_url()}?{query}"
