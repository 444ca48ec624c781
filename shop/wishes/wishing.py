"""Wishes of who asks: a customer's rows, a guest's session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.models import Product
from shop.wishes.models import Wish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.http import HttpRequest

SESSION = "wishes"
MOST = 100  # on a list


def ids(request: HttpRequest) -> list[int]:
    """The products on the list, newest first."""
    if request.user.is_authenticated:
        return list(Wish.objects.filter(owner=request.user).values_list("product_id", flat=True)[:MOST])
    return list(request.session.get(SESSION, []))


def products(request: HttpRequest) -> list[Product]:
    """Those that are on sale, ready for their cards, newest first. Three queries."""
    wanted = ids(request)
    found = Product.objects.published().for_cards().in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]


def wish(request: HttpRequest, product: Product, wished: bool) -> None:
    """Put a product on the list, or take it off; twice is once."""
    if not request.user.is_authenticated:
        rest = [pk for pk in ids(request) if pk != product.pk]
        request.session[SESSION] = [product.pk, *rest][:MOST] if wished else rest
    elif wished:
        keep(request.user, [product.pk])
    else:
        Wish.objects.filter(owner=request.user, product=product).delete()


def keep(owner: User, products: Iterable[int]) -> None:
    """Have these on the owner's list too."""
    there = Product.objects.filter(pk__in=products).values_list("pk", flat=True)
    Wish.objects.bulk_create([Wish(owner=owner, product_id=pk) for pk in there], ignore_conflicts=True)
