"""Plans to pay invoices in parts, over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.billing import selectors, services
from licensing.billing.api.serializers import (
    InstalmentPlanSerializer,
    InvoiceDetailSerializer,
    NewInstalmentPlanSerializer,
    PlanRefusalSerializer,
    plan_context,
)
from licensing.billing.instalments import CreditsReduce, Part
from licensing.billing.models import InstalmentPlan
from licensing.billing.papers import plan_paper
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.log import log_access, log_accesses
from platform_core.api.etags import IF_MATCH, require_match
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_IDS = {"invoice": "invoice", "licensee": "invoice__licence__licensee"}
_STATE = {"state": "state"}

VERSION = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, required=True, description="the ETag of the invoice as you read it"
)


class InstalmentPlansView(HouseView):
    """Plans to pay invoices in parts."""

    orders = {"proposed": "proposed_at"}

    @extend_schema(
        operation_id="instalment_plans_list",
        parameters=parameters_of(ids=_IDS, texts=_STATE),
        responses=page_of(InstalmentPlanSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the plans to pay invoices in parts, the latest first."""
        rows = filtered(selectors.instalment_plans(actor=self.actor), request, ids=_IDS, texts=_STATE)
        return self.page(rows, InstalmentPlanSerializer, default="-proposed", about=self._noted)

    def _noted(self, part: Sequence[InstalmentPlan]) -> Mapping[str, Any]:
        invoices = [row.invoice for row in part]
        log_accesses("invoice.exported" if self.exporting else "invoice.listed", actor=self.actor, subjects=invoices)
        return plan_context(part, actor=self.actor)


class InvoicePlansView(HouseView):
    """The proposing of parts."""

    @extend_schema(
        operation_id="invoices_propose_instalments",
        request=NewInstalmentPlanSerializer,
        responses={201: InstalmentPlanSerializer},
    )
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Propose that what is open of an invoice is paid in parts; a second person confirms it."""
        wanted = _wanted(self.read(NewInstalmentPlanSerializer, request))
        plan = services.propose_instalment_plan(actor=self.actor, invoice_id=invoice_id, **wanted)
        return _plan(self, plan, status=201)


class InvoicePlanRequestsView(HouseView):
    """The asking for parts."""

    @extend_schema(
        operation_id="invoices_ask_for_instalments",
        parameters=[VERSION],
        request=NewInstalmentPlanSerializer,
        responses={201: InstalmentPlanSerializer},
    )
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Ask to pay what is open of your invoice in parts; it stays due as it is until two people of finance agree."""
        wanted = _wanted(self.read(NewInstalmentPlanSerializer, request))
        plan = services.ask_for_instalment_plan(
            actor=self.actor, invoice_id=invoice_id, as_read=_as_read(self, request), **wanted
        )
        return _plan(self, plan, status=201)


class InstalmentPlanAcceptanceView(HouseView):
    """The acceptance of what a licensee asked for."""

    @extend_schema(
        operation_id="instalment_plans_accept", parameters=[VERSION], request=None, responses=InstalmentPlanSerializer
    )
    @idempotent
    def post(self, request: Request, plan_id: UUID) -> Response:
        """Propose what a licensee asked for, as it stands; a second person confirms it."""
        plan = services.accept_instalment_plan(actor=self.actor, plan_id=plan_id, as_read=_as_read(self, request))
        return _plan(self, plan)


class InstalmentPlanApprovalView(HouseView):
    """The confirmation of a plan."""

    @extend_schema(operation_id="instalment_plans_approve", request=None, responses=InstalmentPlanSerializer)
    @idempotent
    def post(self, request: Request, plan_id: UUID) -> Response:
        """Confirm a plan that somebody else proposed: from now on each part is due on its own day."""
        return _plan(self, services.decide_instalment_plan(actor=self.actor, plan_id=plan_id, approve=True))


class InstalmentPlanRefusalView(HouseView):
    """The refusal of a plan."""

    @extend_schema(
        operation_id="instalment_plans_refuse", request=PlanRefusalSerializer, responses=InstalmentPlanSerializer
    )
    @idempotent
    def post(self, request: Request, plan_id: UUID) -> Response:
        """Refuse a plan that somebody else proposed or asked for; the invoice stays due as it was."""
        answer = self.read(PlanRefusalSerializer, request).get("answer", "")
        plan = services.decide_instalment_plan(actor=self.actor, plan_id=plan_id, approve=False, answer=answer)
        return _plan(self, plan)


class InstalmentPlanWithdrawalView(HouseView):
    """The withdrawal of a plan."""

    @extend_schema(operation_id="instalment_plans_withdraw", request=None, responses=InstalmentPlanSerializer)
    @idempotent
    def post(self, request: Request, plan_id: UUID) -> Response:
        """Take your own plan back before it is decided."""
        return _plan(self, services.withdraw_instalment_plan(actor=self.actor, plan_id=plan_id))


class InstalmentPlanDocumentView(HouseView):
    """A plan on paper."""

    @extend_schema(operation_id="instalment_plans_document", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, plan_id: UUID) -> HttpResponse:
        """Take a plan to pay an invoice in parts as PDF, workbook or table."""
        plan = selectors.get_instalment_plan(plan_id, actor=self.actor)
        answer = document_answer(plan_paper(plan, asked_language(request)), asked_form(request))
        log_access("invoice.document_downloaded", actor=self.actor, subject=plan.invoice)
        return answer


def _wanted(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "parts": [Part(part["due_on"], part["amount_minor"]) for part in given["parts"]],
        "reason": given["reason"],
        "falls_due_whole": given.get("falls_due_whole", False),
        "credits_reduce": CreditsReduce(given.get("credits_reduce", CreditsReduce.LAST.value)),
    }


def _as_read(view: HouseView, request: Request) -> Callable[[UUID], None]:
    """Refuse what starts from another invoice than the locked one is: whoever may do it learns so, and nobody else."""

    def check(invoice_id: UUID) -> None:
        invoice = selectors.get_invoice(invoice_id, actor=view.actor)
        require_match(request, InvoiceDetailSerializer(invoice, context={"actor": view.actor}).data)

    return check


def _plan(view: HouseView, plan: InstalmentPlan, *, status: int = 200) -> Response:
    return Response(InstalmentPlanSerializer(plan, context=plan_context([plan], actor=view.actor)).data, status=status)
