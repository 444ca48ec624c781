"""The drawn catalogue: products that `catalog.studio` designs, as rows."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.text import slugify

from catalog import easel, sizecharts, stock, studio
from catalog.categories import shelf
from catalog.demo import Entry, Source
from catalog.easel import Sheet
from catalog.models import Product, StockChange, Variant
from catalog.pictures import add_picture
from catalog.studio import Design

WEIGHTS = {"upper": 350, "lower": 500, "full": 450, "feet": 900, "bag": 700, "head": 150}  # grams, about


class Drawn(Source):
    """`products` products of one seed: the same seed and number always make the same product."""

    verb = "Drawing"

    def __init__(self, products: int, seed: int = 1) -> None:
        self.products = products
        self.seed = seed

    def __len__(self) -> int:
        return self.products

    def __iter__(self) -> Iterator[Entry]:
        designs = [studio.design(self.seed, index) for index in range(self.products)]
        there = set(Product.objects.filter(slug__in=map(slug_of, designs)).values_list("slug", flat=True))
        missing = [design for design in designs if slug_of(design) not in there]
        yield from (Entry(design.name) for design in designs if slug_of(design) in there)
        if missing:
            yield from self._draw(missing)
        sizecharts.fill()

    def _draw(self, designs: list[Design]) -> Iterator[Entry]:
        with easel.drawn(self.seed, [design.index for design in designs]) as portfolios:
            for design, sheets in zip(designs, portfolios, strict=True):
                add(design, sheets)
                yield Entry(design.name)


def slug_of(design: Design) -> str:
    """The slug of the product that a design becomes: its own and its SKU, which no other design of any seed has."""
    return slugify(f"{design.slug}-{design.sku}")


@transaction.atomic
def add(design: Design, sheets: list[Sheet]) -> Product:
    """A new product with its variants and pictures: all of it, or nothing if the program is stopped in the middle."""
    product = Product.objects.create(
        category=shelf(design.category),
        slug=slug_of(design),
        name=design.name,
        description=design.description,
        brand=design.brand,
        status=Product.Status.PUBLISHED,
    )
    stock.begin(Variant.objects.bulk_create(variants(product, design)), reason=StockChange.Reason.IMPORTED)
    for position, sheet in enumerate(sheets):
        add_picture(product, sheet.data, position=position, colour=sheet.colour, alt=sheet.alt)
    return product


def variants(product: Product, design: Design) -> list[Variant]:
    """One variant for every colourway in every size. Its SKU starts with the design's."""
    choices = [(colour.name, size) for colour in design.colourways for size in design.sizes]
    return [
        Variant(
            product=product,
            sku=f"{design.sku}-{slugify(colour)}-{slugify(size)}".upper(),
            size=size,
            colour=colour,
            price=design.price,
            price_before=design.was,
            stock=design.stock[colour, size],
            weight=WEIGHTS.get(design.position, 400),
            position=position,
        )
        for position, (colour, size) in enumerate(choices)
    ]
