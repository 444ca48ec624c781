"""What a list can be narrowed to, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from visualsearch import thresholds
from visualsearch.api import asked_region
from visualsearch.apifilters import AskedFilters, Counted
from visualsearch.facets import facets
from visualsearch.models import PhotoSearch
from visualsearch.problems import problems
from visualsearch.search import Ask
from visualsearch.searchwords import nearest_with_words
from visualsearch.throttles import Reads

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class FacetsView(APIView):
    """What a list of products can be narrowed to."""

    throttle_classes = [Reads]

    @extend_schema(
        operation_id="read_facets",
        summary="Count the products like an object",
        parameters=[AskedFilters],
        responses={200: Counted, **problems(400, 404, 409, 429)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """How many of the accepted products are of which category, size, colour ...

        Each field is counted under the filters of the others: its figures say what choosing one of its values gives.
        """
        search = get_object_or_404(PhotoSearch, pk=pk)
        asked = AskedFilters(data=request.query_params)
        asked.is_valid(raise_exception=True)
        region = asked_region(search, asked.validated_data["object"], asked.validated_data.get("position", ""))
        floor = thresholds.floors(search).get(region.position)
        without = tuple(region.refused)
        counted = facets(region, filters=asked.filters, floor=floor, without=without)
        ask = Ask(region, 1, filters=asked.filters, floor=floor, without=without)
        heard = nearest_with_words(ask, asked.wishes).heard if asked.wishes else []
        return Response(Counted({"products": counted.products, "fields": counted.fields, "words": heard}).data)
