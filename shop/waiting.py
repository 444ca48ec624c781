"""What waits for a keeper, as the first page of the admin says it: each with its number and the way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import ngettext

from catalog.adminstock import low
from catalog.models import Variant
from catalog.modelsimport import ImportRun
from shop.orders.admin import unsent
from shop.orders.adminrefunds import failed
from shop.orders.models import Order
from shop.orders.states import State
from shop.reviews.models import Review
from visualsearch.models import Indexing, Stage
from visualsearch.models import State as Looked

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits: a sentence, how many, and where."""

    said: str
    count: int
    address: str


def matters(user: Any) -> list[Matter]:
    """What this keeper may look after and is not nothing, a query each."""
    found = []
    for permission, rows, say, (page, query) in _KINDS:
        if user.has_perm(permission) and (count := rows().count()):
            found.append(Matter(say(count), count, f"{reverse(f'admin:{page}')}?{query}"))
    return found


def _paid() -> QuerySet[Order]:
    return Order.objects.filter(state=State.PAID)


def _packed() -> QuerySet[Order]:
    return Order.objects.filter(state=State.PACKED)


def _failed_mails() -> QuerySet[Order]:
    return Order.objects.filter(pk__in=unsent().values("order"))


def _failed_refunds() -> QuerySet[Order]:
    return Order.objects.filter(pk__in=failed().values("payment__order"))


def _failed_pictures() -> QuerySet[Indexing]:
    return Indexing.objects.filter(state=Looked.FAILED, version__state=Stage.ACTIVE)


def _low() -> QuerySet[Variant]:
    return low(Variant.objects.all())


def _failed_imports() -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(state=ImportRun.State.FAILED)


def _unread() -> QuerySet[Review]:
    return Review.objects.filter(state=Review.State.WAITING)


Kind = tuple[str, Callable[[], "QuerySet[Any]"], Callable[[int], str], tuple[str, str]]
_KINDS: list[Kind] = [
    (
        "orders.change_order", _paid,
        lambda n: ngettext("%d order to pack", "%d orders to pack", n) % n,
        ("orders_order_changelist", "state__exact=paid"),
    ),
    (
        "orders.change_order", _packed,
        lambda n: ngettext("%d order to ship", "%d orders to ship", n) % n,
        ("orders_order_changelist", "state__exact=packed"),
    ),
    (
        "orders.change_order", _failed_mails,
        lambda n: ngettext("%d order with an e-mail that failed", "%d orders with an e-mail that failed", n) % n,
        ("orders_order_changelist", "waits=mail"),
    ),
    (
        "shop_payments.change_payment", _failed_refunds,
        lambda n: ngettext("%d order with a refund that failed", "%d orders with a refund that failed", n) % n,
        ("orders_order_changelist", "waits=refund"),
    ),
    (
        "catalog.change_variant", _low,
        lambda n: ngettext("%d variant low or sold out", "%d variants low or sold out", n) % n,
        ("catalog_variant_changelist", "left=low"),
    ),
    (
        "catalog.change_product", _failed_pictures,
        lambda n: ngettext("%d picture that could not be read", "%d pictures that could not be read", n) % n,
        ("visualsearch_indexing_changelist", "state__exact=failed"),
    ),
    (
        "reviews.change_review", _unread,
        lambda n: ngettext("%d review to read", "%d reviews to read", n) % n,
        ("reviews_review_changelist", "state__exact=waiting"),
    ),
    (
        "catalog.add_importrun", _failed_imports,
        lambda n: ngettext("%d import that failed", "%d imports that failed", n) % n,
        ("catalog_importrun_changelist", "state__exact=failed"),
    ),
]  # fmt: skip
