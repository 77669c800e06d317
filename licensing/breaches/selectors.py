"""Finding breaches, what a licence does not keep by the rules, and whether it was put right."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from licensing.agreements.models import Licence, LicenceState
from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit
from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import Invoice
from licensing.billing.selectors import next_dues_on, still_late
from licensing.breaches.lifecycle import BREACH_LIFECYCLE, OPEN_STATES, BreachState, TerminationState
from licensing.breaches.models import Breach, BreachKind, Termination
from licensing.breaches.policies import (
    CONDUCT_BREACH,
    DECIDE_TERMINATION,
    NOTICE_BREACH,
    WITHDRAW_TERMINATION,
)
from licensing.breaches.rules import rule_for
from licensing.dealings.lifecycle import OfferState
from licensing.dealings.models import Offer
from licensing.reports.models import ReportedMonth
from licensing.reports.selectors import missing_months, report_due_on
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, permitted_rows, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today

LOOKED_BACK: Final = 24
"""Months of which reports are looked for."""
NOTICED_STATES: Final = (LicenceState.IN_FORCE, LicenceState.SUSPENDED, LicenceState.EXPIRED)
"""States of licences under which something may be owed, and that were not ended yet."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that a licence lacks by a rule: which invoice, month or audit, and since when; no figures."""

    kind: BreachKind
    key: str
    label: str
    due_on: date

    def kept(self) -> dict[str, Any]:
        """Return it as it is kept with a breach."""
        return {"key": self.key, "label": self.label, "due_on": self.due_on.isoformat()}


@dataclass(frozen=True, slots=True)
class Agreed:
    """Which days the contract of a licence gives."""

    cure_days: int
    run_off_days: int
    is_of_contract: bool
    """Whether the accepted offer says so; if not, the rule does."""


def breaches(*, actor: Actor) -> VisibleQuerySet[Breach]:
    """List the breaches the actor may see."""
    return Breach.objects.visible_to(actor).select_related(
        "licence__licensee", "licence__programme__alliance", "noticed_by", "suspended_by", "closed_by"
    )


def get_breach(breach_id: UUID, *, actor: Actor, for_change: bool = False) -> Breach:
    """Return one breach the actor may see, locked if it is to be changed."""
    return get_visible(Breach, breach_id, actor=actor, for_change=for_change, along=["licence__programme__alliance"])


def terminations(*, actor: Actor) -> VisibleQuerySet[Termination]:
    """List the proposals to end licences that the actor may see."""
    return Termination.objects.visible_to(actor).select_related("licence__licensee", "proposed_by", "decided_by")


def grounds_shown(licence_id: UUID, *, actor: Actor) -> list[Ground]:
    """Return what a licence lacks today by the rules, for the office that may notice it."""
    licence = get_visible(Licence, licence_id, actor=actor, along=["programme__alliance"])
    require(actor, NOTICE_BREACH, licence)
    return grounds_on(licence, today(actor.clock, licence.programme.alliance.zone))


@dataclass(frozen=True, slots=True)
class Course:
    """What a licence lacks today, and which days its contract gives."""

    grounds: list[Ground]
    cure_days: int
    run_off_days: int
    is_of_contract: bool


def course_of(licence_id: UUID, *, actor: Actor) -> Course:
    """Return what a licence lacks today by the rules, and its days, for the office that may notice it."""
    grounds = grounds_shown(licence_id, actor=actor)
    licence = get_visible(Licence, licence_id, actor=actor, along=["programme__alliance"])
    day = today(actor.clock, licence.programme.alliance.zone)
    agreed = agreed_of(licence, grounds[0].kind if grounds else BreachKind.UNPAID, day)
    return Course(grounds, agreed.cure_days, agreed.run_off_days, agreed.is_of_contract)


def breach_shown(breach_id: UUID, *, actor: Actor) -> Breach:
    """Return one breach with what is told of it."""
    get_visible(Breach, breach_id, actor=actor)
    return breaches(actor=actor).get(pk=breach_id)


def lacking_of(rows: Collection[Breach]) -> dict[UUID, list[str]]:
    """Return of each open breach what is not put right yet, in four queries however many; nothing of others.

    Of an invoice paid in parts it is what was late when it was noticed. An audit that was reversed founds nothing any
    more.
    """
    open_rows = [breach for breach in rows if breach.state in OPEN_STATES]
    open_invoices = _unpaid_of([breach for breach in open_rows if breach.kind == BreachKind.UNPAID])
    silent = {breach.licence_id for breach in open_rows if breach.kind == BreachKind.UNREPORTED}
    # An estimate leaves a month unreported.
    counted = ReportedMonth.objects.filter(licence__in=silent, report__is_estimate=False)
    reported = {(licence, f"{month:%Y-%m}") for licence, month in counted.values_list("licence", "month")}
    false = {ground["key"] for one in open_rows if one.kind == BreachKind.FALSE_REPORT for ground in one.grounds}
    taken_back = Audit.objects.filter(pk__in=false).exclude(reversed_at=None) if false else None
    reversed_audits = {str(pk) for pk in taken_back.values_list("pk", flat=True)} if taken_back is not None else set()
    found: dict[UUID, list[str]] = {breach.pk: [] for breach in rows}
    for breach in open_rows:
        for ground in breach.grounds:
            match breach.kind:
                case BreachKind.UNPAID:
                    is_missing = ground["key"] in open_invoices
                case BreachKind.UNREPORTED:
                    is_missing = (breach.licence_id, ground["key"]) not in reported
                case _:
                    is_missing = ground["key"] not in reversed_audits
            if is_missing:
                found[breach.pk].append(ground["label"])
    return found


