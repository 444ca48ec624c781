"""Reads of the catalogue, so that a view names what it wants and never how to fetch it."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import BooleanField, Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.lookups import IsNull

from catalog import slips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.filters import Filters
    from catalog.models import Category

WORDS = 8  # of a query that are looked at
LONGEST = 60  # letters of a word that are


class CategoryQuerySet(QuerySet):
    """Categories."""

    def roots(self) -> Self:
        """The top of the tree."""
        return self.filter(parent=None).order_by("position", "name")

    def within(self, category: Category) -> Self:
        """A category and all below it."""
        return self.filter(Q(path=category.path) | Q(path__startswith=f"{category.path}/"))


class Listed(QuerySet):
    """What is found by its listing."""

    listing = ""  # the way to it, as a lookup begins
    product = "product_id"  # the column with the product's id

    def matching(self, text: str) -> Self:
        """Those that every word of the text speaks of, the likest name first; all of them if it has no words.

        Accents and case do not count, and a word may be the beginning of one. A word that no product has is forgiven a
        slip (`slips`). A "blue dress" may be blue by its variants only. One query is made at once, to learn which words
        there are, and two for each that is not.
        """
        typed = words_of(text)
        if not typed:
            return self if not text.replace("\0", "").strip() else self.none()
        words, found = _plain(tuple(typed)), self
        for word, known in zip(words, _known(words), strict=True):
            found = found.filter(**{f"{self.listing}words": _any_of([f"{word}:*"] if known else slips.meant(word))})
        likeness = TrigramWordSimilarity(" ".join(words), f"{self.listing}name")
        return found.annotate(likeness=likeness).order_by("-likeness", "-pk")

    def narrowed(self, filters: Filters) -> Self:
        """Those that are as the filters say."""
        sql, params = filters.narrowing(self.model._meta.db_table, self.product)
        return self.filter(RawSQL(f"TRUE{sql}", params, BooleanField())) if sql else self  # noqa: S611


class ProductQuerySet(Listed):
    """Products."""

    listing, product = "listing__", "id"

    def published(self) -> Self:
        """Those that shoppers may see."""
        return self.filter(status="published")

    def in_category(self, category: Category) -> Self:
        """Those of a category and of everything below it."""
        return self.filter(Q(category__path=category.path) | Q(category__path__startswith=f"{category.path}/"))

    def with_prices(self) -> Self:
        """Adds `price` (the lowest), `price_to`, `price_before` (what `price` was before a sale), `in_stock`."""
        stocked = _of("Variant", product=OuterRef("pk"), stock__gt=0)
        return self.annotate(
            price=F("listing__price"),
            price_to=F("listing__price_to"),
            price_before=F("listing__price_before"),
            in_stock=IsNull(Subquery(stocked.values("pk")[:1]), False),
        )

    def for_cards(self) -> Self:
        """All that a card shows, in two queries however many cards: prices and `cover`."""
        covers = _of("ProductImage").order_by("product_id", "position", "id").distinct("product_id")
        cards = self.with_prices().defer("description")
        return cards.prefetch_related(Prefetch("images", covers, to_attr="covers"))

    def for_page(self) -> Self:
        """All that a product's own page shows, in three queries: prices, category, variants, pictures."""
        return self.with_prices().select_related("category").prefetch_related("variants", "images")


class ListingQuerySet(Listed):
    """Listings, as pages of lists ask for them: of products nothing is read."""

    def published(self) -> Self:
        """Of products that shoppers may see."""
        return self.filter(published=True)

    def in_category(self, category: Category) -> Self:
        """Of a category and of everything below it. Asks for these first: how many it finds is then well foreseen."""
        return self.filter(category__in=list(type(category).objects.within(category).values_list("pk", flat=True)))

    def likest(self, text: str) -> Self:
        """Those of `matching` that no other is before, where the text is one word: it stands whole in their names.

        In the same order, which is by the key, as all of them are alike. They are found without grading all others.
        """
        words = _plain(tuple(words_of(text)))
        return self.filter(name__regex=rf"\m{words[0]}\M").order_by("-pk") if len(words) == 1 else self.none()

    def by_category(self) -> Counter[str]:
        """How many are published in each category, by its path, and in all below it; 0 for any other."""
        numbers = self.published().values_list("category__path").annotate(number=Count("pk")).order_by()
        sums = Counter[str]()
        for path, number in numbers:
            sums.update(dict.fromkeys(paths_to(path), number))
        return sums


def paths_to(path: str) -> list[str]:
    """Of the categories from the root down to the one that has this path."""
    return list(accumulate(path.split("/"), "{}/{}".format))


def in_one_line(text: str, longest: int) -> str:
    """What somebody typed, without what no text has and more than one space, as far as it is looked at."""
    return " ".join(text.replace("\0", "").split())[:longest]


def words_of(text: str) -> list[str]:
    """The words of a query, letters and figures alone, as far as they are looked at."""
    return [word[:LONGEST] for word in re.findall(r"[^\W_]+", text)][:WORDS]


@lru_cache(1000)
def _plain(words: tuple[str, ...]) -> Sequence[str]:
    """Without case and accents, as PostgreSQL takes them off: asked first, so that it plans with what it looks for."""
    each = "SELECT unaccent(lower(word)) FROM unnest(%s::text[]) WITH ORDINALITY AS typed (word, place) ORDER BY place"
    with connection.cursor() as cursor:
        cursor.execute(each, [list(words)])
        return ["".join(re.findall(r"\w+", word)) for (word,) in cursor.fetchall()]


def _known(words: Sequence[str]) -> Sequence[bool]:
    """For each word whether any product has it, or one that begins so. One query."""
    there = "EXISTS (SELECT FROM catalog_listing WHERE words @@ %s::tsquery)"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # which it takes for quick, and is for words that are there
        cursor.execute(f"SELECT {', '.join([there] * len(words))}", [f"{word}:*" for word in words])
        known: Sequence[bool] = cursor.fetchone()
    return known


def _any_of(words: Sequence[str]) -> SearchQuery:
    """For a vector of words: it has one of these. Without any nothing is found."""
    return SearchQuery(" | ".join(words), config="simple", search_type="raw")


def _of(model: str, **conditions: Any) -> QuerySet:
    # The models import this module, so that they are named here and found when asked.
    return apps.get_model("catalog", model)._default_manager.filter(**conditions)
