"""Closes on paper, over HTTP. Every taking is logged."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from licensing.close import selectors
from licensing.close.papers import sheet_paper, statement_paper
from licensing.close.sheet import approval_sheet
from licensing.close.workings.services import workings_on_paper
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.log import log_access
from platform_core.api.views import HouseView


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
