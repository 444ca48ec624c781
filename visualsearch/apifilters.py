"""The filters of a list, its page and its counts, as the API takes and gives them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from rest_framework import serializers

from catalog.filters import AMOUNT, MANY, Band, Filters
from visualsearch.results import PLACES
from visualsearch.wishes import KINDS, LONGEST, Wishes

MOST_RESULTS = 100
WORDS = ("brand", "size", "colour")
FIELDS = tuple(field.name for field in fields(Filters))
Pairs = list[tuple[str, str]]


def several(child: serializers.Field, help_text: str) -> serializers.ListField:
    """A parameter that may come many times: any of its values will do."""
    return serializers.ListField(child=child, required=False, max_length=MANY, help_text=help_text)


class AskedFilters(serializers.Serializer[Any]):
    """Which list, and what its products must be."""

    object = serializers.RegexField(r"^(image|\d{1,3})$", default="image", help_text="An `index`, or `image`.")
    position = serializers.ChoiceField(
        PLACES, required=False, allow_blank=True, help_text="What to look for it among instead."
    )
    words = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=LONGEST,
        help_text="What should be different, such as `in red`: what fits comes first, and nothing is left out.",
    )
    category = serializers.CharField(
        required=False, allow_blank=True, help_text="A category's `path`: it and all below."
    )
    brand = several(serializers.CharField(), "Any of these, whatever their case.")
    size = several(serializers.CharField(), "Any of these.")
    colour = several(serializers.CharField(), "Any of these.")
    price = several(serializers.RegexField(f"^{AMOUNT}-({AMOUNT})?$"), "Bands such as `20-30`, without 30, or `100-`.")
    min_price = serializers.DecimalField(10, 2, min_value=0, required=False, help_text="This or more.")
    max_price = serializers.DecimalField(10, 2, min_value=0, required=False, help_text="This or less.")
    in_stock = serializers.BooleanField(default=False, help_text="Only what can be had now.")
    on_sale = serializers.BooleanField(default=False, help_text="Only what costs less than before.")

    @property
    def filters(self) -> Filters:
        """The filters; one variant must be all that is said of size, colour, price, stock and sale."""
        given: dict[str, Any] = self.validated_data
        wanted = {name: given[name] for name in FIELDS if name in given}
        several_words = {name: tuple(dict.fromkeys(given.get(name, ()))) for name in WORDS}
        bands = tuple(filter(None, map(Band.read, given.get("price", ()))))
        return Filters(**wanted | several_words | {"price": bands})

    @property
    def wishes(self) -> Wishes:
        """What the words ask for."""
        return Wishes.read(self.validated_data.get("words", ""))

    @property
    def pairs(self) -> Pairs:
        """Object, words and filters, to be spelled in the address of a further page."""
        given = [(name, self.validated_data.get(name)) for name in ("object", "position", "words")]
        return [*((name, value) for name, value in given if value), *self.filters.pairs]


class Asked(AskedFilters):
    """Which page of which list."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_RESULTS, default=24)
    cursor = serializers.CharField(required=False, allow_blank=True, help_text="From `next` of an earlier page.")
    far = serializers.BooleanField(default=False, help_text="Go on to the end, through all that is not accepted.")

    @property
    def pairs(self) -> Pairs:
        wanted = self.validated_data
        return [*super().pairs, ("limit", str(wanted["limit"])), *([("far", "1")] if wanted["far"] else [])]


class CountedValue(serializers.Serializer[Any]):
    """A value of a field."""

    value = serializers.CharField(help_text="As the filter of that name takes it.")
    label = serializers.CharField()  # type: ignore[assignment]
    products = serializers.IntegerField(help_text="Products that the list would have with it.")
    chosen = serializers.BooleanField()


class CountedField(serializers.Serializer[Any]):
    """A field that a list can be narrowed by."""

    field = serializers.CharField(help_text="The name of the filter.")
    values = CountedValue(many=True, source="choices")


class HeardWords(serializers.Serializer[Any]):
    """Something that the words ask for."""

    said = serializers.CharField(source="wish.said", help_text="The words for it.")
    kind = serializers.CharField(source="wish.kind", help_text=f"What it was taken for: {', '.join(KINDS)}.")
    wanted = serializers.BooleanField(source="wish.wanted", help_text="False: to be without it.")
    products = serializers.IntegerField(
        help_text="Accepted products that speak of it, as narrowed. 0: it could not be heeded; the picture decides."
    )


class Counted(serializers.Serializer[Any]):
    """How many products are accepted, and what they are."""

    products = serializers.IntegerField(help_text="Accepted products, as narrowed; all where no floor is known.")
    facets = CountedField(many=True, source="fields")
    words = HeardWords(many=True, help_text="What was heard in `words`; they narrow nothing.")
