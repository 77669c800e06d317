"""Reading audits, through what the reader may see."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet, Sum

from licensing.agreements.models import Licence
from licensing.audits.calculation import Measure, ratio
from licensing.audits.lifecycle import AUDIT_LIFECYCLE, AuditState
from licensing.audits.models import Audit, AuditClause, AuditFinding
from licensing.audits.policies import (
    ANSWER_AUDIT,
    CANCEL_AUDIT,
    GIVE_NOTICE,
    HAND_IN,
    OPEN_ACCESS,
    RECORD_FINDING,
    SEND_BACK_AUDIT,
    SETTLE_AUDIT,
    UNDERTAKE,
    WORK_OUT_AUDIT,
)
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseRun, LicenceResult
from licensing.reports.selectors import report_due_on
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.registry import Permission
from platform_core.money import apportion

_STEPS: Final[dict[str, Permission]] = {
    "give notice": GIVE_NOTICE,
    "open access": OPEN_ACCESS,
    "hand in": HAND_IN,
    "send back": SEND_BACK_AUDIT,
    "answer": ANSWER_AUDIT,
    "work out": WORK_OUT_AUDIT,
    "settle": SETTLE_AUDIT,
    "cancel": CANCEL_AUDIT,
}

_OWN: Final = "~"
"""Products of a close that begin so are no sales: minimums and charges."""


def audit_clauses(*, actor: Actor) -> QuerySet[AuditClause]:
    """List what licences say of audits, as far as the actor may know."""
    return AuditClause.objects.visible_to(actor).select_related("licence__licensee")


def clause_in_force(licence: Licence, *, on: date) -> AuditClause | None:
    """Return what a licence says of audits on a day, if two people have recorded it."""
    rows = AuditClause.objects.filter(licence=licence, from_on__lte=on, confirmed_at__isnull=False)
    return rows.order_by("-from_on").first()


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
    if audit.state == AuditState.NOTICED and audit.undertaken_at is None:
        steps = [step for step in steps if step != "open access"]
        if can(actor, UNDERTAKE, audit):
            steps.append("undertake")
    if audit.state == AuditState.FIELDWORK and can(actor, RECORD_FINDING, audit):
        steps.append("record finding")
    return steps


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


@dataclass(frozen=True, slots=True)
class Reported:
    """What a posted close counted of one period and product of a licence."""

    period: str
    product: str
    units: int
    minor: int
    due_on: date


def reported_to(audit: Audit) -> list[Reported]:
    """Return what was reported and billed of the months audited, by period and product, as the last closes say.

    The caller answers for who may know. A period counts if all of its months are audited.
    """
    runs = CloseRun.objects.filter(
        programme=audit.licence.programme_id,
        status=RunStatus.POSTED,
        first_month__gte=audit.first_month,
        last_month__lte=audit.last_month,
    )
    latest = {run.period: run for run in runs.order_by("number")}
    found = []
    for period, run in sorted(latest.items()):
        rows = CloseBucket.objects.filter(run=run, licence=audit.licence_id).values("product")
        sums = rows.annotate(units=Sum("units"), micros=Sum("billed_micros")).order_by("product")
        billed = {row["product"]: (int(row["units"]), int(row["micros"])) for row in sums}
        result = LicenceResult.objects.filter(run=run, licence=audit.licence_id).first()
        if result is None or not billed:
            continue
        weights = [micros for _, micros in billed.values()]
        minor = apportion(result.royalty_minor, weights) if any(weights) else [0] * len(weights)
        due_on = due_of(audit, run.last_month)
        found += [
            Reported(period, product, units, amount, due_on)
            for (product, (units, _)), amount in zip(billed.items(), minor, strict=True)
            # Charges and minimums are no sales.
            if not product.startswith(_OWN)
        ]
    return found


def due_of(audit: Audit, last_month: date) -> date:
    """Return the day by which the royalty of a period was to be paid, as the clause counts it."""
    return report_due_on(audit.licence.programme, last_month) + timedelta(days=audit.clause.payment_days)
