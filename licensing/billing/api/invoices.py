"""Invoices over HTTP: lists, pages, and what is done with them. Every reading is logged, with the licensee it is of."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.billing import selectors, services
from licensing.billing.api.serializers import (
    AgeingSerializer,
    CreditedSerializer,
    InterestChargeSerializer,
    InvoiceDetailSerializer,
    InvoiceIssueSerializer,
    InvoiceReasonSerializer,
    InvoiceSerializer,
    InvoicesMadeSerializer,
    TaxInvoiceStepSerializer,
)
from licensing.billing.models import Invoice
from platform_core.access.actors import Actor
from platform_core.access.log import log_access, log_accesses
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.checks import Checks
from platform_core.problems import invalid

IDS: Final = {
    "programme": "licence__programme",
    "licence": "licence",
    "licensee": "licence__licensee",
    "run": "run",
}
TEXTS: Final = {"period": "period", "state": "state", "tax_invoice": "tax_invoice"}
PAYMENTS: Final = ("open", "overdue", "part_paid", "paid")
PAPERS: Final = {"invoice": {"gross_minor__gt": 0}, "credit_note": {"gross_minor__lt": 0}}
NARROWED_BY: Final = [
    OpenApiParameter("payment", str, enum=PAYMENTS, description="only issued ones of which so much is paid"),
    OpenApiParameter("paper", str, enum=tuple(PAPERS), description="only invoices, or only credit notes"),
    OpenApiParameter("disputed", str, enum=("true", "false"), description="only with or without a dispute"),
]


def represent(invoice: Invoice, *, actor: Actor) -> Mapping[str, Any]:
    """Return an invoice as its own address shows it."""
    document: Mapping[str, Any] = InvoiceDetailSerializer(
        selectors.get_invoice(invoice.pk, actor=actor), context={"actor": actor}
    ).data
    return document


def narrowed(rows: QuerySet[Invoice], request: Request, *, actor: Actor) -> QuerySet[Invoice]:
    """Keep the invoices that a request asks for."""
    rows = filtered(rows, request, ids=IDS, texts=TEXTS)
    asked = request.query_params
    if payment := asked.get("payment"):
        if payment not in PAYMENTS:
            raise invalid("/payment", "unknown_payment", f"Invoices are narrowed to: {', '.join(PAYMENTS)}.")
        rows = selectors.by_payment(rows, payment, on=timezone.localdate(actor.clock.now()))
    if paper := asked.get("paper"):
        if paper not in PAPERS:
            raise invalid("/paper", "unknown_paper", f"Invoices are narrowed to: {', '.join(PAPERS)}.")
        rows = rows.filter(**PAPERS[paper])
    if disputed := asked.get("disputed"):
        rows = rows.filter(disputed_at__isnull=disputed != "true")
    return rows


class InvoicesView(HouseView):
    """Invoices and credit notes."""

    orders = {"prepared": "prepared_at", "due": "due_order", "number": "number_order"}

    @extend_schema(
        operation_id="invoices_list",
        parameters=[*parameters_of(ids=IDS, texts=TEXTS), *NARROWED_BY],
        responses=page_of(InvoiceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the invoices you may see, the latest first."""
        rows = narrowed(selectors.invoices(actor=self.actor), request, actor=self.actor)
        return self.page(rows, InvoiceSerializer, default="-prepared", about=self._noted)

    def _noted(self, part: Sequence[Invoice]) -> dict[str, Any]:
        log_accesses("invoice.exported" if self.exporting else "invoice.listed", actor=self.actor, subjects=part)
        return {}


class InvoiceView(HouseView):
    """One invoice."""

    @extend_schema(operation_id="invoices_read", responses=InvoiceDetailSerializer)
    def get(self, request: Request, invoice_id: UUID) -> Response:
        """Read an invoice, what settled it, and what you may do with it; the reading is logged."""
        invoice = selectors.get_invoice(invoice_id, actor=self.actor)
        log_access("invoice.viewed", actor=self.actor, subject=invoice)
        return answer_with_etag(request, InvoiceDetailSerializer(invoice, context={"actor": self.actor}).data)


