"""What looks like a product, and what is worn with it, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from catalog.api import ProductCard, ProductPicture
from catalog.models import Product, ProductImage
from visualsearch.api import BoxField, Result
from visualsearch.apifilters import MOST_RESULTS
from visualsearch.designs import leaders, other_colours
from visualsearch.looks import PieceList, look_of
from visualsearch.outfits import Companion, companions, pieces_of, shades, shown_colour, similar
from visualsearch.problems import problems
from visualsearch.search import BadCursor
from visualsearch.throttles import Reads

if TYPE_CHECKING:
    from rest_framework.request import Request


class Similar(serializers.Serializer[dict[str, Any]]):
    """A page of products that look like one."""

    results = Result(many=True)
    other_colours = ProductCard(many=True, help_text="Other products of the same design; none of them is in `results`.")
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")


class AskedSimilar(serializers.Serializer[Any]):
    """Which page, of which colour's list."""

    colour = serializers.CharField(
        required=False, allow_blank=True, help_text="One of the product's; the first that has a picture."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST_RESULTS, default=24)
    cursor = serializers.CharField(required=False, allow_blank=True, help_text="From `next` of an earlier page.")


class LookPiece(serializers.Serializer[PieceList]):
    """A garment on a picture of a product, and products like it."""

    index = serializers.IntegerField(source="piece.ordinal")
    label = serializers.CharField(  # type: ignore[assignment]
        source="piece.label", allow_blank=True, help_text="What the detector calls it; empty if it could not say."
    )
    position = serializers.CharField(source="piece.position", help_text="upper, lower, full, feet, bag or head.")
    box = BoxField(source="piece.box", min_length=4, max_length=4, help_text="[x1, y1, x2, y2] in fractions.")
    own = serializers.BooleanField(source="piece.own", help_text="Whether it is the product itself, not worn with it.")
    results = serializers.SerializerMethodField()

    @extend_schema_field(Result(many=True))
    def get_results(self, piece: PieceList) -> Any:
        hits = [hit for group in piece.groups for hit in (group.hit, *group.more)]
        hits.sort(key=lambda hit: hit.rank)
        return Result(hits, many=True, context=self.context).data  # type: ignore[arg-type]


class Look(serializers.Serializer[dict[str, Any]]):
    """A picture of a product on which several garments were found."""

    image = ProductPicture()
    pieces = LookPiece(many=True)


class WornWith(serializers.Serializer[Companion]):
    """A place of the outfit besides the product's own, and what the shop has for it."""

    position = serializers.CharField(source="piece.position")
    label = serializers.CharField(source="piece.label", allow_blank=True)  # type: ignore[assignment]
    image = serializers.SerializerMethodField(help_text="The picture of the product that it is worn on.")
    box = BoxField(source="piece.box", min_length=4, max_length=4, help_text="Where, in fractions.")
    results = Result(source="hits.hits", many=True)

    @extend_schema_field(ProductPicture)
    def get_image(self, companion: Companion) -> Any:
        return ProductPicture(companion.piece.image, context=self.context).data


class Outfit(serializers.Serializer[dict[str, Any]]):
    """What a product is worn with on its pictures."""

    wear_with = WornWith(many=True)
    looks = Look(many=True)


class SimilarView(APIView):
    """Products like one."""

    throttle_classes = [Reads]

    @extend_schema(
        operation_id="similar_products",
        summary="Products like a product",
        parameters=[AskedSimilar],
        responses={200: Similar, **problems(400, 404, 429)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """By the product's own pictures, nearest first, each once, without the product itself and its other colours."""
        product = get_object_or_404(Product.objects.published().for_page(), slug=slug)
        asked = AskedSimilar(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        images, same = shades(product, shown_colour(product, wanted.get("colour", ""))), other_colours(product)
        without = [product.pk, *(one.pk for one in same)]
        try:
            page = similar(
                images, pieces_of(images), without=without, limit=wanted["limit"], after=wanted.get("cursor")
            )
        except BadCursor as error:
            raise ValidationError({"cursor": [gettext("This is no cursor of an earlier page.")]}) from error
        address = reverse("api-similar", args=[slug], request=request)
        following = page.next and f"{address}?{urlencode(wanted | {'cursor': page.next})}"
        answer = {"results": page.hits, "other_colours": same, "next": following}
        context = {"request": request, "leaders": leaders([page.hits])}
        return Response(Similar(answer, context=context).data)


class OutfitView(APIView):
    """What a product is worn with."""

    throttle_classes = [Reads]

    @extend_schema(
        operation_id="read_outfit",
        summary="What a product is worn with",
        responses={200: Outfit, **problems(404, 429)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """The other garments on the product's pictures, and the products of this shop most like each."""
        product = get_object_or_404(Product.objects.published().for_page(), slug=slug)
        images = product.images.all()
        pieces = pieces_of(images)
        several = [image for image in images if len(pieces[image.pk]) > 1]
        answer = {"wear_with": companions(product, pieces), "looks": [look(product, image) for image in several]}
        return Response(Outfit(answer, context={"request": request}).data)


def look(product: Product, image: ProductImage) -> dict[str, Any]:
    """A picture with its pieces."""
    return {"image": image, "pieces": look_of(product, image)}
