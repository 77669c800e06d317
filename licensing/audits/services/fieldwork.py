"""The auditor's access, what it finds, and what the licensee says of it."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.audits.figures import OWN, due_of, periods_of, reported_to
from licensing.audits.lifecycle import AUDIT_LIFECYCLE, AuditState
from licensing.audits.models import Audit, AuditFinding
from licensing.audits.policies import (
    ANSWER_AUDIT,
    HAND_IN,
    OPEN_ACCESS,
    RECORD_FINDING,
    SEND_BACK_AUDIT,
)
from licensing.audits.selectors import clause_of, get_audit
from licensing.audits.telling import day_of, end_access, tell, tell_finance, tell_licensee
from licensing.engine import period_months
from licensing.engine.model import first_day
from platform_core.access.actors import Actor
from platform_core.access.grants.services import assign_seat
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce

_MOST_MINOR: Final = 10**15
_MOST_UNITS: Final = 10**15


@transaction.atomic
def open_access(*, actor: Actor, audit_id: UUID, access_ends_on: date) -> Audit:
    """Let the auditor read the reports of the months audited, until a day on which access ends by itself."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, OPEN_ACCESS, audit)
    audit.state = AUDIT_LIFECYCLE.after("open access", current=AuditState(audit.state))
    if audit.undertaken_at is None or audit.noticed_on is None:
        raise Conflict("The auditor has not given its confidentiality undertaking yet.")
    audit.clause = clause_of(audit)
    audit.access_from_on = audit.noticed_on + timedelta(days=audit.clause.notice_days)
    if day_of(actor, audit) < audit.access_from_on:
        raise Conflict(f"The contract's notice runs until {audit.access_from_on}: no access before that day.")
    _let_in(actor, audit, access_ends_on)
    audit.save(update_fields=["state", "clause", "access_from_on", "access_ends_on", "grant"])
    AuditFinding.objects.bulk_create(
        AuditFinding(
            audit=audit,
            period=row.period,
            product=row.product,
            due_on=row.due_on,
            reported_units=row.units,
            found_units=row.units,
            reported_minor=row.minor,
            found_minor=row.minor,
        )
        for row in reported_to(audit)
    )
    record_event(
        "licensee_audit.access_opened",
        actor=actor,
        subject=audit,
        changes={"access_ends_on": (None, audit.access_ends_on)},
    )
    tell(actor, audit, "licensee_audit.access_opened", [audit.auditor_id])
    announce(audit)
    return audit


@transaction.atomic
def extend_access(*, actor: Actor, audit_id: UUID, access_ends_on: date) -> Audit:
    """Give the auditor access until another day, also where it has lapsed with nothing handed in."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, OPEN_ACCESS, audit)
    audit.state = AUDIT_LIFECYCLE.after("extend access", current=AuditState(audit.state))
    before = audit.access_ends_on
    _let_in(actor, audit, access_ends_on)
    audit.save(update_fields=["state", "access_ends_on", "grant"])
    record_event(
        "licensee_audit.access_extended",
        actor=actor,
        subject=audit,
        changes={"access_ends_on": (before, audit.access_ends_on)},
    )
    tell(actor, audit, "licensee_audit.access_opened", [audit.auditor_id])
    announce(audit)
    return audit


@transaction.atomic
def record_finding(
    *, actor: Actor, audit_id: UUID, period: str, product: str, found_units: int, found_minor: int, cause: str = ""
) -> AuditFinding:
    """Record, as the auditor, what was sold of a period and product, what is due on it, and why it differs."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, RECORD_FINDING, audit)
    if audit.state != AuditState.FIELDWORK:
        raise WrongState("Findings are recorded while the audit is with its auditor.", current=audit.state)
    product, cause = product.strip(), cause.strip()
    checks = Checks()
    checks.text("product", product)
    checks.text("cause", cause, needed=False, longest=500)
    if product.startswith(OWN):
        checks.wrong("product", "bad_value", "What begins with ~ is the close's own, and no product.")
    if not 0 <= found_units < _MOST_UNITS:
        checks.wrong("found_units", "bad_number", "Write a whole number of units, 0 or more.")
    if not 0 <= found_minor < _MOST_MINOR:
        checks.wrong("found_minor", "bad_amount", "Write an amount in minor units, 0 or more.")
    months = period_months(period)
    if months is None:
        checks.wrong("period", "not_a_period", "Write a month, quarter, half or year: 2025-03, 2025Q1, 2025H1, 2025.")
    elif not audit.first_month <= first_day(months[0]) <= first_day(months[1]) <= audit.last_month:
        checks.wrong("period", "not_audited", "These months are not audited.")
    checks.refuse()
    if months is None:
        raise TypeError("a period has months")
    finding = AuditFinding.objects.filter(audit=audit, period=period, product=product).first()
    if finding is None:
        _check_closed_so(audit, months, period)
        finding = AuditFinding(
            audit=audit,
            period=period,
            product=product,
            due_on=due_of(audit, first_day(months[1])),
            reported_units=0,
            reported_minor=0,
        )
    differs = (finding.reported_units, finding.reported_minor) != (found_units, found_minor)
    if differs and not cause:
        raise invalid("/cause", "required", "Say why this differs from what was reported.")
    finding.found_units, finding.found_minor, finding.cause = found_units, found_minor, cause
    finding.save()
    # Of what and how much is the auditor's own until it is handed in, and others read what is on record of an audit.
    record_event("licensee_audit.finding_recorded", actor=actor, subject=audit)
    announce(audit)
    return finding