def grounds_on(licence: Licence, day: date) -> list[Ground]:
    """Return what a licence lacks on a day by the rules of that day, the earliest due first."""
    found = [*_unpaid(licence, day), *_unreported(licence, day), *_false(licence, day)]
    return sorted(found, key=lambda ground: (ground.kind, ground.due_on, ground.key))


def agreed_of(licence: Licence, kind: str, day: date) -> Agreed:
    """Return the days to put a breach right and to sell off: as the accepted offer says, else as the rule does."""
    offer = Offer.objects.filter(dealing__licence=licence, state=OfferState.ACCEPTED).first()
    if offer is None:
        return Agreed(rule_for(kind, on=day).cure_days, 0, is_of_contract=False)
    return Agreed(offer.cure_days, offer.run_off_days, is_of_contract=True)


def still_lacking(breach: Breach) -> list[str]:
    """Return the labels of what was noticed and is not put right yet, as far as records tell.

    Whether a false report is put right no record tells; people say so.
    """
    return lacking_of([breach])[breach.pk]


def is_told_by_records(breach: Breach) -> bool:
    """Say whether records tell when a breach is put right."""
    return breach.kind in (BreachKind.UNPAID, BreachKind.UNREPORTED)


def allowed_steps(rows: Collection[Breach], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return the steps the actor may take on each of these breaches today, in two queries however many."""
    ids = [breach.pk for breach in rows]
    conducted = set(
        Breach.objects.filter(permitted_rows(actor, CONDUCT_BREACH, Breach), pk__in=ids).values_list("pk", flat=True)
    )
    proposed = set(
        Termination.objects.filter(
            licence__in=[breach.licence_id for breach in rows], state=TerminationState.PROPOSED
        ).values_list("licence", flat=True)
    )
    found: dict[UUID, list[str]] = {}
    for breach in rows:
        is_over = breach.cure_by < today(actor.clock, breach.licence.programme.alliance.zone)
        found[breach.pk] = [
            step
            for step in BREACH_LIFECYCLE.allowed(BreachState(breach.state))
            if breach.pk in conducted
            and (step != "suspension" or is_over)
            and (step != "termination" or breach.licence_id not in proposed)
        ]
    return found


def termination_steps(rows: Collection[Termination], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return what the actor may do with each of these proposals, in two queries however many."""
    waiting = Termination.objects.filter(pk__in=[row.pk for row in rows], state=TerminationState.PROPOSED)
    steps: dict[UUID, list[str]] = {row.pk: [] for row in rows}
    for step, permission in (("decision", DECIDE_TERMINATION), ("withdrawal", WITHDRAW_TERMINATION)):
        for pk in waiting.filter(permitted_rows(actor, permission, Termination)).values_list("pk", flat=True):
            steps[pk].append(step)
    return steps


def _unpaid_of(rows: Iterable[Breach]) -> set[str]:
    """Return which invoices that were noticed are not paid yet, as far as they were late on that day.

    Parts that were agreed only since the notice put nothing right by themselves: all of the invoice is asked for then.
    """
    noticed = {UUID(ground["key"]): breach for breach in rows for ground in breach.grounds}
    if not noticed:
        return set()
    unpaid = Invoice.objects.filter(pk__in=noticed, state=InvoiceState.ISSUED, open_minor__gt=0).select_related("plan")
    found = {invoice.pk: invoice for invoice in unpaid}
    in_parts = {
        pk: invoice
        for pk, invoice in found.items()
        if invoice.plan and invoice.plan.decided_at and invoice.plan.decided_at <= noticed[pk].noticed_at
    }
    days = {pk: noticed[pk].noticed_on for pk in in_parts}
    late = still_late(in_parts.values(), since=days) if in_parts else set()
    return {str(pk) for pk in found if pk not in in_parts or pk in late}


def _unpaid(licence: Licence, day: date) -> Iterable[Ground]:
    rule = rule_for(BreachKind.UNPAID, on=day)
    rows = Invoice.objects.filter(
        licence=licence, state=InvoiceState.ISSUED, open_minor__gt=0, gross_minor__gt=0, disputed_at=None
    )
    invoices = list(rows.select_related("series", "plan"))
    dues = next_dues_on(invoices, on=day)
    for invoice in invoices:
        due_on = dues[invoice.pk]
        if due_on + timedelta(days=rule.days_late) < day:
            yield Ground(BreachKind.UNPAID, str(invoice.pk), invoice.number_text, due_on)


def _unreported(licence: Licence, day: date) -> Iterable[Ground]:
    rule = rule_for(BreachKind.UNREPORTED, on=day)
    number = day.year * 12 + day.month - 1 - LOOKED_BACK
    first, last = date(number // 12, number % 12 + 1, 1), day.replace(day=1)
    for month in missing_months([licence], first, last)[licence.pk]:
        due_on = report_due_on(licence.programme, month)
        if due_on + timedelta(days=rule.days_late) < day:
            yield Ground(BreachKind.UNREPORTED, f"{month:%Y-%m}", f"{month:%Y-%m}", due_on)


def _false(licence: Licence, day: date) -> Iterable[Ground]:
    rule = rule_for(BreachKind.FALSE_REPORT, on=day)
    noticed = {
        ground["key"]
        for breach in Breach.objects.filter(licence=licence, kind=BreachKind.FALSE_REPORT)
        for ground in breach.grounds
    }
    settled = Audit.objects.filter(
        licence=licence,
        state=AuditState.SETTLED,
        is_cost_shifted=True,
        settled_at__isnull=False,
        reversed_at=None,
    )
    for audit in settled:
        on = audit.settled_at.date() if audit.settled_at else day
        if str(audit.pk) not in noticed and on + timedelta(days=rule.days_late) <= day:
            yield Ground(BreachKind.FALSE_REPORT, str(audit.pk), f"#{audit.number}", on)
