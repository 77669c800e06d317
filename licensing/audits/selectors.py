"""Reading audits, through what the reader may see."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from licensing.agreements.models import Licence
from licensing.audits.calculation import Measure, ratio
from licensing.audits.lifecycle import AUDIT_LIFECYCLE, AuditState
from licensing.audits.models import Audit, AuditClause, AuditFinding, AuditReversal
from licensing.audits.policies import (
    ANSWER_AUDIT,
    CANCEL_AUDIT,
    CONFIRM_AUDIT_CANCELLATION,
    CONFIRM_AUDIT_CLAUSE,
    CONFIRM_AUDIT_REVERSAL,
    GIVE_NOTICE,
    HAND_IN,
    OPEN_ACCESS,
    PROPOSE_AUDIT_REVERSAL,
    RECORD_FINDING,
    SEND_BACK_AUDIT,
    SETTLE_AUDIT,
    UNDERTAKE,
    WITHDRAW_AUDIT_CLAUSE,
    WORK_OUT_AUDIT,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.registry import Permission
from platform_core.clock import today
from platform_core.problems import Conflict

_STEPS: Final[dict[str, Permission]] = {
    "give notice": GIVE_NOTICE,
    "open access": OPEN_ACCESS,
    "extend access": OPEN_ACCESS,
    "hand in": HAND_IN,
    "send back": SEND_BACK_AUDIT,
    "answer": ANSWER_AUDIT,
    "work out": WORK_OUT_AUDIT,
    "settle": SETTLE_AUDIT,
    "cancel": CANCEL_AUDIT,
}


def audit_clauses(*, actor: Actor) -> QuerySet[AuditClause]:
    """List what licences say of audits, as far as the actor may know."""
    return AuditClause.objects.visible_to(actor).select_related("licence__licensee")


def clause_in_force(licence: Licence, *, on: date) -> AuditClause | None:
    """Return what a licence says of audits on a day, if two people have recorded it and found nothing wrong since."""
    rows = AuditClause.objects.filter(licence=licence, from_on__lte=on, confirmed_at__isnull=False, replaced_at=None)
    return rows.order_by("-from_on").first()


def steps_of_clauses(clauses: Iterable[AuditClause], *, actor: Actor) -> dict[UUID, list[str]]:
    """List for each of some clauses what the actor may do with it now: confirm, withdraw or replace it."""
    counting = [clause for clause in clauses if clause.withdrawn_at is None and clause.replaced_at is None]

    def permitted(permission: Permission) -> set[UUID]:
        rows = AuditClause.objects.permitted_to(actor, permission).filter(pk__in=[clause.pk for clause in counting])
        return set(rows.values_list("pk", flat=True))

    confirmed_by_it, withdrawn_by_it = permitted(CONFIRM_AUDIT_CLAUSE), permitted(WITHDRAW_AUDIT_CLAUSE)
    steps: dict[UUID, list[str]] = {}
    for clause in counting:
        if clause.confirmed_at is not None:
            steps[clause.pk] = ["replace"] if clause.pk in withdrawn_by_it else []
        else:
            may = {"confirm": confirmed_by_it, "withdraw": withdrawn_by_it}
            steps[clause.pk] = [step for step, ids in may.items() if clause.pk in ids]
    return steps


def clause_of(audit: Audit) -> AuditClause:
    """Return the clause an audit goes by: the one of the day of its notice, as it was put right since."""
    if audit.clause.replaced_at is None or audit.noticed_on is None:
        return audit.clause
    clause = clause_in_force(audit.licence, on=audit.noticed_on)
    if clause is None:
        raise Conflict("No clause on audits was in force on the day of the notice: record the right one first.")
    return clause


def audits(*, actor: Actor) -> QuerySet[Audit]:
    """List the audits the actor may see."""
    return Audit.objects.visible_to(actor).select_related(
        "licence__licensee", "licence__programme", "clause", "auditor__user", "auditor__organisation"
    )


def get_audit(audit_id: UUID, *, actor: Actor, for_change: bool = False) -> Audit:
    """Fetch one audit the actor may see."""
    return get_visible(
        Audit,
        audit_id,
        actor=actor,
        for_change=for_change,
        along=["licence__programme__alliance", "licence__licensee", "clause", "auditor__user", "auditor__organisation"],
    )


def findings_of(audit: Audit, *, actor: Actor) -> QuerySet[AuditFinding]:
    """List what was found, as far as the actor may know."""
    return AuditFinding.objects.visible_to(actor).filter(audit=audit).order_by("period", "product")


def allowed_steps(audit: Audit, *, actor: Actor) -> list[str]:
    """List the steps that lead on from where an audit is, and that the actor may take."""
    steps = [step for step in AUDIT_LIFECYCLE.allowed(AuditState(audit.state)) if can(actor, _STEPS[step], audit)]
    if may_still_answer(audit, on=today(actor.clock, audit.licence.programme.alliance.zone)):
        steps = [step for step in steps if step != "work out"]
    if audit.cancel_asked_at is not None:
        steps = [step for step in steps if step not in ("cancel", "settle")]
        if can(actor, CONFIRM_AUDIT_CANCELLATION, audit):
            steps += ["confirm cancellation", "refuse cancellation"]
    if audit.state == AuditState.NOTICED and audit.undertaken_at is None:
        steps = [step for step in steps if step != "open access"]
        if can(actor, UNDERTAKE, audit):
            steps.append("undertake")
    if audit.state == AuditState.FIELDWORK and can(actor, RECORD_FINDING, audit):
        steps.append("record finding")
    return steps + _steps_of_reversing(audit, actor)


def waiting_reversal(audit: Audit) -> AuditReversal | None:
    """Return what somebody proposed to reverse a settlement by, and nobody decided yet."""
    return next((row for row in audit.reversals.all() if row.is_confirmed is None), None)


def confirmed_reversal(audit: Audit) -> AuditReversal | None:
    """Return what two people reversed a settlement by."""
    return next((row for row in audit.reversals.all() if row.is_confirmed), None)


def _steps_of_reversing(audit: Audit, actor: Actor) -> list[str]:
    if audit.state != AuditState.SETTLED or audit.reversed_at is not None:
        return []
    if not can(actor, PROPOSE_AUDIT_REVERSAL, audit):
        return []
    if waiting_reversal(audit) is None:
        return ["propose reversal"]
    return ["refuse reversal"] + (["confirm reversal"] if can(actor, CONFIRM_AUDIT_REVERSAL, audit) else [])


def may_still_answer(audit: Audit, *, on: date) -> bool:
    """Whether the licensee has not answered the findings, and has still days to do so."""
    return audit.state == AuditState.REPORTED and audit.answer_until_on is not None and on <= audit.answer_until_on


def shortfall_percent(audit: Audit) -> str | None:
    """Return the shortfall as a percentage of what the clause measures it by, to four places; None before it is known.

    It is written for people: whether it reaches the threshold is decided exactly, before it is rounded.
    """
    if audit.shortfall_minor is None or audit.paid_minor is None or audit.due_minor is None:
        return None
    measure = Measure(audit.clause.threshold_measure)
    found = ratio(audit.shortfall_minor, paid=audit.paid_minor, due=audit.due_minor, measure=measure)
    if found is None:
        return None
    ten_thousandths = round(found * 10_000)
    return f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04d}"
