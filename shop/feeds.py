"""New products for those who follow the shop, as RSS and as Atom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.translation import gettext

from catalog.models import Product
from shop.templatetags.money import money

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

LATEST = 50


class Entry(NamedTuple):
    """A product, and the whole address of its picture."""

    product: Product
    picture: str


class New(Feed):
    """The newest products with their price and picture."""

    def title(self) -> str:
        return gettext("New at {shop}").format(shop=settings.SHOP_NAME)

    def description(self) -> str:
        return gettext("What came into the shop last.")

    def link(self) -> str:
        return reverse("home")

    def get_object(self, request: HttpRequest) -> HttpRequest:
        """What the items are made with: readers show pictures by whole addresses only."""
        return request

    def items(self, request: HttpRequest) -> list[Entry]:
        products = Product.objects.published().for_cards().defer(None)[:LATEST]
        return [Entry(p, request.build_absolute_uri(p.cover.src) if p.cover else "") for p in products]

    def item_title(self, item: Entry) -> str:
        return item.product.name

    def item_link(self, item: Entry) -> str:
        return item.product.get_absolute_url()

    def item_description(self, item: Entry) -> str:
        price, words = money(item.product.price), item.product.description[:300]
        if item.picture:
            return format_html('<p><img src="{}" alt=""></p><p>{}</p><p>{}</p>', item.picture, price, words)
        return format_html("<p>{}</p><p>{}</p>", price, words)

    def item_pubdate(self, item: Entry) -> datetime:
        return item.product.created

    def item_updateddate(self, item: Entry) -> datetime:
        return item.product.updated


class NewAtom(New):
    """The same for readers of Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        return self.description()
