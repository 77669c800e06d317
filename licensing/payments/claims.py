"""What lines of bank statements pay, as the queue of unassigned lines asks it."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from licensing.billing.models import Invoice
from licensing.payments.models import BankReceipt
from licensing.payments.selectors import arrived_by, recognisers
from licensing.payments.services.allocating import (
    RECEIPTS,
    give_receipt_back,
    take_for_invoice,
    take_for_receipt,
)
from platform_core.access.actors import Actor
from platform_core.identity.roles import Purpose
from platform_core.treasury.claims import Claimant, Proposal
from platform_core.treasury.models import StatementLine


def propose(lines: Sequence[StatementLine], actor: Actor) -> Mapping[UUID, Sequence[Proposal]]:
    """Propose the open invoices that lines may pay."""
    coming_in = [line for line in lines if line.amount_minor > 0 and line.bank_account.purpose == Purpose.ROYALTIES]
    known = recognisers(coming_in, actor=actor)
    return {
        line.pk: [
            Proposal(
                subject_type=Invoice._meta.label_lower,
                subject_id=found.invoice.invoice_id,
                title=found.invoice.number,
                amount_minor=found.invoice.open_minor,
                reasons=found.reasons,
            )
            for found in known[line.bank_account.operating_entity_id, line.bank_account.currency].proposals(
                arrived_by(line)
            )
        ]
        for line in coming_in
    }


def propose_nothing(lines: Sequence[StatementLine], actor: Actor) -> Mapping[UUID, Sequence[Proposal]]:
    """Propose nothing: what a line is for at once was said by a person."""
    return {}


def _take_for_invoice(actor: Actor, line: StatementLine, subject_id: UUID) -> None:
    take_for_invoice(actor=actor, line=line, subject_id=subject_id)


def _take_for_receipt(actor: Actor, line: StatementLine, subject_id: UUID) -> None:
    take_for_receipt(actor=actor, line=line, subject_id=subject_id)


def _give_back(actor: Actor, line: StatementLine, subject_id: UUID, reason: str) -> None:
    give_receipt_back(actor=actor, line=line, reason=reason)


INVOICES: Final = Claimant("invoices", Invoice._meta.label_lower, propose, _take_for_invoice, give_back=_give_back)
SEVERAL: Final = Claimant(
    RECEIPTS, BankReceipt._meta.label_lower, propose_nothing, _take_for_receipt, give_back=_give_back
)
