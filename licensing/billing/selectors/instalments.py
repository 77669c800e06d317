"""Finding the parts in which invoices are paid, and how they stand."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from licensing.billing.instalments import Movement, Part, PartStanding, Plan, broken_on, open_parts, standings
from licensing.billing.lifecycle import (
    PLAN_LIFECYCLE,
    REDUCING,
    PlanState,
)
from licensing.billing.models import (
    InstalmentPlan,
    Invoice,
    Settlement,
)
from licensing.billing.policies import (
    DECIDE_PLAN,
    WITHDRAW_PLAN,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import Clock, today

_ALONG: Final = (
    "licence__licensee",
    "licence__programme__operating_entity",
    "licence__programme__alliance",
    "series",
    "terms",
)


def plan_of(invoice: Invoice) -> Plan:
    """Return in what parts an issued invoice is to be paid; one that is not is one part."""
    if invoice.plan is not None:
        plan: Plan = invoice.plan.as_plan
        return plan
    return Plan([Part(invoice.due_on or date.max, invoice.gross_minor)])


def movements_of(invoice: Invoice) -> list[Movement]:
    """Return what filled the parts of an invoice, or the invoice as a whole, in the order of the days."""
    rows = Settlement.objects.filter(invoice=invoice, **({"plan": invoice.plan_id} if invoice.plan_id else {}))
    return [_movement(row) for row in rows.order_by("on", "id")]


def _movement(row: Settlement) -> Movement:
    return Movement(row.on, row.amount_minor, reduces=row.kind in REDUCING)


def next_due_on(invoice: Invoice) -> date:
    """Return the day by which the earliest open part of an issued invoice is due; if none is, that of the last."""
    if invoice.plan is None:
        return invoice.due_on or date.max
    plan = plan_of(invoice)
    opened = open_parts(plan, movements_of(invoice))
    return next((part.due_on for part, left in zip(plan.parts, opened, strict=True) if left), plan.parts[-1].due_on)


def parts_of(rows: Iterable[Invoice], *, on: date) -> dict[UUID, list[PartStanding]]:
    """Return how the parts of invoices stand on a day, of those that are paid in parts; they come with their plans."""
    planned = {row.plan_id: row for row in rows if row.plan_id is not None}
    movements: dict[UUID | None, list[Movement]] = {}
    for settlement in Settlement.objects.filter(plan__in=planned).order_by("on", "id"):
        movements.setdefault(settlement.plan_id, []).append(_movement(settlement))
    return {row.pk: standings(row.plan.as_plan, movements.get(plan_id, []), on=on) for plan_id, row in planned.items()}


def instalment_plans(*, actor: Actor) -> VisibleQuerySet[InstalmentPlan]:
    """List the plans to pay invoices in parts that an actor may see."""
    return InstalmentPlan.objects.visible_to(actor).select_related(
        "invoice__series",
        "invoice__licence__licensee",
        "invoice__licence__programme__alliance",
        "proposed_by",
        "decided_by",
    )


def get_instalment_plan(plan_id: UUID, *, actor: Actor) -> InstalmentPlan:
    """Fetch one plan the actor may see, with its invoice."""
    get_visible(InstalmentPlan, plan_id, actor=actor)
    return InstalmentPlan.objects.select_related(*(f"invoice__{path}" for path in _ALONG)).get(pk=plan_id)


def standings_of_plans(
    plans: Sequence[InstalmentPlan], *, clock: Clock
) -> tuple[dict[UUID, list[PartStanding]], dict[UUID, date | None]]:
    """Return how the parts of plans stand today, and since when each plan is broken; None where it is kept.

    A plan that is not in force was never filled nor broken since.
    """
    movements: dict[UUID | None, list[Movement]] = {}
    for row in Settlement.objects.filter(plan__in=[plan.pk for plan in plans]).order_by("on", "id"):
        movements.setdefault(row.plan_id, []).append(_movement(row))
    stands: dict[UUID, list[PartStanding]] = {}
    broken: dict[UUID, date | None] = {}
    for plan in plans:
        in_force = plan.state == PlanState.AGREED
        on = today(clock, plan.invoice.licence.programme.alliance.zone) if in_force else date.min
        stands[plan.pk] = standings(plan.as_plan, movements.get(plan.pk, []), on=on)
        broken[plan.pk] = broken_on(plan.as_plan, movements.get(plan.pk, []), on=on)
    return stands, broken


_PLAN_STEPS: Final = {"approve": DECIDE_PLAN, "refuse": DECIDE_PLAN, "withdraw": WITHDRAW_PLAN}


def plan_steps(plans: Iterable[InstalmentPlan], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return the steps that lead on from where each plan is, and that the actor may take."""
    waiting = [row.pk for row in plans if row.state == PlanState.PROPOSED]
    may = {
        permission: set(
            InstalmentPlan.objects.permitted_to(actor, permission).filter(pk__in=waiting).values_list("pk", flat=True)
        )
        for permission in dict.fromkeys(_PLAN_STEPS.values())
    }
    steps = PLAN_LIFECYCLE.allowed(PlanState.PROPOSED)
    return {pk: [step for step in steps if pk in may[_PLAN_STEPS[step]]] for pk in waiting}
