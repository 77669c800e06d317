"""Remittances of tax withheld, over HTTP."""

from typing import Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.distribution.stepping import StepReasonSerializer, StepView
from licensing.distribution.withholding import selectors, services
from licensing.distribution.withholding.api.serializers import (
    NewTaxRemittanceSerializer,
    TaxReceiptSerializer,
    TaxRemittanceDetailSerializer,
    TaxRemittanceSerializer,
)
from licensing.distribution.withholding.lifecycle import RemittanceState
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of

_ENTITY: Final = {"operating_entity": "operating_entity_id"}


class _RemittanceAnswer(StepView):
    detail = TaxRemittanceDetailSerializer
    fetch = staticmethod(selectors.get_tax_remittance)


class TaxRemittancesView(_RemittanceAnswer):
    """Remittances of tax withheld."""

    orders = {"prepared": "prepared_at"}

    @extend_schema(
        operation_id="tax_remittances_list",
        parameters=[
            *parameters_of(ids=_ENTITY),
            OpenApiParameter("state", str, description="only in this state: " + ", ".join(RemittanceState.values)),
        ],
        responses=page_of(TaxRemittanceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what was or is to be paid to the tax office, the latest first."""
        rows = filtered(selectors.tax_remittances(actor=self.actor), request, ids=_ENTITY, texts={"state": "state"})
        return self.page(rows, TaxRemittanceSerializer, default="-prepared")

    @extend_schema(
        operation_id="tax_remittances_prepare",
        request=NewTaxRemittanceSerializer,
        responses={201: TaxRemittanceDetailSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Put together what was withheld by a day and not paid on; another person confirms it."""
        made = services.prepare_tax_remittance(actor=self.actor, **self.read(NewTaxRemittanceSerializer, request))
        return self.answer(made.pk, status=201)


class TaxRemittanceView(_RemittanceAnswer):
    """One remittance."""

    @extend_schema(operation_id="tax_remittances_read", responses=TaxRemittanceDetailSerializer)
    def get(self, request: Request, remittance_id: UUID) -> Response:
        """Read a remittance."""
        return self.answer(remittance_id)


class TaxRemittanceConfirmationView(_RemittanceAnswer):
    """The confirmation of a remittance."""

    @extend_schema(operation_id="tax_remittances_confirm", request=None, responses={200: TaxRemittanceDetailSerializer})
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Confirm as a second person what is paid to the tax office."""
        services.confirm_tax_remittance(actor=self.actor, remittance_id=remittance_id)
        return self.answer(remittance_id)


class TaxRemittanceCancellationView(_RemittanceAnswer):
    """The cancellation of a remittance."""

    @extend_schema(
        operation_id="tax_remittances_cancel",
        request=StepReasonSerializer,
        responses={200: TaxRemittanceDetailSerializer},
    )
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Give up a remittance that nobody has confirmed, and say why."""
        reason = self.reason_in(request)
        services.cancel_tax_remittance(actor=self.actor, remittance_id=remittance_id, reason=reason)
        return self.answer(remittance_id)


class TaxRemittanceUndoingView(_RemittanceAnswer):
    """Asking to take back what two people decided on a remittance."""

    @extend_schema(
        operation_id="tax_remittances_ask_to_undo",
        request=StepReasonSerializer,
        responses={200: TaxRemittanceDetailSerializer},
    )
    @idempotent
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Ask to give up a confirmed remittance, or to take back that one was paid: another person decides."""
        services.ask_to_undo_remittance(actor=self.actor, remittance_id=remittance_id, reason=self.reason_in(request))
        return self.answer(remittance_id)


class TaxRemittanceUndoingApprovalView(_RemittanceAnswer):
    """The second person's word on what was asked to be taken back."""

    @extend_schema(
        operation_id="tax_remittances_agree_to_undo",
        request=None,
        responses={200: TaxRemittanceDetailSerializer},
    )
    @idempotent
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Give a remittance up as a colleague asked; or take back that it was paid, which frees the bank's line."""
        services.agree_to_undo_remittance(actor=self.actor, remittance_id=remittance_id)
        return self.answer(remittance_id)


class TaxRemittanceUndoingRefusalView(_RemittanceAnswer):
    """The standing of a remittance that somebody asked to undo."""

    @extend_schema(
        operation_id="tax_remittances_refuse_to_undo",
        request=None,
        responses={200: TaxRemittanceDetailSerializer},
    )
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Have a remittance stand that somebody asked to undo."""
        services.refuse_to_undo_remittance(actor=self.actor, remittance_id=remittance_id)
        return self.answer(remittance_id)


class TaxRemittanceReceiptView(_RemittanceAnswer):
    """The tax office's certificate of a remittance."""

    @extend_schema(
        operation_id="tax_remittances_note_receipt",
        request=TaxReceiptSerializer,
        responses={200: TaxRemittanceDetailSerializer},
    )
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Note the number of the tax office's certificate; members read it on theirs."""
        receipt = self.read(TaxReceiptSerializer, request)["receipt"]
        services.note_tax_receipt(actor=self.actor, remittance_id=remittance_id, receipt=receipt)
        return self.answer(remittance_id)