@transaction.atomic
def hand_in_findings(*, actor: Actor, audit_id: UUID) -> Audit:
    """Hand in, as the auditor, what was found: from here finance and the licensee read it."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, HAND_IN, audit)
    audit.state = AUDIT_LIFECYCLE.after("hand in", current=AuditState(audit.state))
    if not AuditFinding.objects.filter(audit=audit).exclude(product__startswith=OWN).exists():
        raise Conflict("There is no finding yet: record what was found, also where nothing differs.")
    audit.handed_in_at, audit.sent_back_reason = actor.clock.now(), ""
    audit.answer_until_on = day_of(actor, audit) + timedelta(days=audit.clause.answer_days)
    audit.save(update_fields=["state", "handed_in_at", "answer_until_on", "sent_back_reason"])
    record_event("licensee_audit.findings_delivered", actor=actor, subject=audit)
    tell_licensee(actor, audit, "licensee_audit.findings_delivered")
    tell_finance(actor, audit, "licensee_audit.findings_delivered")
    announce(audit)
    return audit


@transaction.atomic
def answer_findings(*, actor: Actor, audit_id: UUID, accept: bool, answer: str = "") -> Audit:
    """Answer the findings as the licensee, by a recorded authority: accept them, or say what is wrong."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, ANSWER_AUDIT, audit)
    audit.state = AUDIT_LIFECYCLE.after("answer", current=AuditState(audit.state))
    checks = Checks()
    checks.text("answer", answer, needed=not accept, longest=2000)
    checks.refuse()
    audit.is_accepted, audit.answer = accept, answer.strip()
    audit.answered_at, audit.answered_by_id = actor.clock.now(), actor.user_id
    audit.save(update_fields=["state", "is_accepted", "answer", "answered_at", "answered_by"])
    record_event(
        "licensee_audit.answered",
        actor=actor,
        subject=audit,
        changes={"is_accepted": (None, accept), "answer": (None, audit.answer)},
    )
    tell_finance(actor, audit, "licensee_audit.answered")
    announce(audit)
    return audit


@transaction.atomic
def send_back_audit(*, actor: Actor, audit_id: UUID, reason: str, access_ends_on: date) -> Audit:
    """Send findings back to the auditor, whose access is opened again until a day; what was worked out is dropped."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, SEND_BACK_AUDIT, audit)
    audit.state = AUDIT_LIFECYCLE.after("send back", current=AuditState(audit.state))
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    _let_in(actor, audit, access_ends_on)
    audit.sent_back_reason, audit.is_accepted, audit.answer = reason.strip(), None, ""
    audit.answered_at = audit.answered_by = audit.handed_in_at = audit.answer_until_on = None
    _forget_outcome(audit)
    audit.save()
    AuditFinding.objects.filter(audit=audit).update(billed_minor=None, billed_on=None)
    record_event(
        "licensee_audit.returned", actor=actor, subject=audit, changes={"reason": (None, audit.sent_back_reason)}
    )
    tell(actor, audit, "licensee_audit.returned", [audit.auditor_id])
    announce(audit)
    return audit


def _check_closed_so(audit: Audit, months: tuple[int, int], period: str) -> None:
    """Refuse a period that the months audited were not closed in: it could not be put beside what was billed."""
    for other in periods_of(audit):
        span = period_months(other)
        if span is not None and other != period and span[0] <= months[1] and months[0] <= span[1]:
            raise invalid("/period", "overlaps", f"Months of this are in {other} already: use that period.")


def _let_in(actor: Actor, audit: Audit, access_ends_on: date) -> None:
    """Assign the auditor to the licence until a day; an assignment that still runs is taken back first."""
    if access_ends_on <= day_of(actor, audit):
        raise invalid("/access_ends_on", "past", "Access ends on a later day than today.")
    end_access(actor, audit, "The auditor's access is opened anew.")
    zone = ZoneInfo(audit.licence.programme.alliance.zone)
    audit.access_ends_on = access_ends_on
    audit.grant = assign_seat(
        actor=actor,
        subject_type=Licence._meta.label_lower,
        subject_id=audit.licence_id,
        role=Role.AUDITOR,
        seat_id=audit.auditor_id,
        reason=audit.reason,
        ends_at=datetime.combine(access_ends_on, time(), zone),
    )


def _forget_outcome(audit: Audit) -> None:
    audit.cost_minor = audit.interest_until_on = audit.charge_month = audit.paid_minor = audit.due_minor = None
    audit.shortfall_minor = audit.interest_minor = audit.is_cost_shifted = None
    audit.minimum_minor = audit.billed_minor = audit.charged_minor = None
    audit.calculated_at = audit.calculated_by = None
