"""What licences say of audits: recorded by one person, confirmed by another."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Licence
from licensing.audits.calculation import Measure, Reaches
from licensing.audits.models import AuditClause
from licensing.audits.policies import (
    CONFIRM_AUDIT_CLAUSE,
    RECORD_AUDIT_CLAUSE,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.problems import Conflict, Problem, WrongState
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


@transaction.atomic
def record_audit_clause(*, actor: Actor, licence_id: UUID, clause: NewAuditClause) -> AuditClause:
    """Record what a licence says of audits; it counts once another person has read the contract and confirmed it."""
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme__alliance"])
    require(actor, RECORD_AUDIT_CLAUSE, licence)
    checks = Checks()
    checks.text("stands_in", clause.stands_in)
    for name, least, most in (
        ("notice_days", 0, 366),
        ("look_back_years", 1, 20),
        ("months_between", 0, 120),
        ("payment_days", 0, 366),
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
    checks.refuse()
    given = asdict(clause) | {"stands_in": clause.stands_in.strip(), "interest_kind": clause.interest_kind or ""}
    with told_as(_PROBLEMS):
        made = AuditClause.objects.create(
            licence=licence, recorded_at=actor.clock.now(), recorded_by_id=actor.user_id, **given
        )
    record_event("audit_clause.recorded", actor=actor, subject=made, changes={"stands_in": (None, made.stands_in)})
    announce(made)
    return made


@transaction.atomic
def confirm_audit_clause(*, actor: Actor, clause_id: UUID) -> AuditClause:
    """Confirm that a clause stands in the contract as it was recorded by somebody else."""
    clause = get_visible(AuditClause, clause_id, actor=actor, for_change=True)
    require(actor, CONFIRM_AUDIT_CLAUSE, clause)
    if clause.confirmed_at is not None:
        raise WrongState("This clause was confirmed already.")
    clause.confirmed_at, clause.confirmed_by_id = actor.clock.now(), actor.user_id
    clause.save(update_fields=["confirmed_at", "confirmed_by"])
    record_event("audit_clause.confirmed", actor=actor, subject=clause)
    announce(clause)
    return clause


_PROBLEMS: dict[str, Problem] = {
    "auditclause_once_from_a_day": Conflict("A clause of this licence from that day on is on record already."),
}
