"""The page that explains the API: the OpenAPI schema as plain HTML, without a script and without the internet."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a member of an object."""

    name: str
    kind: str
    text: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation may answer with."""

    status: str
    text: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be asked for."""

    method: str
    path: str
    summary: str
    text: str
    parameters: list[Field] = field(default_factory=list)
    body: str = ""
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that is sent or answered."""

    name: str
    text: str
    fields: list[Field]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation and every shape of the API."""
    operations, shapes = _read()
    return render(
        request,
        "visualsearch/api.html",
        {"operations": operations, "shapes": shapes, "base": request.build_absolute_uri("/")[:-1]},
    )


@cache
def _read() -> tuple[list[Operation], list[Shape]]:
    with override("en"):  # kept for everybody, so not in the language of whoever comes first
        schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    operations = [
        _operation(method, path, spec) for path, methods in schema["paths"].items() for method, spec in methods.items()
    ]
    return operations, [_shape(name, spec) for name, spec in schema["components"]["schemas"].items()]


def _operation(method: str, path: str, spec: dict[str, Any]) -> Operation:
    parameters = [
        Field(p["name"], f"{_kind(p['schema'])}, {p['in']}", p.get("description", ""), p.get("required", False))
        for p in spec.get("parameters", [])
    ]
    body = next((_kind(media["schema"]) for media in spec.get("requestBody", {}).get("content", {}).values()), "")
    answers = [
        Answer(status, answer.get("description", ""), *(_kind(media["schema"]) for media in _one(answer)))
        for status, answer in spec["responses"].items()
    ]
    return Operation(
        method.upper(), path, spec.get("summary", ""), spec.get("description", ""), parameters, body, answers
    )


def _one(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return list(answer.get("content", {}).values())[:1]


def _shape(name: str, spec: dict[str, Any]) -> Shape:
    required = spec.get("required", [])
    fields = [
        Field(key, _kind(value), value.get("description", ""), key in required)
        for key, value in spec.get("properties", {}).items()
    ]
    return Shape(name, spec.get("description", ""), fields)


def _kind(spec: dict[str, Any]) -> str:
    """A type in words: `string`, `list of Result`."""
    if "$ref" in spec:
        return str(spec["$ref"]).rsplit("/", 1)[-1]
    for wrapped in ("allOf", "oneOf", "anyOf"):
        if wrapped in spec:
            return " or ".join(_kind(part) for part in spec[wrapped])
    if spec.get("type") == "array":
        return f"list of {_kind(spec['items'])}"
    if "enum" in spec:
        return " or ".join(str(value) for value in spec["enum"])
    return str(spec.get("format") or spec.get("type", "any"))
