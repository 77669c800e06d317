"""Papers over HTTP: in which form and language one is asked for, and the file it is answered with."""

from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from licensing.papers.paper import Form, Language, Paper, write_paper
from platform_core.problems import invalid

ASKED: Final = [
    OpenApiParameter("as", str, enum=[form.value for form in Form], description="the form it takes; pdf by default"),
    OpenApiParameter(
        "language",
        str,
        enum=[language.value for language in Language],
        description="the language it is written in; that of the reader by default",
    ),
]

IN_ANY_FORM: Final = {(200, form.content_type.partition(";")[0]): OpenApiTypes.BINARY for form in Form}


def asked_form(request: Request) -> Form:
    """Return the form a request asks for."""
    asked = request.query_params.get("as", Form.PDF.value)
    try:
        return Form(asked)
    except ValueError:
        raise invalid("/as", "unknown_form", f"A document is had as {', '.join(Form)}.") from None


def asked_language(request: Request) -> Language:
    """Return the language a request asks for, or else the reader's."""
    asked = request.query_params.get("language") or (get_language() or "en")[:2]
    try:
        return Language(asked)
    except ValueError:
        raise invalid("/language", "unknown_language", f"A document is had in {', '.join(Language)}.") from None


def document_answer(paper: Paper, form: Form) -> HttpResponse:
    """Answer with a paper as a file to be kept by nobody in between."""
    response = HttpResponse(write_paper(paper, form), content_type=form.content_type)
    name = f"{paper.name}.{form.value}".replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    return response
