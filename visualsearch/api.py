"""Searching with a photo, for programs. The page and the API are two doors to the same searches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from catalog.api import ProductCard, absolute
from visualsearch import searches, thresholds, uploads
from visualsearch.apifilters import Asked, HeardWords
from visualsearch.designs import leaders
from visualsearch.models import PhotoRegion, PhotoSearch, State
from visualsearch.problems import Conflict, problems
from visualsearch.results import Item, item, main, regions_of, says
from visualsearch.search import Ask, BadCursor, Hit, nearest_of_each
from visualsearch.searchwords import nearest_with_words
from visualsearch.tasks import describe_photo
from visualsearch.throttles import PerAddress, PerToken, Reads

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from rest_framework.request import Request

    from visualsearch.searchwords import Heard

LONGEST_WAIT = 30  # seconds
FIRST_RESULTS = 10  # products that come along with each object


class BoxField(serializers.ListField):
    """[x1, y1, x2, y2] in fractions of the upright picture."""

    child = serializers.FloatField(min_value=0, max_value=1)

    def to_representation(self, value: Any) -> list[float]:
        return [round(side, 4) for side in value.as_list()]


class Score(serializers.FloatField):
    """A number between -1 and 1 with four decimals."""

    def to_representation(self, value: Any) -> Any:
        return round(float(value), 4)


class Result(serializers.Serializer[Hit]):
    """A product that looks like the object, and where in its picture."""

    rank = serializers.IntegerField(help_text="1 for the nearest; goes on over the pages.")
    score = Score(help_text="How much it looks like the object: a cosine, 1 at most.")
    accepted = serializers.BooleanField(
        allow_null=True,
        help_text="False: so far from the object that the shop may not have it. Null: the shop's model does not know.",
    )
    box = BoxField(min_length=4, max_length=4, help_text="The part of `image` that matched, in fractions.")
    image = serializers.SerializerMethodField(help_text="The picture of the product that matched.")
    exact = serializers.BooleanField(help_text="Whether `image` is the very picture that was sent, or was cut from.")
    same_look_as = serializers.SerializerMethodField(
        help_text="Rank of an earlier result of this page that is nearly the same: one brand, one name but for its "
        "colours, and hardly to be told apart. Null for most."
    )
    product = ProductCard()

    def get_same_look_as(self, hit: Hit) -> int | None:
        return self.context.get("leaders", {}).get(hit)

    def get_image(self, hit: Hit) -> str:
        return absolute(self.context["request"], hit.image.file.url)


class Results(serializers.Serializer[dict[str, Any]]):
    """A page of products."""

    results = Result(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")
    words = HeardWords(many=True, help_text="What was heard in `words`, one after another.")


class FoundObject(serializers.Serializer[Item]):
    """Something found in the photo, and the first products like it."""

    index = serializers.IntegerField(source="ordinal", help_text="1 for the surest.")
    label = serializers.CharField(help_text="What the detector calls it.")  # type: ignore[assignment]
    position = serializers.CharField(help_text="Where it is worn: upper, lower, full, feet, bag, head.")
    score = Score(help_text="How sure the detector is, 0 to 1.")
    box = BoxField(min_length=4, max_length=4, help_text="[x1, y1, x2, y2] in fractions of the upright photo.")
    accepted = serializers.SerializerMethodField(
        help_text="Whether any product is accepted. False: the shop may not have this. Null: its model does not know."
    )
    cropped = serializers.BooleanField(source="own", help_text="Whether somebody chose this part of the photo.")
    results = Result(source="hits.hits", many=True)
    results_url = serializers.SerializerMethodField(help_text="All products like it, a page at a time.")

    def get_accepted(self, item: Item) -> bool | None:
        return next((hit.accepted for hit in item.hits.hits), None)

    def get_results_url(self, item: Item) -> str:
        pairs = [("object", item.ordinal or "image"), *([("position", item.worn)] if item.worn else [])]
        return results_url(self.context["request"], self.context["search"].pk, *pairs)


class WholePhoto(FoundObject):
    """The photo as a whole, and the first products like it."""

    index = label = position = score = box = cropped = None  # type: ignore[assignment]


class Search(serializers.Serializer[PhotoSearch]):
    """A search: what was found in the photo once `status` is `done`."""

    id = serializers.UUIDField(help_text="Keep it to yourself: whoever knows it can see the search.")
    status = serializers.ChoiceField(State.choices, source="state")
    detail = serializers.SerializerMethodField(help_text="A sentence about a search that failed; empty otherwise.")
    url = serializers.SerializerMethodField(help_text="This search, for programs.")
    page = serializers.SerializerMethodField(help_text="This search, for people.")
    width = serializers.IntegerField(help_text="Of the upright photo, in pixels.")
    height = serializers.IntegerField()
    main = serializers.SerializerMethodField(help_text="`index` of what the photo is about; null if nothing was found.")
    objects = serializers.SerializerMethodField()
    image = serializers.SerializerMethodField(help_text="The photo as a whole; null until `status` is `done`.")

    def get_detail(self, search: PhotoSearch) -> str:
        return str(searches.REASONS[search.reason]) if search.state == State.FAILED else ""

    def get_url(self, search: PhotoSearch) -> str:
        return reverse("api-search", args=[search.pk], request=self.context["request"])

    def get_page(self, search: PhotoSearch) -> str:
        return reverse("search", args=[search.pk], request=self.context["request"])

    def get_main(self, search: PhotoSearch) -> int | None:
        return self.context["main"]

    @extend_schema_field(FoundObject(many=True))
    def get_objects(self, search: PhotoSearch) -> Any:
        return FoundObject(self.context["items"][1:], many=True, context=self.context).data

    @extend_schema_field(WholePhoto(allow_null=True))
    def get_image(self, search: PhotoSearch) -> dict[str, Any] | None:
        whole = self.context["items"][:1]
        return WholePhoto(whole[0], context=self.context).data if whole else None


class Upload(serializers.Serializer[Any]):
    """What to search with."""

    photo = serializers.FileField(
        help_text="JPEG, PNG, WebP, AVIF, GIF (its first frame), MPO or HEIC; at most 15 MB and 50 megapixels, at "
        "least 32 pixels a side. It lives in memory for half an hour, and without its metadata."
    )


WAIT = OpenApiParameter(
    "Prefer", str, OpenApiParameter.HEADER, description=f"`wait=N`: answer within N seconds, {LONGEST_WAIT} at most."
)


class SearchesView(APIView):
    """Begin a search."""

    parser_classes = [MultiPartParser]
    throttle_classes = [PerAddress, PerToken]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.upload = uploads.keep_in_memory(request)
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        operation_id="begin_search",
        summary="Search with a photo",
        parameters=[WAIT],
        request={"multipart/form-data": Upload},
        responses={
            201: OpenApiResponse(Search, "The search is done, or has failed."),
            202: OpenApiResponse(Search, "A worker is still at it: ask again where `Location` says."),
            **problems(400, 413, 415, 429),
        },
    )
    def post(self, request: Request) -> Response:
        """Finds the garments in a photo and the products that look like each, and like the photo as a whole."""
        photo = uploads.photo(self.upload, request.FILES.get(uploads.FIELD))
        search = searches.begin(photo, describe_photo.delay_on_commit)
        wait = preferred_wait(request)
        search = searches.awaited(search, settings.VISUALSEARCH["WAIT"] if wait is None else wait)
        headers = {"Location": reverse("api-search", args=[search.pk], request=request)}
        if wait is not None:
            headers["Preference-Applied"] = f"wait={wait}"
        return Response(represented(search, request), 202 if search.state == State.WAITING else 201, headers=headers)


class SearchView(APIView):
    """A search that was begun."""

    throttle_classes = [Reads]

    @extend_schema(operation_id="read_search", summary="Read a search", responses={200: Search, **problems(404, 429)})
    def get(self, request: Request, pk: UUID) -> Response:
        """What was found in the photo, and the first products like each thing."""
        return Response(represented(get_object_or_404(PhotoSearch, pk=pk), request))

    @extend_schema(operation_id="forget_search", summary="Forget a search", responses={204: None, **problems(404, 429)})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Deletes the photo and everything that was found in it, at once."""
        searches.forget(get_object_or_404(PhotoSearch, pk=pk))
        return Response(status=204)


