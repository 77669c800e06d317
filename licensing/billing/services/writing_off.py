"""Giving up what will not be paid: one person proposes it, another decides."""

from uuid import UUID

from django.db import transaction

from licensing.billing.lifecycle import WRITE_OFF_LIFECYCLE, InvoiceState, SettlementKind, WriteOffState
from licensing.billing.models import WriteOff
from licensing.billing.policies import DECIDE_WRITE_OFF, PROPOSE_WRITE_OFF, WITHDRAW_WRITE_OFF, WRITE_OFF_DECISION
from licensing.billing.selectors import get_invoice, place_of
from licensing.billing.services.settling import NewSettlement, hold_invoices, settle_by_decision
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.identity.role_plan import require_second_person, require_two_people
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def propose_write_off(*, actor: Actor, invoice_id: UUID, amount_minor: int, reason: str) -> WriteOff:
    """Propose to give up an amount that is open of an invoice, and say why; a second person decides."""
    invoice = get_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, PROPOSE_WRITE_OFF, invoice)
    require_two_people(WRITE_OFF_DECISION, place_of(invoice), clock=actor.clock)
    if invoice.state != InvoiceState.ISSUED or invoice.is_credit_note:
        raise WrongState("Only an issued invoice is written off.", current=invoice.state)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    if not 0 < amount_minor <= invoice.open_minor:
        checks.wrong("amount_minor", "too_much", "Write an amount above 0, at most what is open of the invoice.")
    checks.refuse()
    with told_as(_PROBLEMS):
        proposal = WriteOff.objects.create(
            invoice=invoice,
            amount_minor=amount_minor,
            reason=reason.strip(),
            proposed_at=actor.clock.now(),
            proposed_by_id=actor.person_id,
        )
    record_event("write_off.proposed", actor=actor, subject=proposal, changes={"amount_minor": (None, amount_minor)})
    announce(invoice, part=proposal)
    return proposal


@transaction.atomic
def decide_write_off(*, actor: Actor, write_off_id: UUID, approve: bool) -> WriteOff:
    """Approve or refuse a proposal of somebody else; once approved, the amount is given up and booked."""
    seen = get_visible(WriteOff, write_off_id, actor=actor)
    invoice = hold_invoices(actor=actor, invoice_ids=[seen.invoice_id])[seen.invoice_id]
    proposal = get_visible(WriteOff, write_off_id, actor=actor, for_change=True)
    require(actor, DECIDE_WRITE_OFF, proposal)
    place = place_of(invoice)
    require_second_person(WRITE_OFF_DECISION, actor=actor, beside=[proposal.proposed_by_id], place=place)
    step = "approve" if approve else "refuse"
    _end(actor, proposal, step)
    if approve:
        if proposal.amount_minor > invoice.open_minor:
            raise Conflict("Less is open of the invoice than was to be given up: refuse this, and propose it anew.")
        settle_by_decision(
            actor=actor,
            invoice=invoice,
            settlement=NewSettlement(
                key=proposal.pk,
                kind=SettlementKind.WRITE_OFF,
                amount_minor=proposal.amount_minor,
                on=today(actor.clock, invoice.licence.programme.alliance.zone),
                reference=proposal.reason[:200],
            ),
        )
    announce(invoice, part=proposal)
    return proposal


@transaction.atomic
def withdraw_write_off(*, actor: Actor, write_off_id: UUID) -> WriteOff:
    """Take one's own proposal back before it is decided."""
    proposal = get_visible(WriteOff, write_off_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_WRITE_OFF, proposal)
    _end(actor, proposal, "withdraw")
    announce(proposal.invoice, part=proposal)
    return proposal


_EVENTS = {"approve": "write_off.approved", "refuse": "write_off.refused", "withdraw": "write_off.withdrawn"}


def _end(actor: Actor, proposal: WriteOff, step: str) -> None:
    before = WriteOffState(proposal.state)
    proposal.state = WRITE_OFF_LIFECYCLE.after(step, current=before)
    proposal.decided_at = actor.clock.now()
    proposal.decided_by_id = actor.person_id
    proposal.save(update_fields=["state", "decided_at", "decided_by"])
    record_event(_EVENTS[step], actor=actor, subject=proposal, changes={"state": (before, proposal.state)})


_PROBLEMS: dict[str, Problem] = {
    "writeoff_one_at_a_time": Conflict("A proposal to write this invoice off waits for a second person already."),
}
