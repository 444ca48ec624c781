"""Why a product was found, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import ProductCard, absolute
from catalog.models import Product
from visualsearch.api import WAIT, BoxField, Score, asked_region, preferred_wait
from visualsearch.attributes import Shared
from visualsearch.models import PhotoSearch
from visualsearch.problems import problems
from visualsearch.throttles import PerAddress, PerToken
from visualsearch.whys import Why, why

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class AskedWhy(serializers.Serializer[Any]):
    """Which product in which list."""

    object = serializers.RegexField(r"^(image|\d{1,3})$", default="image", help_text="An `index`, or `image`.")
    product = serializers.SlugField(max_length=200, help_text="The product's `slug`.")


class InCommon(serializers.Serializer[Shared]):
    """Something that is said of the product and of others that are as near."""

    kind = serializers.CharField(help_text="category, colour, print, material or cut.")
    word = serializers.CharField()
    others = serializers.IntegerField(help_text="Of how many of the nearest products it is said too.")
    among = serializers.IntegerField(help_text="How many were looked at.")


class Evidence(serializers.Serializer[Any]):
    """One of the two pictures: where the compared region lies, and the part of it that the likeness hangs on."""

    box = BoxField(min_length=4, max_length=4, help_text="The compared region, in fractions of its upright picture.")
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    part = BoxField(min_length=4, max_length=4, allow_null=True, help_text="Null while `status` is not `done`.")
    score_without = Score(allow_null=True, help_text="The score with this part greyed out.")
    colour = serializers.CharField(allow_blank=True, help_text="In one word; empty if there is none, or not yet.")


class Explanation(serializers.Serializer[Why]):
    """Why the product is in the list."""

    status = serializers.SerializerMethodField(help_text="`waiting` until a worker has named the parts.")
    score = Score(help_text="Cosine of the two regions.")
    exact = serializers.BooleanField(help_text="Whether the picture is the very one that was sent.")
    photo = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField(help_text="The product's picture that matched.")
    image = serializers.SerializerMethodField(help_text="The address of that picture.")
    shared = InCommon(many=True)
    product = ProductCard()

    @extend_schema_field(serializers.ChoiceField(["waiting", "done", "gone"]))
    def get_status(self, found: Why) -> str:
        return "done" if found.parts else "waiting" if found.photo_lives else "gone"

    @extend_schema_field(Evidence)
    def get_photo(self, found: Why) -> Any:
        return Evidence(evidence(found.asked, found.parts and found.parts.photo)).data

    @extend_schema_field(Evidence)
    def get_picture(self, found: Why) -> Any:
        return Evidence(evidence(found.region, found.parts and found.parts.product)).data

    def get_image(self, found: Why) -> str:
        return absolute(self.context["request"], found.region.image.file.url)


class ExplainView(APIView):
    """Why a product was found."""

    throttle_classes = [PerAddress, PerToken]  # a worker has as much to do with it as with a search

    @extend_schema(
        operation_id="explain_result",
        summary="Why a product was found",
        parameters=[AskedWhy, WAIT],
        responses={
            200: OpenApiResponse(Explanation, "All is there, or the photo is gone and with it its part."),
            202: OpenApiResponse(Explanation, "A worker is still looking for the parts: ask again."),
            **problems(400, 404, 409, 429),
        },
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Which region of the product's picture matched, which part of both the likeness hangs on, what they share."""
        search = get_object_or_404(PhotoSearch, pk=pk)
        asked = AskedWhy(data=request.query_params)
        asked.is_valid(raise_exception=True)
        region = asked_region(search, asked.validated_data["object"])
        product = get_object_or_404(Product.objects.published().for_cards(), slug=asked.validated_data["product"])
        wait = preferred_wait(request)
        seconds = settings.VISUALSEARCH["WAIT"] if wait is None else wait
        found = why(search, region.ordinal, product, seconds=seconds, may_ask=lambda: True)
        if found is None:
            raise NotFound(gettext("No picture of this product can be compared with this object."))
        headers = {} if wait is None else {"Preference-Applied": f"wait={wait}"}
        answer = Explanation(found, context={"request": request}).data
        return Response(answer, 202 if found.under_way else 200, headers=headers)


def evidence(region: Any, side: Any) -> dict[str, Any]:
    """A region of either picture with what a worker found in it, if it did."""
    named = {"part": side.box, "score_without": side.without, "colour": side.colour} if side else {}
    return {"box": region.box, "label": region.label, "part": None, "score_without": None, "colour": ""} | named
