"""Agreeing that an invoice is paid in parts: one person proposes it, another confirms it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.billing.instalments import CreditsReduce, Part
from licensing.billing.lifecycle import PLAN_LIFECYCLE, InvoiceState, PlanState
from licensing.billing.models import InstalmentPlan, Invoice
from licensing.billing.policies import (
    ACCEPT_PLAN,
    ASK_FOR_PLAN,
    DECIDE_PLAN,
    PLAN_DECISION,
    PROPOSE_PLAN,
    WITHDRAW_PLAN,
)
from licensing.billing.selectors import get_invoice, place_of
from licensing.billing.services.settling import hold_invoices
from licensing.billing.services.telling import tell_finance_of_plan, tell_licensee_of_plan
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.identity.role_plan import require_second_person, require_two_people
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce

AsRead = Callable[[UUID], None] | None
"""Raises if an invoice is not what its reader saw: a payment meanwhile leaves another amount to spread."""

FEWEST_PARTS: Final = 2
MOST_PARTS: Final = 60
LAST_YEARS: Final = 10


@transaction.atomic
def propose_instalment_plan(
    *,
    actor: Actor,
    invoice_id: UUID,
    parts: Sequence[Part],
    reason: str,
    falls_due_whole: bool = False,
    credits_reduce: CreditsReduce = CreditsReduce.LAST,
) -> InstalmentPlan:
    """Propose that what is open of an invoice is paid in parts, which add up to it exactly; a second person confirms.

    Each part is due after the one before, none before today. What the licensee has already paid stays out of it.
    """
    invoice = get_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, PROPOSE_PLAN, invoice)
    require_two_people(PLAN_DECISION, place_of(invoice), clock=actor.clock)
    plan = _new_plan(actor, invoice, parts, reason, falls_due_whole, credits_reduce)
    with told_as(_PROBLEMS):
        plan.save(force_insert=True)
    _noted(actor, plan, "instalment_plan.proposed")
    return plan


def _new_plan(
    actor: Actor,
    invoice: Invoice,
    parts: Sequence[Part],
    reason: str,
    falls_due_whole: bool,
    credits_reduce: CreditsReduce,
) -> InstalmentPlan:
    if invoice.state != InvoiceState.ISSUED or invoice.open_minor <= 0:
        raise WrongState("Only an issued invoice of which something is open is paid in parts.", current=invoice.state)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    _check_parts(checks, invoice, parts, on=_today(actor, invoice))
    checks.refuse()
    return InstalmentPlan(
        invoice=invoice,
        amount_minor=invoice.open_minor,
        due_days=[part.due_on for part in parts],
        part_amounts_minor=[part.amount_minor for part in parts],
        credits_reduce=credits_reduce.value,
        falls_due_whole=falls_due_whole,
        reason=reason.strip(),
        proposed_at=actor.clock.now(),
        proposed_by_id=actor.person_id,
    )


def _noted(actor: Actor, plan: InstalmentPlan, event: str) -> None:
    record_event(
        event,
        actor=actor,
        subject=plan,
        changes={"parts": (None, len(plan.due_days)), "amount_minor": (None, plan.amount_minor)},
    )
    announce(plan.invoice, part=plan)


@transaction.atomic
def ask_for_instalment_plan(
    *,
    actor: Actor,
    invoice_id: UUID,
    parts: Sequence[Part],
    reason: str,
    falls_due_whole: bool = False,
    credits_reduce: CreditsReduce = CreditsReduce.LAST,
    as_read: AsRead = None,
) -> InstalmentPlan:
    """Ask, as the licensee, to pay what is open of an own invoice in parts, which add up to it exactly.

    Nothing is put off by it: finance accepts it, which is a proposal that a second person confirms, or refuses it.
    `as_read` is asked about the locked invoice, and raises if it is another than its reader saw.
    """
    invoice = get_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, ASK_FOR_PLAN, invoice)
    if as_read is not None:
        as_read(invoice.pk)
    plan = _new_plan(actor, invoice, parts, reason, falls_due_whole, credits_reduce)
    plan.state, plan.asked_at, plan.asked_by_id = PlanState.ASKED, plan.proposed_at, plan.proposed_by_id
    with told_as(_PROBLEMS):
        plan.save(force_insert=True)
    _noted(actor, plan, "instalment_plan.asked")
    tell_finance_of_plan(actor=actor, plan=plan)
    return plan


@transaction.atomic
def accept_instalment_plan(*, actor: Actor, plan_id: UUID, as_read: AsRead = None) -> InstalmentPlan:
    """Propose what a licensee asked for, as it asked for it; a second person confirms it.

    `as_read` is asked about the locked invoice, and raises if it is another than its reader saw.
    """
    plan, invoice = _held(actor, plan_id)
    require(actor, ACCEPT_PLAN, plan)
    if as_read is not None:
        as_read(invoice.pk)
    require_second_person(PLAN_DECISION, actor=actor, beside=[plan.asked_by_id], place=place_of(invoice))
    before, plan.state = plan.state, PLAN_LIFECYCLE.after("accept", current=PlanState(plan.state))
    _check_still_fits(actor, plan, invoice)
    plan.proposed_at, plan.proposed_by_id = actor.clock.now(), actor.person_id
    with told_as(_PROBLEMS):
        plan.save(update_fields=["state", "proposed_at", "proposed_by"])
    record_event("instalment_plan.accepted", actor=actor, subject=plan, changes={"state": (before, plan.state)})
    announce(invoice, part=plan)
    return plan


@transaction.atomic
def decide_instalment_plan(*, actor: Actor, plan_id: UUID, approve: bool, answer: str = "") -> InstalmentPlan:
    """Confirm or refuse a plan that somebody else proposed; confirmed, it takes the place of the one before.

    What a licensee asked for is refused with an answer, also before anybody accepted it.
    """
    plan, invoice = _held(actor, plan_id)
    require(actor, DECIDE_PLAN, plan)
    place = place_of(invoice)
    require_second_person(PLAN_DECISION, actor=actor, beside=[plan.proposed_by_id, plan.asked_by_id], place=place)
    step = "approve" if approve else "refuse"
    state = PLAN_LIFECYCLE.after(step, current=PlanState(plan.state))
    if not approve and plan.asked_by_id is not None:
        checks = Checks()
        checks.text("answer", answer, longest=500)
        checks.refuse()
        plan.answer = answer.strip()
    if approve:
        _check_still_fits(actor, plan, invoice)
        before = invoice.plan
        if before is not None:
            before.state = PLAN_LIFECYCLE.after("replace", current=PlanState(before.state))
            before.save(update_fields=["state"])
    _end(actor, plan, step, state)
    if approve:
        invoice.plan, invoice.due_order = plan, plan.due_days[0]
        invoice.save(update_fields=["plan", "due_order"])
    if plan.asked_by_id is not None:
        tell_licensee_of_plan(actor=actor, plan=plan)
    announce(invoice, part=plan)
    return plan


def _held(actor: Actor, plan_id: UUID) -> tuple[InstalmentPlan, Invoice]:
    """Hold the invoice before its plan, as whoever settles it does."""
    seen = get_visible(InstalmentPlan, plan_id, actor=actor)
    invoice = hold_invoices(actor=actor, invoice_ids=[seen.invoice_id])[seen.invoice_id]
    return get_visible(InstalmentPlan, plan_id, actor=actor, for_change=True), invoice


def _check_still_fits(actor: Actor, plan: InstalmentPlan, invoice: Invoice) -> None:
    if invoice.state != InvoiceState.ISSUED:
        raise WrongState("Only an issued invoice is paid in parts.", current=invoice.state)
    if plan.amount_minor != invoice.open_minor:
        raise Conflict("Another amount is open of the invoice than the parts come to: propose the parts anew.")
    if plan.due_days[0] < _today(actor, invoice):
        raise Conflict("The day of the first part has passed: propose the parts anew.")


@transaction.atomic
def withdraw_instalment_plan(*, actor: Actor, plan_id: UUID) -> InstalmentPlan:
    """Take one's own proposal of parts back, or what one asked for, before it is decided."""
    plan = get_visible(InstalmentPlan, plan_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_PLAN, plan)
    _end(actor, plan, "withdraw", PLAN_LIFECYCLE.after("withdraw", current=PlanState(plan.state)))
    announce(plan.invoice, part=plan)
    return plan


