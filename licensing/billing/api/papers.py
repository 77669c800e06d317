"""Invoices on paper, over HTTP. Every taking is logged."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from licensing.billing import selectors
from licensing.billing.papers import interest_paper, invoice_paper
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.log import log_access
from platform_core.api.views import HouseView


class InvoiceDocumentView(HouseView):
    """An invoice on paper."""

    @extend_schema(operation_id="invoices_document", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """Take an invoice or a credit note as PDF, workbook or table."""
        invoice = selectors.get_invoice(invoice_id, actor=self.actor)
        lines = list(selectors.lines_of(invoice, actor=self.actor))
        answer = document_answer(invoice_paper(invoice, lines, asked_language(request)), asked_form(request))
        log_access("invoice.document_downloaded", actor=self.actor, subject=invoice)
        return answer


class InterestNoteDocumentView(HouseView):
    """A note of interest on paper."""

    @extend_schema(operation_id="interest_notes_document", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, note_id: UUID) -> HttpResponse:
        """Take a note of interest as PDF, workbook or table."""
        note = selectors.get_interest_note(note_id, actor=self.actor)
        answer = document_answer(interest_paper(note, asked_language(request)), asked_form(request))
        log_access("invoice.document_downloaded", actor=self.actor, subject=note.invoice)
        return answer
