"""The storefront's pages: home, a category, words, a product. Searching with a photo is in visualsearch.views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.models import Category, Product, ProductImage, Variant
from visualsearch.looks import Looks
from visualsearch.reactions import note_click

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WINDOW = 6  # products beside the place for a photo
ROWS = 8  # products below it: two rows of four
DOORS = 12  # two rows of six
FEW = 4  # so few top categories say little
NEIGHBOURS = 4
PAGE = 24


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The window: a place for a photo, the newest products, a door to each shelf."""
    newest = list(Product.objects.published().for_cards()[: WINDOW + ROWS])
    shown = WINDOW if len(newest) > WINDOW else 0  # a shop with few products shows them with their names
    context = {"window": newest[:shown], "newest": newest[shown:], "doors": doors() if newest else []}
    return render(request, "pages/home.html", context)


@require_safe
def category(request: HttpRequest, path: str) -> HttpResponse:
    """A shelf: everything of a category and below it, a page at a time."""
    here = get_object_or_404(Category, path=path)
    products = Product.objects.published().in_category(here).for_cards()
    context = {"here": here, "trail": trail_to(here), "below": here.children.order_by("position", "name")}
    return render(request, "pages/category.html", context | a_page(request, products))


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker keeps for the time without a connection."""
    return render(request, "pages/offline.html")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, because a service worker speaks for what lies below it."""
    return render(request, "worker.js", content_type="text/javascript")


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What the words in `q` find."""
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    products = Product.objects.published().matching(words).for_cards() if words else Product.objects.none()
    return render(request, "pages/find.html", {"words": words} | a_page(request, products))


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product in the colour and size that the address asks for."""
    product = get_object_or_404(Product.objects.published().for_page(), slug=slug)
    note_click(request, product)
    choice = Choice.of(product, request.GET)
    looks = Looks.of(product, choice.colour)
    others = Product.objects.published().in_category(product.category).exclude(pk=product.pk)
    context = {
        "product": product,
        "choice": choice,
        "pictures": looks.on(choice.pictures),
        "here": product.category,
        "trail": trail_to(product.category),
        "looks": looks,
        "neighbours": [] if looks.similar else others.for_cards()[:NEIGHBOURS],
    }
    return render(request, "pages/product.html", context)


def a_page(request: HttpRequest, products: QuerySet[Product]) -> dict[str, Any]:
    """The page that the address asks for, or the nearest there is."""
    page: Page[Product] = Paginator(products, PAGE).get_page(request.GET.get("page"))
    numbers: Iterator[int | str] = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": numbers}


def trail_to(category: Category) -> list[Category]:
    """The categories from the root down to this one. One query, however deep."""
    slugs = category.path.split("/")
    paths = ["/".join(slugs[: depth + 1]) for depth in range(len(slugs))]
    return list(Category.objects.filter(path__in=paths).order_by("path"))


@dataclass(frozen=True, slots=True)
class Door:
    """A category with the newest picture behind it."""

    category: Category
    picture: ProductImage | None


def doors() -> list[Door]:
    """The categories below the top, or the top ones where there are many or nothing below. At most three queries."""
    here = Q(product__category__path=OuterRef("path"))
    below = Q(product__category__path__startswith=Concat(OuterRef("path"), Value("/")))
    inside = ProductImage.objects.filter(here | below, product__status="published")
    newest = inside.order_by("-product__created", "-product_id", "position", "id").values("pk")[:1]
    shelves = Category.objects.select_related("parent").annotate(picture=Subquery(newest))
    pictured = shelves.filter(picture__isnull=False)
    top = list(pictured.filter(parent=None).order_by("position", "name"))
    second = list(pictured.filter(parent__parent=None, parent__isnull=False).order_by("parent__position", "path"))
    chosen = (top if len(top) > FEW or not second else second)[:DOORS]
    pictures = ProductImage.objects.in_bulk([c.picture for c in chosen])
    return [Door(c, pictures[c.picture]) for c in chosen]


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
        return cls(product, variants, colour, size)

    @property
    def of_colour(self) -> list[Variant]:
        """The variants of the chosen colour."""
        return [v for v in self.variants if v.colour == self.colour]

    @property
    def variant(self) -> Variant | None:
        """The one variant, once a size is chosen too."""
        return next((v for v in self.of_colour if v.size == self.size), None)

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
        query = urlencode({name: word for name, word in asked.items() if word})
        url = f"{self.product.get_absolute_url()}?{query}#choice"
        return Option(value, url, chosen, any(v.stock for v in variants), picture)
