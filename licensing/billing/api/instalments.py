"""Plans to pay invoices in parts, over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.billing import selectors, services
from licensing.billing.api.serializers import (
    InstalmentPlanSerializer,
    NewInstalmentPlanSerializer,
    plan_context,
)
from licensing.billing.instalments import CreditsReduce, Part
from licensing.billing.models import InstalmentPlan
from licensing.billing.papers import plan_paper
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.log import log_access, log_accesses
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_IDS = {"invoice": "invoice", "licensee": "invoice__licence__licensee"}
_STATE = {"state": "state"}


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
        given = self.read(NewInstalmentPlanSerializer, request)
        plan = services.propose_instalment_plan(
            actor=self.actor,
            invoice_id=invoice_id,
            parts=[Part(part["due_on"], part["amount_minor"]) for part in given["parts"]],
            reason=given["reason"],
            falls_due_whole=given.get("falls_due_whole", False),
            credits_reduce=CreditsReduce(given.get("credits_reduce", CreditsReduce.LAST.value)),
        )
        return _plan(self, plan, status=201)


class InstalmentPlanApprovalView(HouseView):
    """The confirmation of a plan."""

    @extend_schema(operation_id="instalment_plans_approve", request=None, responses=InstalmentPlanSerializer)
    @idempotent
    def post(self, request: Request, plan_id: UUID) -> Response:
        """Confirm a plan that somebody else proposed: from now on each part is due on its own day."""
        return _plan(self, services.decide_instalment_plan(actor=self.actor, plan_id=plan_id, approve=True))


class InstalmentPlanRefusalView(HouseView):
    """The refusal of a plan."""

    @extend_schema(operation_id="instalment_plans_refuse", request=None, responses=InstalmentPlanSerializer)
    @idempotent
    def post(self, request: Request, plan_id: UUID) -> Response:
        """Refuse a plan that somebody else proposed; the invoice stays due as it was."""
        return _plan(self, services.decide_instalment_plan(actor=self.actor, plan_id=plan_id, approve=False))


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


def _plan(view: HouseView, plan: InstalmentPlan, *, status: int = 200) -> Response:
    return Response(InstalmentPlanSerializer(plan, context=plan_context([plan], actor=view.actor)).data, status=status)
