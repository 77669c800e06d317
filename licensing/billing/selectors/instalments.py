"""Finding the parts in which invoices are paid, and how they stand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from licensing.billing.instalments import Movement, Part, PartStanding, Plan, broken_on, standings
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
    ACCEPT_PLAN,
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


def next_due_on(invoice: Invoice, *, on: date) -> date:
    """Return the day by which the earliest open part of an issued invoice is due; if none is, that of the last.

    Of a plan that was broken by then and so falls due as a whole, what is open is due since it was broken.
    """
    return next_dues_on([invoice], on=on)[invoice.pk]


def next_dues_on(rows: Collection[Invoice], *, on: date) -> dict[UUID, date]:
    """Return what `next_due_on` does of each invoice, in one query however many; they come with their plans."""
    stands = parts_of(rows, on=on)
    return {
        invoice.pk: (invoice.due_on or date.max)
        if invoice.plan is None
        else min(
            (each.falls_due_on for each in stands[invoice.pk] if each.open_minor),
            default=invoice.plan.as_plan.parts[-1].due_on,
        )
        for invoice in rows
    }


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How an invoice was to be paid from a day to before another, and what filled it."""

    plan: Plan
    movements: Sequence[Movement]
    first: date
    end: date


def arrangements_of(invoice: Invoice) -> list[Arrangement]:
    """Return how an issued invoice was to be paid, one arrangement after the other: as a whole, then in what parts.

    What arrived before another was agreed counts by its day, also where it was written down afterwards.
    """
    zone = ZoneInfo(invoice.licence.programme.alliance.zone)
    agreed = InstalmentPlan.objects.filter(invoice=invoice, state__in=(PlanState.AGREED, PlanState.REPLACED))
    plans = list(agreed.exclude(decided_at=None).order_by("decided_at", "pk"))
    days = [plan.decided_at.astimezone(zone).date() for plan in plans if plan.decided_at is not None]
    rows = list(Settlement.objects.filter(invoice=invoice).order_by("on", "id"))
    whole = Plan([Part(invoice.due_on or date.max, invoice.gross_minor)])
    found = []
    for place, plan in enumerate([whole, *(each.as_plan for each in plans)]):
        later = {each.pk for each in plans[max(0, place - 1) :]}
        filled = [_movement(row) for row in rows if place == 0 or row.plan_id in later]
        first, end = (date.min, *days, date.max)[place : place + 2]
        found.append(Arrangement(plan, filled, first, end))
    return found


def parts_of(rows: Iterable[Invoice], *, on: date) -> dict[UUID, list[PartStanding]]:
    """Return how the parts of invoices stand on a day, of those that are paid in parts; they come with their plans."""
    planned = {row.plan_id: row for row in rows if row.plan_id is not None}
    if not planned:
        return {}
    movements = _movements_by_plan(planned)
    return {row.pk: standings(row.plan.as_plan, movements.get(plan_id, []), on=on) for plan_id, row in planned.items()}


def still_late(rows: Iterable[Invoice], *, since: Mapping[UUID, date]) -> set[UUID]:
    """Return the invoices paid in parts of which a part that was late on a day is still open, in one query.

    `since`: of each invoice the day; what fell due later is not asked about. They come with their plans.
    """
    planned = {row.plan_id: row for row in rows if row.plan_id is not None}
    movements = _movements_by_plan(planned)
    return {
        row.pk
        for plan_id, row in planned.items()
        for each in standings(row.plan.as_plan, movements.get(plan_id, []), on=since[row.pk])
        if each.open_minor and each.falls_due_on < since[row.pk]
    }


def _movements_by_plan(plan_ids: Collection[UUID]) -> dict[UUID | None, list[Movement]]:
    movements: dict[UUID | None, list[Movement]] = {}
    for row in Settlement.objects.filter(plan__in=plan_ids).order_by("on", "id"):
        movements.setdefault(row.plan_id, []).append(_movement(row))
    return movements


def instalment_plans(*, actor: Actor) -> VisibleQuerySet[InstalmentPlan]:
    """List the plans to pay invoices in parts that an actor may see."""
    return InstalmentPlan.objects.visible_to(actor).select_related(
        "invoice__series",
        "invoice__licence__licensee",
        "invoice__licence__programme__alliance",
        "asked_by",
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
    movements = _movements_by_plan([plan.pk for plan in plans])
    stands: dict[UUID, list[PartStanding]] = {}
    broken: dict[UUID, date | None] = {}
    for plan in plans:
        in_force = plan.state == PlanState.AGREED
        on = today(clock, plan.invoice.licence.programme.alliance.zone) if in_force else date.min
        stands[plan.pk] = standings(plan.as_plan, movements.get(plan.pk, []), on=on)
        broken[plan.pk] = broken_on(plan.as_plan, movements.get(plan.pk, []), on=on)
    return stands, broken


_PLAN_STEPS: Final = {
    "accept": ACCEPT_PLAN,
    "approve": DECIDE_PLAN,
    "refuse": DECIDE_PLAN,
    "withdraw": WITHDRAW_PLAN,
}


def plan_steps(plans: Iterable[InstalmentPlan], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return the steps that lead on from where each plan is, and that the actor may take."""
    waiting = {row.pk: PlanState(row.state) for row in plans if row.state in (PlanState.ASKED, PlanState.PROPOSED)}
    may = {
        permission: set(
            InstalmentPlan.objects.permitted_to(actor, permission).filter(pk__in=waiting).values_list("pk", flat=True)
        )
        for permission in dict.fromkeys(_PLAN_STEPS.values())
    }
    return {
        pk: [step for step in PLAN_LIFECYCLE.allowed(state) if pk in may[_PLAN_STEPS[step]]]
        for pk, state in waiting.items()
    }
