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
from licensing.audits.calculation import Measure, Minimum, Outcome, Reaches, Row, Threshold, outcome
from licensing.audits.figures import (
    OWN,
    due_of,
    has_unbilled_reports,
    last_month_of,
    reported_to,
    used_by_others,
    years_without_their_minimum,
)
from licensing.audits.lifecycle import AUDIT_LIFECYCLE, AuditState
from licensing.audits.models import Audit, AuditFinding
from licensing.audits.policies import (
    CANCEL_AUDIT,
    CONFIRM_AUDIT_CANCELLATION,
    SETTLE_AUDIT,
    WORK_OUT_AUDIT,
)
from licensing.audits.selectors import clause_of, get_audit, may_still_answer
from licensing.audits.telling import day_of, end_access, refuse_ties, tell_finance, tell_licensee
from licensing.close.calculation import Span, next_span
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.services.opening import lock_programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.money import exponent
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce

_MOST_MINOR: Final = 10**15


@transaction.atomic
def work_out_audit(
    *, actor: Actor, audit_id: UUID, cost_minor: int, interest_until_on: date, charge_month: date
) -> Audit:
    """Work out what an audit comes to by the contract's clause; another person settles it.

    What closes have billed of the findings since the auditor was let in is not charged once more. Without the
    licensee's answer it takes the days in which it may answer to be over.
    """
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, WORK_OUT_AUDIT, audit)
    waits = may_still_answer(audit, on=day_of(actor, audit))
    audit.state = AUDIT_LIFECYCLE.after("work out", current=AuditState(audit.state))
    checks = Checks()
    checks.month("charge_month", charge_month)
    if not 0 <= cost_minor < _MOST_MINOR:
        checks.wrong("cost_minor", "bad_amount", "Write an amount in minor units, 0 or more.")
    checks.refuse()
    if interest_until_on > day_of(actor, audit):
        raise invalid("/interest_until_on", "not_yet", "Interest is counted to today at most.")
    if waits:
        raise Conflict(f"The licensee may answer until {audit.answer_until_on}: wait for that, or for its answer.")
    _check_charged_next(actor, audit, charge_month)
    _check_billed(audit)
    audit.clause = clause_of(audit)
    found = outcome_of(audit, interest_until_on)
    audit.cost_minor, audit.interest_until_on, audit.charge_month = cost_minor, interest_until_on, charge_month
    audit.paid_minor, audit.due_minor = found.paid_minor, found.due_minor
    audit.shortfall_minor, audit.interest_minor = found.shortfall_minor, found.interest_minor
    audit.minimum_minor, audit.billed_minor = found.minimum_minor, found.billed_minor
    audit.charged_minor, audit.is_cost_shifted = found.charged_minor, found.is_cost_shifted
    audit.calculated_at, audit.calculated_by_id = actor.clock.now(), actor.user_id
    audit.save()
    _write_billed(audit)
    record_event(
        "licensee_audit.calculated",
        actor=actor,
        subject=audit,
        changes={
            "shortfall_minor": (None, found.shortfall_minor),
            "charged_minor": (None, found.charged_minor),
            "interest_minor": (None, found.interest_minor),
            "is_cost_shifted": (None, found.is_cost_shifted),
        },
    )
    announce(audit)
    return audit


def outcome_of(audit: Audit, until: date) -> Outcome:
    """Work out what the findings of an audit come to with interest up to a day, beside what closes bill by now."""
    clause = audit.clause
    rows, minimums = _rows(audit)
    interest = (
        InterestTerms(InterestKind(clause.interest_kind), Fraction(clause.interest_percent), clause.interest_year_days)
        if clause.interest_kind
        else None
    )
    threshold = Threshold(
        Fraction(clause.threshold_percent), Reaches(clause.threshold_reaches), Measure(clause.threshold_measure)
    )
    return outcome(rows, until=until, interest=interest, threshold=threshold, nets=clause.nets, minimums=minimums)


def _rows(audit: Audit) -> tuple[list[Row], list[Minimum]]:
    """Put what was found beside what was reported when the auditor was let in, and what is billed now."""
    now = {(row.period, row.product): row for row in reported_to(audit)}
    rows, minimums = [], []
    for finding in AuditFinding.objects.filter(audit=audit).order_by("period", "product"):
        billed = now.pop((finding.period, finding.product), None)
        minor = 0 if billed is None else billed.minor
        last_month = last_month_of(finding.period)
        due_on = due_of(audit, last_month)
        if finding.product.startswith(OWN):
            minimums.append(_minimum(audit, finding.period, finding.product, finding.reported_minor, minor))
        else:
            billed_on = billed.posted_on if billed is not None and minor != finding.reported_minor else None
            rows.append(Row(due_on, last_month.year, finding.reported_minor, finding.found_minor, minor, billed_on))
    # What was reported since of a product nothing was found of, its close bills; a minimum billed since is paid.
    for billed in now.values():
        if billed.is_minimum:
            minimums.append(_minimum(audit, billed.period, billed.product, 0, billed.minor))
    return rows, minimums


def _minimum(audit: Audit, period: str, product: str, reported: int, billed: int) -> Minimum:
    """Put together what is left of a minimum for an audit once others have used up their part of it."""
    month = last_month_of(period)
    most = max(reported, billed)
    used = used_by_others(audit, period, product, most)
    return Minimum(
        month.year, due_of(audit, month), max(0, reported - used.then_minor), max(0, billed - used.now_minor)
    )


