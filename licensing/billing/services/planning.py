"""Agreeing that an invoice is paid in parts: one person proposes it, another confirms it."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.billing.instalments import CreditsReduce, Part
from licensing.billing.lifecycle import PLAN_LIFECYCLE, InvoiceState, PlanState
from licensing.billing.models import InstalmentPlan, Invoice
from licensing.billing.policies import DECIDE_PLAN, PLAN_DECISION, PROPOSE_PLAN, WITHDRAW_PLAN
from licensing.billing.selectors import get_invoice, place_of
from licensing.billing.services.settling import hold_invoices
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.identity.role_plan import require_second_person, require_two_people
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce

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
    if invoice.state != InvoiceState.ISSUED or invoice.open_minor <= 0:
        raise WrongState("Only an issued invoice of which something is open is paid in parts.", current=invoice.state)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    _check_parts(checks, invoice, parts, on=_today(actor, invoice))
    checks.refuse()
    with told_as(_PROBLEMS):
        plan = InstalmentPlan.objects.create(
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
    record_event(
        "instalment_plan.proposed",
        actor=actor,
        subject=plan,
        changes={"parts": (None, len(parts)), "amount_minor": (None, plan.amount_minor)},
    )
    announce(invoice, part=plan)
    return plan


@transaction.atomic
def decide_instalment_plan(*, actor: Actor, plan_id: UUID, approve: bool) -> InstalmentPlan:
    """Confirm or refuse a plan that somebody else proposed; confirmed, it takes the place of the one before."""
    seen = get_visible(InstalmentPlan, plan_id, actor=actor)
    invoice = hold_invoices(actor=actor, invoice_ids=[seen.invoice_id])[seen.invoice_id]
    plan = get_visible(InstalmentPlan, plan_id, actor=actor, for_change=True)
    require(actor, DECIDE_PLAN, plan)
    place = place_of(invoice)
    require_second_person(PLAN_DECISION, actor=actor, beside=[plan.proposed_by_id], place=place)
    step = "approve" if approve else "refuse"
    state = PLAN_LIFECYCLE.after(step, current=PlanState(plan.state))
    if approve:
        if invoice.state != InvoiceState.ISSUED:
            raise WrongState("Only an issued invoice is paid in parts.", current=invoice.state)
        if plan.amount_minor != invoice.open_minor:
            raise Conflict("Another amount is open of the invoice than the parts come to: propose the parts anew.")
        if plan.due_days[0] < _today(actor, invoice):
            raise Conflict("The day of the first part has passed: propose the parts anew.")
        before = invoice.plan
        if before is not None:
            before.state = PLAN_LIFECYCLE.after("replace", current=PlanState(before.state))
            before.save(update_fields=["state"])
    _end(actor, plan, step, state)
    if approve:
        invoice.plan, invoice.due_order = plan, plan.due_days[0]
        invoice.save(update_fields=["plan", "due_order"])
    announce(invoice, part=plan)
    return plan


@transaction.atomic
def withdraw_instalment_plan(*, actor: Actor, plan_id: UUID) -> InstalmentPlan:
    """Take one's own proposal of parts back before it is decided."""
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
    plan.save(update_fields=["state", "decided_at", "decided_by"])
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
}
