"""The objects of a photo, for programs: those that were found, and parts of the photo that a program chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from visualsearch import crops, searches, thresholds
from visualsearch.api import FIRST_RESULTS, WAIT, BoxField, FoundObject, asked_region, preferred_wait
from visualsearch.ml.types import Box
from visualsearch.models import PhotoCrop, PhotoSearch, State
from visualsearch.problems import Conflict, Gone, problems
from visualsearch.results import PLACES, Item, item, part_of, says
from visualsearch.search import Ask, nearest_of_each
from visualsearch.tasks import describe_crop
from visualsearch.throttles import PerAddress, PerToken, Reads

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

REFUSALS = {"gone": Gone, "too_many": Conflict, "no_results": Conflict}


class TypedBox(BoxField):
    """The same, and `x1,y1,x2,y2` in one text, as an address has it."""

    def to_internal_value(self, data: Any) -> Any:
        texts = [data] if isinstance(data, str) else data
        if isinstance(texts, list) and len(texts) == 1 and isinstance(texts[0], str):
            texts = texts[0].split(",")
        return super().to_internal_value(texts)


class NewPart(serializers.Serializer[Any]):
    """A part of the photo, to be searched as one more object."""

    box = TypedBox(min_length=4, max_length=4, help_text="[x1, y1, x2, y2] in fractions of the upright photo.")
    position = serializers.ChoiceField(
        PLACES, required=False, help_text="What to look for it among; what is seen in it unless given."
    )


class ObjectOfSearch(FoundObject):
    """An object by itself, and how far a worker is with it. Only what a program chose can be `waiting` or `failed`."""

    status = serializers.SerializerMethodField(help_text="`waiting`, `done` or `failed`.")
    detail = serializers.SerializerMethodField(help_text="A sentence about a part that failed; empty otherwise.")
    url = serializers.SerializerMethodField(help_text="This object, for programs.")

    @property
    def crop(self) -> PhotoCrop | None:
        """The part that is no region (yet)."""
        return self.context.get("crop")

    @extend_schema_field(serializers.ChoiceField(State.choices))
    def get_status(self, item: Item) -> str:
        return self.crop.state if self.crop else State.DONE

    def get_detail(self, item: Item) -> str:
        return str(searches.REASONS[self.crop.reason]) if self.crop and self.crop.reason else ""

    def get_url(self, item: Item) -> str:
        return object_url(self.context["request"], self.context["search"].pk, item.ordinal)


class ObjectsView(APIView):
    """Choose a part of the photo."""

    parser_classes = [JSONParser, FormParser, MultiPartParser]
    throttle_classes = [PerAddress, PerToken]

    @extend_schema(
        operation_id="add_object",
        summary="Search a part of the photo",
        parameters=[WAIT, OpenApiParameter("box", str, description="`x1,y1,x2,y2`, instead of a body.")],
        request=NewPart,
        responses={
            200: OpenApiResponse(ObjectOfSearch, "This part was asked for before, or is what was found."),
            201: OpenApiResponse(ObjectOfSearch, "The part is searched, or has failed."),
            202: OpenApiResponse(ObjectOfSearch, "A worker is still at it: ask again where `Location` says."),
            **problems(400, 404, 409, 410, 415, 429),
        },
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Finds the products that look like a part of a photo that is here already. The same box is the same object."""
        search = get_object_or_404(PhotoSearch, pk=pk)
        asked = NewPart(data=request.data or request.query_params)
        asked.is_valid(raise_exception=True)
        part = begun(search, Box(*asked.validated_data["box"]))
        wait = preferred_wait(request)
        crop = part.crop
        if crop:
            crop = crops.awaited(crop, settings.VISUALSEARCH["WAIT"] if wait is None else wait)
        status = 202 if crop and crop.state == State.WAITING else 201 if part.new else 200
        headers = {"Location": object_url(request, pk, part.ordinal)}
        if wait is not None:
            headers["Preference-Applied"] = f"wait={wait}"
        body = represented(search, part.ordinal, crop, request, worn=asked.validated_data.get("position", ""))
        return Response(body, status, headers=headers)


class ObjectView(APIView):
    """An object of a photo."""

    throttle_classes = [Reads]

    @extend_schema(
        operation_id="read_object",
        summary="Read an object",
        responses={200: ObjectOfSearch, **problems(404, 409, 429)},
    )
    def get(self, request: Request, pk: UUID, index: int) -> Response:
        """What it is, and the first products like it."""
        search = get_object_or_404(PhotoSearch, pk=pk)
        return Response(represented(search, index, crops.pending(search, index), request))


def begun(search: PhotoSearch, box: Box) -> crops.Part:
    """The part, sent to a worker if it is new. Raises problems."""
    try:
        part = crops.begin(search, box=box)
    except crops.CropRefused as error:
        if error.code not in REFUSALS:
            raise ValidationError({"box": [error.message]}) from error
        raise REFUSALS[error.code](error.message, error.code) from error
    if part.new and part.crop:
        describe_crop.delay_on_commit(str(part.crop.pk))
    return part


def represented(
    search: PhotoSearch, ordinal: int, crop: PhotoCrop | None, request: Request, *, worn: str = ""
) -> dict[str, Any]:
    """An object as the API gives it; one that is no region (yet) by its part alone. Raises problems."""
    crop = None if crop and crop.state == State.DONE else crop
    if crop:
        thing = part_of(crop)
    else:
        try:
            region = asked_region(search, "image" if ordinal == 0 else str(ordinal))
        except ValidationError as error:
            raise NotFound(gettext("Nothing in this photo has this index.")) from error
        worn = says(region, worn)
        ask = Ask(
            region, FIRST_RESULTS, floor=thresholds.floors(search).get(region.position), without=tuple(region.refused)
        )
        [page] = nearest_of_each([ask])
        thing = item(region, page, worn=worn)
    return ObjectOfSearch(thing, context={"request": request, "search": search, "crop": crop}).data


def object_url(request: Request, pk: UUID, ordinal: int) -> str:
    """The address of an object."""
    return reverse("api-object", args=[pk, ordinal], request=request)
