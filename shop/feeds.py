"""New products for those who follow the shop, as RSS and as Atom."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

LATEST = 50


class New(Feed):
    """The newest products with their price and picture."""

    def title(self) -> str:
        return gettext("New at {shop}").format(shop=settings.SHOP_NAME)

    def description(self) -> str:
        return gettext("What came into the shop last.")

    def link(self) -> str:
        return reverse("home")

    def items(self) -> list[Product]:
        return list(Product.objects.published().for_cards().defer(None)[:LATEST])

    def item_title(self, item: Product) -> str:
        return item.name

    def item_description(self, item: Product) -> str:
        price, words = money(item.price), item.description[:300]
        if item.cover:
            return format_html('<p><img src="{}" alt=""></p><p>{}</p><p>{}</p>', item.cover.src, price, words)
        return format_html("<p>{}</p><p>{}</p>", price, words)

    def item_pubdate(self, item: Product) -> datetime:
        return item.created

    def item_updateddate(self, item: Product) -> datetime:
        return item.updated


class NewAtom(New):
    """The same for readers of Atom."""

    feed_type = Atom1Feed

    def subtitle(self) -> str:
        return self.description()
