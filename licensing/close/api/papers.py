"""Closes on paper, over HTTP. Every taking is logged."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from licensing.close import selectors
from licensing.close.papers import Form, Language, Paper, sheet_paper, statement_paper, write_paper
from licensing.close.sheet import approval_sheet
from licensing.close.workings.services import workings_on_paper
from platform_core.access.log import log_access
from platform_core.api.views import HouseView
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


class StatementDocumentView(HouseView):
    """A statement on paper."""

    @extend_schema(operation_id="statements_document", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, statement_id: UUID) -> HttpResponse:
        """Take a statement as PDF, workbook or table."""
        statement = selectors.get_statement(statement_id, actor=self.actor)
        form = asked_form(request)
        workings = workings_on_paper(actor=self.actor, statement=statement)
        answer = document_answer(statement_paper(statement, asked_language(request), workings), form)
        log_access("statement.document_downloaded", actor=self.actor, subject=statement)
        return answer


class SheetDocumentView(HouseView):
    """The approval sheet of a close on paper."""

    @extend_schema(operation_id="close_runs_sheet_document", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, run_id: UUID) -> HttpResponse:
        """Take the approval sheet of a close as PDF, workbook or table."""
        run = selectors.get_run_to_approve(run_id, actor=self.actor)
        form = asked_form(request)
        answer = document_answer(sheet_paper(approval_sheet(run, actor=self.actor), asked_language(request)), form)
        log_access("close_run.sheet_downloaded", actor=self.actor, subject=run)
        return answer


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
