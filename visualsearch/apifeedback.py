"""What a shopper did with a result, told by a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Product
from visualsearch.api import asked_region
from visualsearch.models import PhotoSearch
from visualsearch.modelsinsight import Reaction
from visualsearch.problems import problems
from visualsearch.reactions import Seen, react
from visualsearch.throttles import Reads

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class Feedback(serializers.Serializer[Any]):
    """What somebody did with a product of a list."""

    kind = serializers.ChoiceField(
        Reaction.Kind.choices, help_text="`click`: looked at; `cart`: put into the cart; `not_it`: not what was meant."
    )
    product = serializers.SlugField(max_length=200, help_text="The `slug` of the product.")
    object = serializers.RegexField(
        r"^(image|\d{1,3})$", default="image", help_text="Whose list it was in: an `index`, or `image`."
    )
    rank = serializers.IntegerField(
        required=False, min_value=1, max_value=10_000, help_text="The result's `rank` in that list."
    )


class FeedbackView(APIView):
    """What became of the results of a search."""

    throttle_classes = [Reads]

    @extend_schema(
        operation_id="give_feedback",
        summary="Tell what was done with a result",
        request=Feedback,
        responses={204: None, **problems(400, 404, 409, 415, 429)},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Counted for the shop's keeper, once however often it is told. Forgotten along with the search.

        A product that is `not_it` stands in no list of this search from now on.
        """
        search = get_object_or_404(PhotoSearch, pk=pk)
        said = Feedback(data=request.data)
        said.is_valid(raise_exception=True)
        told = said.validated_data
        region = asked_region(search, told["object"])
        product = Product.objects.published().filter(slug=told["product"]).first()
        if product is None:
            raise ValidationError({"product": [gettext("No product on sale has this slug.")]})
        react(told["kind"], Seen.of(search, region.ordinal, told.get("rank")), product)
        return Response(status=204)