def _write_billed(audit: Audit) -> None:
    """Write beside each finding what closes have billed by now, and when it was due, as both were counted."""
    now = {(row.period, row.product): row for row in reported_to(audit)}
    for finding in AuditFinding.objects.filter(audit=audit):
        billed = now.get((finding.period, finding.product))
        finding.billed_minor = 0 if billed is None else billed.minor
        differs = billed is not None and finding.billed_minor != finding.reported_minor
        finding.billed_on = billed.posted_on if billed is not None and differs else None
        finding.due_on = due_of(audit, last_month_of(finding.period))
        finding.save(update_fields=["billed_minor", "billed_on", "due_on"])


def _check_billed(audit: Audit) -> None:
    """Refuse to say what lacks while a close is still to bill some of it: that would be charged once more."""
    if has_unbilled_reports(audit):
        raise Conflict("A report of these months or years is not billed yet: post its close first.")
    if years := years_without_their_minimum(audit):
        raise Conflict(f"The minimum of {years[0]} is not billed yet: post the close of its December first.")


@transaction.atomic
def settle_audit(*, actor: Actor, audit_id: UUID) -> Audit:
    """Settle what somebody else worked out: shortfall, interest and cost become charges of the next close.

    What a close has billed since it was worked out is refused, and not charged once more. The auditor's access ends
    with it.
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
    if audit.cancel_asked_at is not None:
        raise Conflict("A colleague asked to cancel this audit: decide that first.")
    _check_charged_next(actor, audit, audit.charge_month)
    _check_still_so(audit)
    audit.shortfall_charge = _charge(actor, audit, "audit_shortfall", audit.charged_minor)
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
        changes={"charged_minor": (None, audit.charged_minor), "charge_month": (None, audit.charge_month)},
    )
    tell_licensee(actor, audit, "licensee_audit.settled")
    announce(audit)
    return audit


@transaction.atomic
def cancel_audit(*, actor: Actor, audit_id: UUID, reason: str) -> Audit:
    """End a proposal at once, or ask to end an audit that notice was given of: another person decides that.

    What an audit found is money owed: nobody lets it go alone.
    """
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, CANCEL_AUDIT, audit)
    state = AUDIT_LIFECYCLE.after("cancel", current=AuditState(audit.state))
    if audit.cancel_asked_at is not None:
        raise WrongState("A colleague asked to cancel this audit: decide that first.")
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    audit.cancelled_reason = reason.strip()
    if audit.noticed_on is None:
        return _cancel(actor, audit, state)
    audit.cancel_asked_at, audit.cancel_asked_by_id = actor.clock.now(), actor.user_id
    audit.save(update_fields=["cancel_asked_at", "cancel_asked_by", "cancelled_reason"])
    record_event(
        "licensee_audit.cancellation_asked",
        actor=actor,
        subject=audit,
        changes={"reason": (None, audit.cancelled_reason)},
    )
    tell_finance(actor, audit, "licensee_audit.cancellation_asked")
    announce(audit)
    return audit


@transaction.atomic
def confirm_cancellation(*, actor: Actor, audit_id: UUID) -> Audit:
    """End an audit without a settlement, as somebody else asked for; the auditor's access ends at once."""
    audit = _to_cancel(actor, audit_id)
    refuse_ties(actor, audit, audit.cancel_asked_by_id)
    return _cancel(actor, audit, AUDIT_LIFECYCLE.after("cancel", current=AuditState(audit.state)))


@transaction.atomic
def refuse_cancellation(*, actor: Actor, audit_id: UUID) -> Audit:
    """Have an audit go on that somebody else asked to cancel."""
    audit = _to_cancel(actor, audit_id)
    reason, audit.cancelled_reason = audit.cancelled_reason, ""
    audit.cancel_asked_at = audit.cancel_asked_by = None
    audit.save(update_fields=["cancel_asked_at", "cancel_asked_by", "cancelled_reason"])
    record_event("licensee_audit.cancellation_refused", actor=actor, subject=audit, changes={"reason": (reason, None)})
    announce(audit)
    return audit


def _to_cancel(actor: Actor, audit_id: UUID) -> Audit:
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, CONFIRM_AUDIT_CANCELLATION, audit)
    if audit.cancel_asked_at is None:
        raise WrongState("Nobody asked to cancel this audit.")
    return audit


def _cancel(actor: Actor, audit: Audit, state: AuditState) -> Audit:
    audit.state, audit.cancelled_at, audit.cancelled_by_id = state, actor.clock.now(), actor.user_id
    audit.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancelled_reason"])
    end_access(actor, audit, "The audit was cancelled.")
    record_event(
        "licensee_audit.cancelled", actor=actor, subject=audit, changes={"reason": (None, audit.cancelled_reason)}
    )
    if audit.noticed_on is not None:
        tell_licensee(actor, audit, "licensee_audit.cancelled")
    announce(audit)
    return audit


def _check_still_so(audit: Audit) -> None:
    """Refuse what was worked out before a close, a report or the right clause came."""
    _check_billed(audit)
    if audit.interest_until_on is None:
        raise TypeError("what was worked out has its day of interest")
    now = outcome_of(audit, audit.interest_until_on)
    then = (audit.paid_minor, audit.due_minor, audit.shortfall_minor, audit.minimum_minor, audit.billed_minor)
    same = then == (now.paid_minor, now.due_minor, now.shortfall_minor, now.minimum_minor, now.billed_minor)
    if not same or (audit.charged_minor, audit.interest_minor) != (now.charged_minor, now.interest_minor):
        raise Conflict("A close has billed otherwise since this was worked out: work it out again.")
    if audit.clause.replaced_at is not None:
        raise Conflict("The clause this was worked out by was put right since: work it out again.")


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
