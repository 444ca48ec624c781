"""Reads of the catalogue, so that a view names what it wants and never how to fetch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Aggregate, Exists, F, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery

if TYPE_CHECKING:
    from catalog.models import Category

WORDS = 8  # of a query that are looked at


class CategoryQuerySet(QuerySet):
    """Categories."""

    def roots(self) -> Self:
        """The top of the tree."""
        return self.filter(parent=None).order_by("position", "name")

    def within(self, category: Category) -> Self:
        """A category and all below it."""
        return self.filter(Q(path=category.path) | Q(path__startswith=f"{category.path}/"))


class ProductQuerySet(QuerySet):
    """Products."""

    def published(self) -> Self:
        """Those that shoppers may see."""
        return self.filter(status="published")

    def in_category(self, category: Category) -> Self:
        """Those of a category and of everything below it."""
        return self.filter(Q(category__path=category.path) | Q(category__path__startswith=f"{category.path}/"))

    def matching(self, text: str) -> Self:
        """Those that every word of the text speaks of, the likest name first; all of them if it has no words.

        Accents and case do not count, and a slip in a word of the name is forgiven. A "blue dress" may be blue by its
        variants only.
        """
        found = self
        words = text.replace("\0", " ").split()[:WORDS]
        for word in words:
            found = found.filter(_speaks_of(word))
        if not words:
            return found
        return found.annotate(likeness=TrigramWordSimilarity(" ".join(words), "name")).order_by("-likeness", "-id")

    def with_prices(self) -> Self:
        """Adds `price` (the lowest), `price_to`, `price_before` (what `price` was before a sale), `in_stock`."""
        variants = _of("Variant", product=OuterRef("pk"))
        cheapest = variants.order_by("price", F("price_before").desc(nulls_last=True))
        return self.annotate(
            price=_single(variants, Min("price")),
            price_to=_single(variants, Max("price")),
            price_before=Subquery(cheapest.values("price_before")[:1]),
            in_stock=Exists(variants.filter(stock__gt=0)),
        )

    def for_cards(self) -> Self:
        """All that a card shows, in two queries however many cards: prices and `cover`."""
        covers = _of("ProductImage").order_by("product_id", "position", "id").distinct("product_id")
        cards = self.with_prices().defer("description")
        return cards.prefetch_related(Prefetch("images", covers, to_attr="covers"))

    def for_page(self) -> Self:
        """All that a product's own page shows, in three queries: prices, category, variants, pictures."""
        return self.with_prices().select_related("category").prefetch_related("variants", "images")


def _speaks_of(word: str) -> Q:
    columns = ("name", "brand", "description", "category__name")
    inside = [Q(**{f"{column}__unaccent__icontains": word}) for column in columns]
    coloured = Exists(_of("Variant", product=OuterRef("pk"), colour__unaccent__icontains=word))
    condition = Q(coloured) | Q(tags__icontains=word) | Q(name__unaccent__trigram_word_similar=word)
    for each in inside:
        condition |= each
    return condition


def _single(variants: QuerySet, aggregate: Aggregate) -> Subquery:
    return Subquery(variants.order_by().values("product").annotate(value=aggregate).values("value"))


def _of(model: str, **conditions: Any) -> QuerySet:
    # The models import this module, so that they are named here and found when asked.
    return apps.get_model("catalog", model)._default_manager.filter(**conditions)
