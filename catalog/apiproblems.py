"""What an error of the API looks like (RFC 9457), for the schema. What becomes which problem is in visualsearch."""

from __future__ import annotations

from http import HTTPStatus

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

MEDIA_TYPE = "application/problem+json"


class Problem(serializers.Serializer):
    """What every error looks like, for the schema."""

    type = serializers.CharField(help_text="`urn:vitrine:` and the code.")
    title = serializers.CharField(help_text="The kind of problem.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="What is wrong this time, and what to do.")
    code = serializers.CharField(help_text="The kind of problem, for programs.")
    rate = serializers.CharField(required=False, help_text="With 429: what is taken, such as `60/minute`.")
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="With a bad parameter: what is wrong with which."
    )


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The answers of an operation that goes wrong, for the schema."""
    return {(status, MEDIA_TYPE): OpenApiResponse(Problem, HTTPStatus(status).phrase) for status in statuses}
