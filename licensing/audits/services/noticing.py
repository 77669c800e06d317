"""From the proposal of an audit to its notice and the auditor's undertaking."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.audits.calculation import months_after
from licensing.audits.figures import months_not_closed
from licensing.audits.lifecycle import AUDIT_LIFECYCLE, AuditState
from licensing.audits.models import Audit, AuditClause
from licensing.audits.policies import (
    AUDIT_DECISION,
    GIVE_NOTICE,
    PROPOSE_AUDIT,
    UNDERTAKE,
)
from licensing.audits.selectors import clause_in_force, get_audit
from licensing.audits.telling import day_of, refuse_ties, tell, tell_finance, tell_licensee
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.identity.models import Language, Seat
from platform_core.identity.role_plan import Place, require_two_people
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce

UNDERTAKING: Final = {
    Language.CHINESE: (
        "本人以独立审计人身份审计{licensee}在许可合同{licence}项下{months}的销售报告，承诺对所见数据保密，仅用于本次审计，"
        "不向任何第三方（包括许可人及其他被许可方）透露，仅报告应付、短付金额及其原因，访问结束后不留存副本。"
    ),
    Language.ENGLISH: (
        "As the independent auditor of what {licensee} reported under licence {licence} for {months} I undertake to "
        "keep secret what I see, to use it for this audit alone, to tell nobody of it, licensors and other licensees "
        "included, but what is due, what lacks and why, and to keep no copy once my access has ended."
    ),
}
"""What an auditor undertakes before it sees anything."""


@transaction.atomic
def propose_audit(
    *, actor: Actor, licence_id: UUID, first_month: date, last_month: date, auditor_seat_id: UUID, reason: str
) -> Audit:
    """Propose to audit what a licensee reported of some months; nobody outside finance learns of it before the notice.

    The months must not be older than the contract lets an audit look back, counted from today.
    """
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme__alliance"])
    require(actor, PROPOSE_AUDIT, licence)
    place = Place(licence.programme.alliance_id, licence.programme.operating_entity)
    require_two_people(AUDIT_DECISION, place, clock=actor.clock)
    if licence.state not in BINDING_STATES:
        raise WrongState("Only a licence that is or was in force is audited.")
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.month("first_month", first_month)
    checks.month("last_month", last_month)
    checks.days("last_month", first_month, last_month, same_allowed=True)
    checks.refuse()
    auditor = Seat.objects.visible_to(actor).filter(pk=auditor_seat_id, ended_at=None).first()
    if auditor is None:
        raise invalid("/auditor_seat_id", "unknown", "There is no such seat, or it has ended, or you may not see it.")
    if auditor.user_id == actor.user_id:
        raise invalid("/auditor_seat_id", "oneself", "Nobody audits for themselves: name an outside auditor.")
    day = today(actor.clock, licence.programme.alliance.zone)
    clause = _clause(licence, day)
    _check_months(licence, clause, first_month, last_month, day)
    number = (Audit.objects.filter(licence=licence).aggregate(last=Max("number"))["last"] or 0) + 1
    with told_as(_PROBLEMS):
        audit = Audit.objects.create(
            licence=licence,
            clause=clause,
            number=number,
            first_month=first_month,
            last_month=last_month,
            reason=reason.strip(),
            auditor=auditor,
            currency=licence.programme.currency,
            proposed_at=actor.clock.now(),
            proposed_by_id=actor.user_id,
        )
    record_event(
        "licensee_audit.proposed", actor=actor, subject=audit, changes={"auditor": (None, auditor), **_months(audit)}
    )
    announce(audit)
    return audit


@transaction.atomic
def give_notice(*, actor: Actor, audit_id: UUID) -> Audit:
    """Give the licensee notice of an audit that somebody else proposed; from here the days of the contract count."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, GIVE_NOTICE, audit)
    refuse_ties(actor, audit, audit.proposed_by_id)
    audit.state = AUDIT_LIFECYCLE.after("give notice", current=AuditState(audit.state))
    day = day_of(actor, audit)
    audit.clause = _clause(audit.licence, day)
    _check_months(audit.licence, audit.clause, audit.first_month, audit.last_month, day)
    _check_not_too_soon(audit, day)
    audit.noticed_on, audit.noticed_by_id = day, actor.user_id
    audit.access_from_on = day + timedelta(days=audit.clause.notice_days)
    audit.save(update_fields=["state", "clause", "noticed_on", "noticed_by", "access_from_on"])
    record_event("licensee_audit.noticed", actor=actor, subject=audit, changes={"noticed_on": (None, day)})
    tell_licensee(actor, audit, "licensee_audit.noticed")
    tell(actor, audit, "licensee_audit.undertaking_asked", [audit.auditor_id])
    announce(audit)
    return audit


