"""What requests about reports ask for."""

from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from licensing.reports import services
from licensing.reports.calculation import months_of_period
from platform_core.identity.models import Language
from platform_core.problems import invalid

_LANGUAGES: Final = {"zh": Language.CHINESE, "en": Language.ENGLISH}

LANGUAGE: Final = OpenApiParameter(
    "language", str, enum=list(_LANGUAGES), description="the language it is written in; that of the reader by default"
)


def asked_language(request: Request) -> Language:
    """Return the language a request asks for, or else the reader's."""
    asked = request.query_params.get("language") or (get_language() or "en")[:2]
    found = _LANGUAGES.get(asked)
    if found is None:
        raise invalid("/language", "unknown_language", f"A document is had in {', '.join(_LANGUAGES)}.")
    return found


def asked_upload(asked: dict[str, Any]) -> services.Upload | None:
    """Return the file that was sent; leaving it out must be meant."""
    file = asked.get("file")
    if (file is None) is not asked["nothing_sold"]:
        raise invalid("/file", "file_or_nothing", "Send a file, or else nothing_sold as true: one of the two.")
    return None if file is None else services.Upload(file.name or "", file.file)


def asked_months(period: str) -> tuple[date, date]:
    """Return the first and last month of a period as people write it."""
    try:
        return months_of_period(period)
    except ValueError as error:
        raise invalid("/period", "invalid", str(error)) from error


def file_answer(content: bytes, name: str, content_type: str) -> HttpResponse:
    """Answer with a file to be kept by nobody in between."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name.replace("/", "-")) or ""
    response["Cache-Control"] = "private, no-store"
    return response
