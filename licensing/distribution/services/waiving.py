"""Doing without a member's tax invoice (发票) where no lawful one fits: one person asks, another decides."""

from uuid import UUID

from django.db import transaction

from licensing.distribution.lifecycle import MEMBER_INVOICE_LIFECYCLE, MemberInvoiceState
from licensing.distribution.models import MemberInvoice
from licensing.distribution.policies import ASK_WAIVER, DECIDE_WAIVER, MEMBER_INVOICE_WAIVER
from licensing.distribution.selectors import get_member_invoice
from licensing.distribution.services.member_invoices import forget_waiver, run_values, tell_finance, tell_member
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.realtime.services import announce


@transaction.atomic
def ask_for_waiver(*, actor: Actor, invoice_id: UUID, reason: str) -> MemberInvoice:
    """Ask that a share is paid without a tax invoice, and say why none fits; a second person decides.

    One that was sent back is no longer there: the record keeps what it said.
    """
    invoice = get_member_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, ASK_WAIVER, invoice)
    require_two_people(MEMBER_INVOICE_WAIVER, place_of(invoice), clock=actor.clock)
    before = MemberInvoiceState(invoice.state)
    state = MEMBER_INVOICE_LIFECYCLE.after("ask waiver", current=before)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    invoice.state = state
    invoice.number, invoice.code, invoice.issued_on = "", "", None
    invoice.given_minor, invoice.tax_minor, invoice.document = None, None, None
    invoice.recorded_at, invoice.recorded_by = None, None
    invoice.decided_at, invoice.decided_by, invoice.reason = None, None, ""
    invoice.waiver_reason = reason.strip()
    invoice.waiver_asked_at, invoice.waiver_asked_by_id = actor.clock.now(), actor.person_id
    invoice.save()
    record_event(
        "member_invoice.waiver_asked",
        actor=actor,
        subject=invoice,
        changes={"state": (before, state), "waiver_reason": (None, invoice.waiver_reason)},
    )
    announce(invoice)
    tell_finance(actor=actor, invoice=invoice, kind="member_invoice.waiver_asked", values=run_values(invoice))
    return invoice


@transaction.atomic
def waive_member_invoice(*, actor: Actor, invoice_id: UUID) -> MemberInvoice:
    """Agree as a second person that a share is paid without a tax invoice; it may be paid from then on."""
    invoice = get_member_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, DECIDE_WAIVER, invoice)
    before = MemberInvoiceState(invoice.state)
    state = MEMBER_INVOICE_LIFECYCLE.after("agree waiver", current=before)
    place = place_of(invoice)
    if invoice.waiver_asked_by_id is None:
        raise TypeError("a waiver that is decided was asked for by somebody")
    require_second_person(MEMBER_INVOICE_WAIVER, actor=actor, beside=[invoice.waiver_asked_by_id], place=place)
    invoice.state = state
    invoice.decided_at, invoice.decided_by_id = actor.clock.now(), actor.person_id
    invoice.save(update_fields=["state", "decided_at", "decided_by"])
    record_event(
        "member_invoice.waived",
        actor=actor,
        subject=invoice,
        changes={"state": (before, state), "waiver_reason": (None, invoice.waiver_reason)},
    )
    announce(invoice)
    tell_member(
        actor=actor,
        invoice=invoice,
        kind="member_invoice.waived",
        values=run_values(invoice) | {"reason": invoice.waiver_reason},
    )
    return invoice


@transaction.atomic
def refuse_waiver(*, actor: Actor, invoice_id: UUID, reason: str) -> MemberInvoice:
    """Refuse to do without a tax invoice, or take one's own request back, and say why; the share goes on waiting."""
    invoice = get_member_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, ASK_WAIVER, invoice)
    before = MemberInvoiceState(invoice.state)
    state = MEMBER_INVOICE_LIFECYCLE.after("refuse waiver", current=before)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    invoice.state = state
    forget_waiver(invoice)
    invoice.save(update_fields=["state", "waiver_reason", "waiver_asked_at", "waiver_asked_by"])
    record_event(
        "member_invoice.waiver_refused",
        actor=actor,
        subject=invoice,
        changes={"state": (before, state), "reason": (None, reason.strip())},
    )
    announce(invoice)
    tell_finance(
        actor=actor,
        invoice=invoice,
        kind="member_invoice.waiver_refused",
        values=run_values(invoice) | {"reason": reason.strip()},
    )
    return invoice


def place_of(invoice: MemberInvoice) -> Place:
    """Return where it is decided about a member's tax invoice by two people."""
    programme = invoice.item.run.programme
    return Place(programme.alliance_id, programme.operating_entity)