_EVENTS = {
    "approve": "instalment_plan.agreed",
    "refuse": "instalment_plan.refused",
    "withdraw": "instalment_plan.withdrawn",
}


def _end(actor: Actor, plan: InstalmentPlan, step: str, state: str) -> None:
    before, plan.state = plan.state, state
    plan.decided_at, plan.decided_by_id = actor.clock.now(), actor.person_id
    plan.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    record_event(_EVENTS[step], actor=actor, subject=plan, changes={"state": (before, plan.state)})


def _check_parts(checks: Checks, invoice: Invoice, parts: Sequence[Part], *, on: date) -> None:
    if not FEWEST_PARTS <= len(parts) <= MOST_PARTS:
        checks.wrong("parts", "bad_count", f"Between {FEWEST_PARTS} and {MOST_PARTS} parts.")
        return
    earliest = on
    for place, part in enumerate(parts):
        if part.amount_minor <= 0:
            checks.wrong(f"parts/{place}/amount_minor", "no_amount", "Write an amount above 0.")
        if part.due_on < earliest:
            checks.wrong(
                f"parts/{place}/due_on", "out_of_order", "Each part is due later, the first one not before today."
            )
        elif part.due_on.year > on.year + LAST_YEARS:
            checks.wrong(f"parts/{place}/due_on", "too_late", f"Within {LAST_YEARS} years.")
        earliest = date.fromordinal(min(part.due_on.toordinal() + 1, date.max.toordinal()))
    if sum(part.amount_minor for part in parts) != invoice.open_minor:
        checks.wrong("parts", "bad_sum", "The parts must come to what is open of the invoice, exactly.")


def _today(actor: Actor, invoice: Invoice) -> date:
    return today(actor.clock, invoice.licence.programme.alliance.zone)


_PROBLEMS: dict[str, Problem] = {
    "instalmentplan_one_proposed": Conflict("A plan of this invoice waits for a second person already."),
    "instalmentplan_one_asked": Conflict("It was asked already to pay this invoice in parts: withdraw that first."),
}
