"""What the rows of a list become: products ready for their cards, and the pictures that matched, in two queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from django.db.models import Q

from catalog.models import Product, ProductImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Matched(Protocol):
    """A row that names a product and the picture of it that looks like what was asked for."""

    @property
    def product_id(self) -> int: ...
    @property
    def image_id(self) -> int: ...


Row = TypeVar("Row", bound=Matched)


def still_there(
    rows: Iterable[Row], after: int, products: Mapping[int, Product], images: Mapping[int, ProductImage]
) -> Iterator[tuple[int, Row, Product, ProductImage]]:
    """Each row of a list with its rank, the first after `after`, where product and picture have not gone meanwhile."""
    for rank, row in enumerate(rows, after + 1):
        if row.product_id in products and row.image_id in images:
            yield rank, row, products[row.product_id], images[row.image_id]


def hydrated(rows: Iterable[Matched]) -> tuple[dict[int, Product], dict[int, ProductImage]]:
    """The products that are for sale, with prices and covers, and pictures, by id: those that matched are there.

    The covers come along with the matching pictures, which they often are.
    """
    rows = list(rows)
    products = Product.objects.published().with_prices().defer("description").in_bulk({row.product_id for row in rows})
    covers = ProductImage.objects.filter(product__in=list(products)).order_by("product_id", "position", "id")
    wanted = Q(pk__in={row.image_id for row in rows}) | Q(pk__in=covers.distinct("product_id").values("pk"))
    images = {image.pk: image for image in ProductImage.objects.filter(wanted).order_by("position", "id")}
    for product in products.values():
        product.covers = []
    for image in images.values():
        its = products.get(image.product_id)
        if its and not its.covers:
            its.covers.append(image)
    return products, images
