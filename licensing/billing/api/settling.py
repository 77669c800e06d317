"""Settlements, set-offs and write-offs of invoices over HTTP; what moves money happens once per key."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.billing import selectors, services
from licensing.billing.api.invoices import InvoiceStepView
from licensing.billing.api.serializers import (
    InvoiceDetailSerializer,
    NewSettlementSerializer,
    NewWriteOffSerializer,
    SetOffSerializer,
    SettlementReturnSerializer,
    UnassignedReceiptsSerializer,
    WriteOffSerializer,
)
from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import Settlement, WriteOff
from platform_core.access.kernel import get_visible
from platform_core.access.log import log_accesses
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.ids import new_id
from platform_core.ledger.models import Account


class SettlementsView(InvoiceStepView):
    """What settles an invoice."""

    @extend_schema(
        operation_id="invoices_settle", request=NewSettlementSerializer, responses={201: InvoiceDetailSerializer}
    )
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Settle part of an invoice by money that waits, by a certificate of tax withheld, or by a bank's charge."""
        given = self.read(NewSettlementSerializer, request)
        made = services.settle_invoice(
            actor=self.actor,
            invoice_id=invoice_id,
            settlement=services.NewSettlement(
                key=new_id(),
                kind=SettlementKind(given["settled_by"]),
                amount_minor=given["amount_minor"],
                on=given["on"],
                reference=given.get("reference", ""),
            ),
            from_account_id=given.get("from_account_id"),
        )
        return self.stands(made.invoice, status=201)


class SettlementReturnView(InvoiceStepView):
    """The taking back of a settlement."""

    @extend_schema(
        operation_id="settlements_return",
        request=SettlementReturnSerializer,
        responses={201: InvoiceDetailSerializer},
    )
    @idempotent
    def post(self, request: Request, settlement_id: UUID) -> Response:
        """Take a settlement back that was wrong; money goes back to where it waited."""
        given = self.read(SettlementReturnSerializer, request)
        settlement = get_visible(Settlement, settlement_id, actor=self.actor)
        services.take_settlement_back(
            actor=self.actor,
            settlement_id=settlement_id,
            key=new_id(),
            to_account_id=selectors.account_paid_from(settlement),
            **given,
        )
        return self.stands(settlement.invoice, status=201)


class SetOffView(InvoiceStepView):
    """The settling of an invoice with a credit note."""

    @extend_schema(operation_id="invoices_set_off", request=SetOffSerializer, responses={201: InvoiceDetailSerializer})
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Settle an invoice with a credit note of the same licensee, both by the same amount."""
        given = self.read(SetOffSerializer, request)
        _, settled = services.set_off(actor=self.actor, invoice_id=invoice_id, key=new_id(), **given)
        return self.stands(settled.invoice, status=201)


class UnassignedReceiptsView(HouseView):
    """Money that belongs to no invoice yet."""

    orders = {"opened": "opened_at"}

    @extend_schema(operation_id="unassigned_receipts_list", responses=page_of(UnassignedReceiptsSerializer))
    def get(self, request: Request) -> Response:
        """List the accounts on which royalties wait that belong to no invoice yet."""
        rows = selectors.unassigned_receipts(actor=self.actor)
        return self.page(rows, UnassignedReceiptsSerializer, default="opened", about=self._waiting)

    def _waiting(self, part: Sequence[Account]) -> dict[str, Any]:
        return {"waiting": selectors.waiting_on(part)}


_WRITE_OFF_IDS = {"invoice": "invoice"}
_STATE = {"state": "state"}


class WriteOffsView(HouseView):
    """Proposals to write invoices off."""

    orders = {"proposed": "proposed_at"}

    @extend_schema(
        operation_id="write_offs_list",
        parameters=parameters_of(ids=_WRITE_OFF_IDS, texts=_STATE),
        responses=page_of(WriteOffSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the proposals to give up what is open of invoices, the latest first."""
        rows = filtered(selectors.write_offs(actor=self.actor), request, ids=_WRITE_OFF_IDS, texts=_STATE)
        return self.page(rows, WriteOffSerializer, default="-proposed", about=self._noted)

    def _noted(self, part: Sequence[WriteOff]) -> dict[str, Any]:
        invoices = [row.invoice for row in part]
        log_accesses("invoice.exported" if self.exporting else "invoice.listed", actor=self.actor, subjects=invoices)
        return {"write_off_steps": selectors.write_off_steps(part, actor=self.actor)}


class InvoiceWriteOffsView(HouseView):
    """The proposing of a write-off."""

    @extend_schema(
        operation_id="invoices_propose_write_off", request=NewWriteOffSerializer, responses={201: WriteOffSerializer}
    )
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Propose to give up an amount that is open of an invoice; a second person decides."""
        given = self.read(NewWriteOffSerializer, request)
        proposal = services.propose_write_off(actor=self.actor, invoice_id=invoice_id, **given)
        return _proposal(self, proposal, status=201)


class WriteOffApprovalView(HouseView):
    """The approval of a write-off."""

    @extend_schema(operation_id="write_offs_approve", request=None, responses=WriteOffSerializer)
    @idempotent
    def post(self, request: Request, write_off_id: UUID) -> Response:
        """Approve what somebody else proposed: the amount is given up and booked."""
        decided = services.decide_write_off(actor=self.actor, write_off_id=write_off_id, approve=True)
        return _proposal(self, decided)


class WriteOffRefusalView(HouseView):
    """The refusal of a write-off."""

    @extend_schema(operation_id="write_offs_refuse", request=None, responses=WriteOffSerializer)
    @idempotent
    def post(self, request: Request, write_off_id: UUID) -> Response:
        """Refuse what somebody else proposed: the invoice stays open."""
        decided = services.decide_write_off(actor=self.actor, write_off_id=write_off_id, approve=False)
        return _proposal(self, decided)


class WriteOffWithdrawalView(HouseView):
    """The withdrawal of a proposal to write off."""

    @extend_schema(operation_id="write_offs_withdraw", request=None, responses=WriteOffSerializer)
    @idempotent
    def post(self, request: Request, write_off_id: UUID) -> Response:
        """Take your own proposal back before it is decided."""
        return _proposal(self, services.withdraw_write_off(actor=self.actor, write_off_id=write_off_id))


def _proposal(view: HouseView, proposal: WriteOff, *, status: int = 200) -> Response:
    steps = selectors.write_off_steps([proposal], actor=view.actor)
    return Response(WriteOffSerializer(proposal, context={"write_off_steps": steps}).data, status=status)