@transaction.atomic
def undertake_confidentiality(*, actor: Actor, audit_id: UUID, language: Language = Language.CHINESE) -> Audit:
    """Undertake, as the auditor, to keep secret what is seen; without it there is no access."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, UNDERTAKE, audit)
    if audit.state != AuditState.NOTICED or audit.undertaken_at is not None:
        raise WrongState("The undertaking is given once, after the notice and before access.")
    audit.undertaking, audit.undertaken_at = undertaking_of(audit, language), actor.clock.now()
    audit.save(update_fields=["undertaking", "undertaken_at"])
    record_event(
        "licensee_audit.confidentiality_promised",
        actor=actor,
        subject=audit,
        changes={"undertaking": (None, audit.undertaking)},
    )
    tell_finance(actor, audit, "licensee_audit.confidentiality_promised")
    announce(audit)
    return audit


def undertaking_of(audit: Audit, language: Language) -> str:
    """Return what the auditor of an audit undertakes, in a language."""
    licensee = audit.licence.licensee
    named = licensee.name_zh if language is Language.CHINESE else licensee.name_en
    return UNDERTAKING[language].format(
        licensee=named or str(licensee),
        licence=audit.licence.code,
        months=" – ".join(sorted({f"{month:%Y-%m}" for month in (audit.first_month, audit.last_month)})),
    )


def _check_months(licence: Licence, clause: AuditClause, first_month: date, last_month: date, day: date) -> None:
    checks = Checks()
    earliest = _years_before(day, clause.look_back_years)
    if first_month < earliest:
        checks.wrong("first_month", "too_old", f"The contract lets an audit look back to {earliest}, and no further.")
    if last_month >= day.replace(day=1):
        checks.wrong("last_month", "not_over", "Only months that are over are audited.")
    if licence.starts_on is not None and first_month < licence.starts_on.replace(day=1):
        checks.wrong("first_month", "outside_licence", "The licence was not in force yet.")
    checks.refuse()
    if (closed := months_not_closed(licence, first_month, last_month)) is not None:
        month, period = closed
        if period:
            raise Conflict(f"Months of this were closed together as {period}: audit all of its months.")
        raise Conflict(f"{month:%Y-%m} is not closed yet: what was found is put beside what was billed.")
    audited = Audit.objects.filter(licence=licence, first_month__lte=last_month, last_month__gte=first_month)
    if (again := audited.filter(state=AuditState.SETTLED, reversed_at=None).first()) is not None:
        months = " – ".join(sorted({f"{month:%Y-%m}" for month in (again.first_month, again.last_month)}))
        raise Conflict(f"Months of this were audited already, by audit {again.number} of {months}.")


def _years_before(day: date, years: int) -> date:
    """Return the day so many years before; the first of March for a leap day, so that nothing older comes in."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, month=3, day=1)


def _check_not_too_soon(audit: Audit, day: date) -> None:
    earlier = Audit.objects.filter(licence=audit.licence_id, noticed_on__isnull=False).exclude(pk=audit.pk)
    # One that was cancelled before anybody was let in did not burden the licensee.
    last = earlier.exclude(state=AuditState.CANCELLED, grant=None).aggregate(last=Max("noticed_on"))["last"]
    if last is not None:
        after = months_after(last, audit.clause.months_between)
        if day < after:
            raise Conflict(f"The contract allows the next notice from {after} on.")


def _clause(licence: Licence, day: date) -> AuditClause:
    clause = clause_in_force(licence, on=day)
    if clause is None:
        raise Conflict("What this licence says of audits is not on record, or not confirmed: record the clause first.")
    return clause


def _months(audit: Audit) -> Mapping[str, tuple[Any, Any]]:
    return {"first_month": (None, audit.first_month), "last_month": (None, audit.last_month)}


_PROBLEMS: dict[str, Problem] = {
    "audit_open_once": Conflict("An audit of this licence is under way already."),
    "audit_each_month_once": Conflict("Months of this were audited already."),
}