class ResultsView(APIView):
    """The products like one object of a photo."""

    throttle_classes = [Reads]

    @extend_schema(
        operation_id="read_results",
        summary="Products like an object",
        parameters=[Asked],
        responses={200: Results, **problems(400, 404, 409, 429)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Each product once, nearest first, a page at a time: all that are accepted, then the nearest few others.

        With words those of the accepted come first that fit the words, in the order of the picture.
        """
        search = get_object_or_404(PhotoSearch, pk=pk)
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted, filters = asked.validated_data, asked.filters
        region = asked_region(search, wanted["object"], wanted.get("position", ""))
        floor = thresholds.floors(search).get(region.position)
        ask = Ask(region, wanted["limit"], wanted.get("cursor"), filters, floor, wanted["far"], tuple(region.refused))
        heard: list[Heard] = []
        try:
            if wishes := asked.wishes:
                page, heard, _ = nearest_with_words(ask, wishes)
            else:
                [page] = nearest_of_each([ask])
        except BadCursor as error:
            raise ValidationError({"cursor": [gettext("This is no cursor of an earlier page.")]}) from error
        following = page.next and results_url(request, pk, *asked.pairs, ("cursor", page.next))
        context = {"request": request, "leaders": leaders([page.hits])}
        return Response(Results({"results": page.hits, "next": following, "words": heard}, context=context).data)


def asked_region(search: PhotoSearch, name: str, worn: str = "") -> PhotoRegion:
    """The region that a parameter names, to be looked for among `worn` if that is given.

    Raises problems for a search that is not done and for an unknown region.
    """
    if search.state != State.DONE:
        raise Conflict(gettext("This search has no results (yet): its status is {status}.").format(status=search.state))
    ordinal = 0 if name == "image" else int(name)
    region = next((region for region in regions_of(search) if region.ordinal == ordinal), None)
    if region is None or name == "0":
        raise ValidationError({"object": [gettext("Nothing in this photo has this index.")]})
    says(region, worn)
    return region


def represented(search: PhotoSearch, request: Request) -> dict[str, Any]:
    """A search as the API gives it, with its objects and their first products once it is done."""
    regions = regions_of(search) if search.state == State.DONE else []
    floors = thresholds.floors(search) if regions else {}
    pages = nearest_of_each(
        [Ask(r, FIRST_RESULTS, floor=floors.get(r.position), without=tuple(r.refused)) for r in regions]
    )
    items = [item(region, page) for region, page in zip(regions, pages, strict=True)]
    context = {"request": request, "search": search, "items": items, "main": main(regions) or None}
    context["leaders"] = leaders([page.hits for page in pages])
    return Search(search, context=context).data


def results_url(request: Request, pk: UUID, *parameters: tuple[str, object]) -> str:
    """The address of a list of products."""
    return f"{reverse('api-results', args=[pk], request=request)}?{urlencode(parameters)}"


def preferred_wait(request: Request) -> int | None:
    """N of the header `Prefer: wait=N` (RFC 7240), as far as it is granted."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})", request.headers.get("Prefer", ""), re.IGNORECASE)
    return min(int(found[1]), LONGEST_WAIT) if found else None
