"""What licences say of audits: recorded by one person, confirmed by another."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Licence
from licensing.audits.calculation import Measure, Reaches
from licensing.audits.models import AuditClause
from licensing.audits.policies import (
    CONFIRM_AUDIT_CLAUSE,
    RECORD_AUDIT_CLAUSE,
    WITHDRAW_AUDIT_CLAUSE,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAuditClause:
    """What a licence says of audits from a day on."""

    from_on: date
    stands_in: str
    notice_days: int
    look_back_years: int
    months_between: int
    threshold_percent: Decimal
    threshold_reaches: Reaches
    threshold_measure: Measure
    nets: bool = True
    interest_kind: InterestKind | None = None
    interest_percent: Decimal = Decimal(0)
    interest_year_days: int = 365
    payment_days: int = 30
    answer_days: int = 30


@transaction.atomic
def record_audit_clause(
    *, actor: Actor, licence_id: UUID, clause: NewAuditClause, replaces: UUID | None = None, reason: str = ""
) -> AuditClause:
    """Record what a licence says of audits; it counts once another person has read the contract and confirmed it.

    Where one that was confirmed is wrong, this one takes its place when it is confirmed, and says why.
    """
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme__alliance"])
    require(actor, RECORD_AUDIT_CLAUSE, licence)
    checks = Checks()
    checks.text("stands_in", clause.stands_in)
    for name, least, most in (
        ("notice_days", 0, 366),
        ("look_back_years", 1, 20),
        ("months_between", 0, 120),
        ("payment_days", 0, 366),
        ("answer_days", 0, 366),
    ):
        if not least <= getattr(clause, name) <= most:
            checks.wrong(name, "bad_number", f"This is a whole number from {least} to {most}.")
    for name, value in (("threshold_percent", clause.threshold_percent), ("interest_percent", clause.interest_percent)):
        if not 0 <= value <= 100 or value != value.quantize(Decimal("0.000001")):
            checks.wrong(name, "bad_percentage", "Write a percentage from 0 to 100, with at most 6 decimals.")
    if clause.interest_percent == 100:
        checks.wrong("interest_percent", "bad_percentage", "Interest is below 100 percent.")
    if (clause.interest_kind is None) is not (clause.interest_percent == 0):
        checks.wrong("interest_percent", "half", "Interest takes a span and a percentage above 0, or neither.")
    checks.text("reason", reason, needed=replaces is not None, longest=500)
    if replaces is None and reason.strip():
        checks.wrong("reason", "nothing_replaced", "Only a clause that takes the place of another says why.")
    checks.refuse()
    wrong = _to_replace(licence, clause.from_on, replaces)
    given = asdict(clause) | {"stands_in": clause.stands_in.strip(), "interest_kind": clause.interest_kind or ""}
    with told_as(_PROBLEMS):
        made = AuditClause.objects.create(
            licence=licence,
            replaces=wrong,
            reason=reason.strip(),
            recorded_at=actor.clock.now(),
            recorded_by_id=actor.user_id,
            **given,
        )
    record_event("audit_clause.recorded", actor=actor, subject=made, changes={"stands_in": (None, made.stands_in)})
    announce(made)
    return made


@transaction.atomic
def confirm_audit_clause(*, actor: Actor, clause_id: UUID) -> AuditClause:
    """Confirm that a clause stands in the contract as it was recorded by somebody else.

    One that takes the place of another does so from here: audits under way go by it.
    """
    clause = get_visible(AuditClause, clause_id, actor=actor, for_change=True)
    require(actor, CONFIRM_AUDIT_CLAUSE, clause)
    _check_open(clause)
    clause.confirmed_at, clause.confirmed_by_id = actor.clock.now(), actor.user_id
    if clause.replaces_id is not None:
        AuditClause.objects.filter(pk=clause.replaces_id).update(replaced_at=clause.confirmed_at)
    with told_as(_PROBLEMS):
        clause.save(update_fields=["confirmed_at", "confirmed_by"])
    changes = {} if clause.replaces_id is None else {"replaces": (None, clause.replaces_id)}
    record_event("audit_clause.confirmed", actor=actor, subject=clause, changes=changes)
    announce(clause)
    return clause


@transaction.atomic
def withdraw_audit_clause(*, actor: Actor, clause_id: UUID, reason: str) -> AuditClause:
    """Take back a clause that was recorded wrongly and that nobody has confirmed; it stays on record."""
    clause = get_visible(AuditClause, clause_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_AUDIT_CLAUSE, clause)
    _check_open(clause)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    clause.withdrawn_at, clause.withdrawn_by_id = actor.clock.now(), actor.user_id
    clause.withdrawn_reason = reason.strip()
    clause.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record_event(
        "audit_clause.withdrawn", actor=actor, subject=clause, changes={"reason": (None, clause.withdrawn_reason)}
    )
    announce(clause)
    return clause


def _check_open(clause: AuditClause) -> None:
    if clause.confirmed_at is not None:
        raise WrongState("This clause was confirmed already.")
    if clause.withdrawn_at is not None:
        raise WrongState("This clause was withdrawn.")


def _to_replace(licence: Licence, from_on: date, replaces: UUID | None) -> AuditClause | None:
    """Return the clause another takes the place of: one of the same licence that is in force as recorded."""
    counting = AuditClause.objects.filter(licence=licence, confirmed_at__isnull=False, replaced_at=None)
    if replaces is None:
        if counting.filter(from_on=from_on).exists():
            raise Conflict(_TAKEN)
        return None
    wrong = counting.filter(pk=replaces).first()
    if wrong is None:
        raise invalid("/replaces", "unknown", "No confirmed clause of this licence is replaced so: look at them anew.")
    if counting.filter(from_on=from_on).exclude(pk=replaces).exists():
        raise Conflict(_TAKEN)
    return wrong


_TAKEN: Final = "A clause of this licence from that day on is on record already: have yours take its place."
_PROBLEMS: dict[str, Problem] = {
    "auditclause_once_from_a_day": Conflict(_TAKEN),
    "auditclause_recorded_once": Conflict(
        "A clause of this licence from that day on waits to be confirmed: confirm or withdraw it first."
    ),
    "auditclause_replaced_once": Conflict(
        "Another clause that takes its place waits to be confirmed: confirm or withdraw it first."
    ),
}
