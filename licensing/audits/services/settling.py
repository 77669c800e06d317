"""What an audit comes to, and how it ends."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.interest import InterestKind, InterestTerms
from licensing.agreements.models import Charge
from licensing.agreements.services import NewCharge, raise_charge
from licensing.audits.calculation import Measure, Outcome, Reaches, Row, Threshold, outcome
from licensing.audits.lifecycle import AUDIT_LIFECYCLE, AuditState
from licensing.audits.models import Audit, AuditFinding
from licensing.audits.policies import (
    CANCEL_AUDIT,
    SETTLE_AUDIT,
    WORK_OUT_AUDIT,
)
from licensing.audits.selectors import get_audit
from licensing.audits.telling import day_of, end_access, refuse_ties, tell_licensee
from licensing.close.calculation import Span, next_span
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.services.opening import lock_programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.money import exponent
from platform_core.problems import invalid
from platform_core.realtime.services import announce

_MOST_MINOR: Final = 10**15


@transaction.atomic
def work_out_audit(
    *, actor: Actor, audit_id: UUID, cost_minor: int, interest_until_on: date, charge_month: date
) -> Audit:
    """Work out what an audit comes to by the contract's clause; another person settles it."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, WORK_OUT_AUDIT, audit)
    audit.state = AUDIT_LIFECYCLE.after("work out", current=AuditState(audit.state))
    checks = Checks()
    checks.month("charge_month", charge_month)
    if not 0 <= cost_minor < _MOST_MINOR:
        checks.wrong("cost_minor", "bad_amount", "Write an amount in minor units, 0 or more.")
    checks.refuse()
    if interest_until_on > day_of(actor, audit):
        raise invalid("/interest_until_on", "not_yet", "Interest is counted to today at most.")
    _check_charged_next(actor, audit, charge_month)
    found = outcome_of(audit, interest_until_on)
    audit.cost_minor, audit.interest_until_on, audit.charge_month = cost_minor, interest_until_on, charge_month
    audit.paid_minor, audit.due_minor = found.paid_minor, found.due_minor
    audit.shortfall_minor, audit.interest_minor = found.shortfall_minor, found.interest_minor
    audit.is_cost_shifted = found.is_cost_shifted
    audit.calculated_at, audit.calculated_by_id = actor.clock.now(), actor.user_id
    audit.save()
    record_event(
        "licensee_audit.calculated",
        actor=actor,
        subject=audit,
        changes={
            "shortfall_minor": (None, found.shortfall_minor),
            "interest_minor": (None, found.interest_minor),
            "is_cost_shifted": (None, found.is_cost_shifted),
        },
    )
    announce(audit)
    return audit


def outcome_of(audit: Audit, until: date) -> Outcome:
    """Work out what the findings of an audit come to with interest up to a day."""
    clause = audit.clause
    rows = [
        Row(row.reported_minor, row.found_minor, (until - row.due_on).days)
        for row in AuditFinding.objects.filter(audit=audit).order_by("period", "product")
    ]
    interest = (
        InterestTerms(InterestKind(clause.interest_kind), Fraction(clause.interest_percent), clause.interest_year_days)
        if clause.interest_kind
        else None
    )
    threshold = Threshold(
        Fraction(clause.threshold_percent), Reaches(clause.threshold_reaches), Measure(clause.threshold_measure)
    )
    return outcome(rows, interest=interest, threshold=threshold, nets=clause.nets)


@transaction.atomic
def settle_audit(*, actor: Actor, audit_id: UUID) -> Audit:
    """Settle what somebody else worked out: shortfall, interest and cost become charges of the next close.

    The auditor's access ends with it.
    """
    seen = get_audit(audit_id, actor=actor)
    # The close is held first, so that no charge slips into one that is approved at this moment.
    lock_programme(seen.licence.programme_id)
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, SETTLE_AUDIT, audit)
    refuse_ties(actor, audit, audit.calculated_by_id)
    audit.state = AUDIT_LIFECYCLE.after("settle", current=AuditState(audit.state))
    if audit.charge_month is None:
        raise TypeError("what was worked out has its month")
    _check_charged_next(actor, audit, audit.charge_month)
    audit.shortfall_charge = _charge(actor, audit, "audit_shortfall", audit.shortfall_minor)
    audit.interest_charge = _charge(actor, audit, "audit_interest", audit.interest_minor)
    if audit.is_cost_shifted:
        audit.cost_charge = _charge(actor, audit, "audit_cost", audit.cost_minor)
    audit.settled_at, audit.settled_by_id = actor.clock.now(), actor.user_id
    audit.save()
    end_access(actor, audit, "The audit is settled.")
    record_event(
        "licensee_audit.settled",
        actor=actor,
        subject=audit,
        changes={"shortfall_minor": (None, audit.shortfall_minor), "charge_month": (None, audit.charge_month)},
    )
    tell_licensee(actor, audit, "licensee_audit.settled")
    announce(audit)
    return audit


@transaction.atomic
def cancel_audit(*, actor: Actor, audit_id: UUID, reason: str) -> Audit:
    """End an audit without a settlement; the auditor's access ends at once."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, CANCEL_AUDIT, audit)
    was_noticed = audit.noticed_on is not None
    audit.state = AUDIT_LIFECYCLE.after("cancel", current=AuditState(audit.state))
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    audit.cancelled_at, audit.cancelled_reason = actor.clock.now(), reason.strip()
    audit.save(update_fields=["state", "cancelled_at", "cancelled_reason"])
    end_access(actor, audit, "The audit was cancelled.")
    record_event(
        "licensee_audit.cancelled", actor=actor, subject=audit, changes={"reason": (None, audit.cancelled_reason)}
    )
    if was_noticed:
        tell_licensee(actor, audit, "licensee_audit.cancelled")
    announce(audit)
    return audit


def _check_charged_next(actor: Actor, audit: Audit, month: date) -> None:
    """Refuse a month that no close to come bills: one up to the last close's, or one that is far off.

    A programme may leave months out, so that any month up to this one is still billed by its next close.
    """
    closed = CloseRun.objects.filter(
        programme=audit.licence.programme_id, status__in=[RunStatus.APPROVED, RunStatus.POSTED]
    )
    last = closed.order_by("-last_month", "-number").first()
    latest = day_of(actor, audit).replace(day=1)
    if last is not None:
        if month <= last.last_month:
            raise invalid(
                "/charge_month", "closed", f"{month:%Y-%m} is closed already: choose a month of the next close."
            )
        latest = max(latest, next_span(Span(last.period, last.first_month, last.last_month)).last_month)
    if month > latest:
        raise invalid("/charge_month", "too_late", f"Choose a month of the next close, {latest:%Y-%m} at the latest.")


def _charge(actor: Actor, audit: Audit, kind: str, minor: int | None) -> Charge | None:
    if not minor or audit.charge_month is None:
        return None
    return raise_charge(
        actor=actor,
        charge=NewCharge(
            licence_id=audit.licence_id,
            month=audit.charge_month,
            kind=kind,
            amount=Decimal(minor).scaleb(-exponent(audit.currency)),
            currency=audit.currency,
            note=f"{audit.licence.code} #{audit.number}",
        ),
    )
