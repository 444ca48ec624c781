"""What the home page shows: the newest, what is on sale, and a door to each shelf.

Which products and shelves these are is remembered for a minute, or until the keeper changes something; what their cards
say is read each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.db.models.signals import post_delete, post_save

from catalog.models import Category, Product, ProductImage, Variant

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW = 6  # products beside the place for a photo
ROWS = 8  # products below it: two rows of four
SALE = 4
DOORS = 12  # two rows of six
FEW = 4  # so few top categories say little
KEPT = 60  # seconds
NAME = "window"


@dataclass(frozen=True, slots=True)
class Door:
    """A category with the newest picture behind it."""

    category: Category
    picture: ProductImage | None


@dataclass(frozen=True, slots=True)
class Window:
    """Products ready for their cards, and doors. A shop with few products shows all of them with their names."""

    newest: list[Product]
    sale: list[Product]
    doors: list[Door]

    @property
    def beside(self) -> list[Product]:
        """Those beside the place for a photo: pictures alone."""
        return self.newest[:WINDOW] if len(self.newest) > WINDOW else []

    @property
    def below(self) -> list[Product]:
        """The others."""
        return self.newest[len(self.beside) :]


def window() -> Window:
    """As it is now; five queries, or a few more where nothing is remembered."""
    known: dict[str, list[Any]] = cache.get_or_set(NAME, _chosen, KEPT) or _chosen()
    cards = Product.objects.published().for_cards().in_bulk({*known["newest"], *known["sale"]})
    shelves = Category.objects.select_related("parent").in_bulk([shelf for shelf, _ in known["doors"]])
    pictures = ProductImage.objects.in_bulk([picture for _, picture in known["doors"]])
    doors = [Door(shelves[s], pictures.get(p)) for s, p in known["doors"] if s in shelves]
    return Window(_of(known["newest"], cards), _of(known["sale"], cards), doors)


def forget(**_: Any) -> None:
    """Something in the catalogue is another: choose anew."""
    cache.delete(NAME)


for model in (Category, Product, ProductImage, Variant):
    post_save.connect(forget, sender=model, dispatch_uid=f"window-{model.__name__}")
    post_delete.connect(forget, sender=model, dispatch_uid=f"window-{model.__name__}")


def _chosen() -> dict[str, list[Any]]:
    published = Product.objects.published()
    newest = list(published.order_by("-created", "-id").values_list("pk", flat=True)[: WINDOW + ROWS])
    sale = published.filter(listing__on_sale=True).order_by("-pk").values_list("pk", flat=True)[:SALE]
    return {"newest": newest, "sale": list(sale), "doors": _doors() if newest else []}


def _doors() -> list[tuple[int, int]]:
    """The categories below the top, or the top ones where there are many or nothing below, each with a picture."""
    here = Q(product__category__path=OuterRef("path"))
    below = Q(product__category__path__startswith=Concat(OuterRef("path"), Value("/")))
    inside = ProductImage.objects.filter(here | below, product__status="published")
    latest = inside.order_by("-product__created", "-product_id", "position", "id").values("pk")[:1]
    pictured = Category.objects.annotate(picture=Subquery(latest)).filter(picture__isnull=False)
    top = list(pictured.filter(parent=None).order_by("position", "name").values_list("pk", "picture"))
    deeper = pictured.filter(parent__parent=None, parent__isnull=False).order_by("parent__position", "path")
    second = list(deeper.values_list("pk", "picture"))
    return (top if len(top) > FEW or not second else second)[:DOORS]


def _of(ids: Sequence[int], cards: dict[int, Product]) -> list[Product]:
    return [cards[pk] for pk in ids if pk in cards]
