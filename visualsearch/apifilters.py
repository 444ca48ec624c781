"""The filters of a list, its page and its counts, as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from visualsearch.filters import AMOUNT, MANY, Band, Filters

MOST_RESULTS = 100
WORDS = ("brand", "size", "colour", "price")


def several(child: serializers.Field, help_text: str) -> serializers.ListField:
    """A parameter that may come many times: any of its values will do."""
    return serializers.ListField(child=child, required=False, max_length=MANY, help_text=help_text)


class AskedFilters(serializers.Serializer[Any]):
    """Which list, and what its products must be."""

    object = serializers.RegexField(r"^(image|\d{1,3})$", default="image", help_text="An `index`, or `image`.")
    category = serializers.CharField(required=False, help_text="A category's `path`: it and all below.")
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
        wanted = self.validated_data
        words = {name: tuple(dict.fromkeys(wanted[name])) for name in WORDS if name in wanted}
        words["price"] = tuple(band for text in words.get("price", ()) if (band := Band.read(text)))
        rest = {name: wanted[name] for name in ("category", "min_price", "max_price") if name in wanted}
        return Filters(**words, **rest, in_stock=wanted["in_stock"], on_sale=wanted["on_sale"])

    @property
    def pairs(self) -> list[tuple[str, object]]:
        """Object and filters, to be spelled in the address of a further page."""
        return [("object", self.validated_data["object"]), *self.filters.pairs]


class Asked(AskedFilters):
    """Which page of which list."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_RESULTS, default=24)
    cursor = serializers.CharField(required=False, help_text="From `next` of an earlier page.")
    far = serializers.BooleanField(default=False, help_text="Go on to the end, through all that is not accepted.")

    @property
    def pairs(self) -> list[tuple[str, object]]:
        wanted = self.validated_data
        return [*super().pairs, ("limit", wanted["limit"]), *([("far", 1)] if wanted["far"] else [])]


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


class Counted(serializers.Serializer[Any]):
    """How many products are accepted, and what they are."""

    products = serializers.IntegerField(help_text="Accepted products, as narrowed; all where no floor is known.")
    facets = CountedField(many=True, source="fields")
