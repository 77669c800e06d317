"""Narrowing a list by what a request asks for; it starts from visible rows, so it finds nothing hidden."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from platform_core.problems import invalid

M = TypeVar("M", bound=Model)

NOTHING: Mapping[str, str] = {}


def filtered(
    rows: QuerySet[M], request: Request, *, ids: Mapping[str, str] = NOTHING, texts: Mapping[str, str] = NOTHING
) -> QuerySet[M]:
    """Keep the rows whose columns have the ids and the texts that the request names; a name maps to a column."""
    for name, column in ids.items():
        if (asked_for := asked_id(request, name)) is not None:
            rows = rows.filter(**{column: asked_for})
    for name, column in texts.items():
        if asked := request.query_params.get(name):
            if "\x00" in asked:
                raise invalid(f"/{name}", "bad_text", "This must be plain text.")
            rows = rows.filter(**{column: asked})
    return rows


def asked_id(request: Request, name: str) -> UUID | None:
    """Return the id that a request names; None where it names none."""
    if not (text := request.query_params.get(name)):
        return None
    try:
        return UUID(text)
    except ValueError:
        raise invalid(f"/{name}", "bad_id", f"“{text}” is not an id.") from None


def asked_day(request: Request, name: str) -> date | None:
    """Return the day that a request names; None where it names none."""
    if not (text := request.query_params.get(name)):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid(f"/{name}", "bad_date", "Write a day as 2025-01-31.") from None


def parameters_of(*, ids: Mapping[str, str] = NOTHING, texts: Mapping[str, str] = NOTHING) -> list[OpenApiParameter]:
    """Describe the filters of a list for the OpenAPI file."""
    return [
        *(OpenApiParameter(name, OpenApiTypes.UUID, description=f"only of this {_words(name)}") for name in ids),
        *(OpenApiParameter(name, OpenApiTypes.STR, description=f"only with this {_words(name)}") for name in texts),
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")