class InvoicePreparationView(HouseView):
    """The preparing of a closed period's invoices."""

    @extend_schema(operation_id="close_runs_bill", request=None, responses={201: InvoicesMadeSerializer})
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Prepare a draft for each licence that owes something by a posted close; asked again, nothing is doubled."""
        drafts = services.prepare_invoices(actor=self.actor, run_id=run_id)
        return Response(_made(drafts), status=201)


class InvoiceIssuingView(HouseView):
    """The issuing of invoices."""

    @extend_schema(operation_id="invoices_issue", request=InvoiceIssueSerializer, responses=InvoicesMadeSerializer)
    @idempotent
    def post(self, request: Request) -> Response:
        """Issue drafts in their order: each gets the next number of a series and falls due. All are issued, or none."""
        issued = services.issue_invoices(actor=self.actor, **self.read(InvoiceIssueSerializer, request))
        return Response(_made(issued))


def _made(invoices: Sequence[Invoice]) -> Any:
    return InvoicesMadeSerializer({"count": len(invoices), "invoice_ids": [invoice.pk for invoice in invoices]}).data


class InvoiceStepView(HouseView):
    """A step of one invoice, answered with where it stands then."""

    def stands(self, invoice: Invoice, *, status: int = 200) -> Response:
        """Answer with an invoice as it is now."""
        return Response(represent(invoice, actor=self.actor), status=status)


class InvoiceDiscardingView(InvoiceStepView):
    """The discarding of a draft."""

    @extend_schema(operation_id="invoices_discard", request=None, responses=InvoiceDetailSerializer)
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Take a draft back, so that the close can be billed anew."""
        return self.stands(services.discard_invoice(actor=self.actor, invoice_id=invoice_id))


class InvoiceCreditingView(HouseView):
    """The crediting of an issued invoice."""

    @extend_schema(operation_id="invoices_credit", request=InvoiceReasonSerializer, responses={201: CreditedSerializer})
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Prepare a credit note that takes an issued invoice back whole, and a new invoice in its place."""
        given = self.read(InvoiceReasonSerializer, request)
        note, again = services.credit_invoice(actor=self.actor, invoice_id=invoice_id, **given)
        return Response(CreditedSerializer({"credit_note_id": note.pk, "invoice_id": again.pk}).data, status=201)


class TaxInvoiceView(InvoiceStepView):
    """What becomes of the tax invoice (发票) of an invoice."""

    @extend_schema(
        operation_id="invoices_tax_invoice", request=TaxInvoiceStepSerializer, responses=InvoiceDetailSerializer
    )
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Note that the tax invoice was issued outside, was cancelled by a red one, or is awaited."""
        given = self.read(TaxInvoiceStepSerializer, request)
        if given["step"] == "await":
            return self.stands(services.await_tax_invoice(actor=self.actor, invoice_id=invoice_id))
        number, on = given.get("number", ""), given.get("on")
        checks = Checks()
        checks.text("number", number, longest=40)
        if on is None:
            checks.wrong("on", "required", "This must not be blank.")
        checks.refuse()
        assert on is not None
        move = services.record_tax_invoice if given["step"] == "record" else services.cancel_tax_invoice
        return self.stands(move(actor=self.actor, invoice_id=invoice_id, number=number, on=on))


class InvoiceDisputeView(InvoiceStepView):
    """A dispute about an invoice."""

    @extend_schema(operation_id="invoices_dispute", request=InvoiceReasonSerializer, responses=InvoiceDetailSerializer)
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Dispute an invoice; it stays due, and no interest is charged meanwhile."""
        given = self.read(InvoiceReasonSerializer, request)
        return self.stands(services.dispute_invoice(actor=self.actor, invoice_id=invoice_id, **given))


class InvoiceDisputeEndView(InvoiceStepView):
    """The end of a dispute about an invoice."""

    @extend_schema(operation_id="invoices_settle_dispute", request=None, responses=InvoiceDetailSerializer)
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Note that an invoice is disputed no more."""
        return self.stands(services.settle_dispute(actor=self.actor, invoice_id=invoice_id))


class InvoiceInterestView(InvoiceStepView):
    """Interest on an invoice that is paid late."""

    @extend_schema(
        operation_id="invoices_charge_interest",
        request=InterestChargeSerializer,
        responses={201: InvoiceDetailSerializer},
    )
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Charge interest on what was open after it was due; the next close bills it."""
        given = self.read(InterestChargeSerializer, request)
        note = services.charge_interest(actor=self.actor, invoice_id=invoice_id, **given)
        return self.stands(note.invoice, status=201)


class AgeingView(HouseView):
    """What is open, by how long it is overdue."""

    @extend_schema(
        operation_id="invoices_ageing",
        parameters=[
            OpenApiParameter("programme", OpenApiTypes.UUID, description="only of this programme"),
            OpenApiParameter("licensee", OpenApiTypes.UUID, description="only of this licensee"),
        ],
        responses=AgeingSerializer,
    )
    def get(self, request: Request) -> Response:
        """Tell what is open today: not due, overdue for up to 30, 60, 90 days, and longer; by currency and licensee."""
        ids = {name: IDS[name] for name in ("programme", "licensee")}
        rows = filtered(selectors.invoices(actor=self.actor), request, ids=ids)
        on = timezone.localdate(self.actor.clock.now())
        totals, licensees, licences = selectors.ageing(rows, on=on)
        log_accesses("licence.ageing_viewed", actor=self.actor, subjects=licences)
        return Response(AgeingSerializer({"on": on, "totals": totals, "licensees": licensees}).data)
