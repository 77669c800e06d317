"""Audits of licensees: a clause that two people recorded, an outside auditor, and audits as bare rows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Licence
from licensing.audits.calculation import Measure, Reaches
from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit, AuditClause, AuditFinding
from licensing.audits.services import NewAuditClause, confirm_audit_clause, record_audit_clause
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.roles import Role
from tests.factories.core import NOON, make_user
from tests.factories.reports import CODE
from tests.factories.royalties import SmallWorld, make_person, make_small_world, month

if TYPE_CHECKING:
    from tests.factories.world import World


ONE_YUAN_A_SET = """
[programme]
basis = "accrued"
[[rates]]
id = "set"
per_unit = "1"
[allocation]
by = "points"
points = {M1 = "5", M2 = "3", M3 = "2"}
"""


def closed_world() -> SmallWorld:
    """L1 reported 95,000 sets of the first quarter of 2025, L2 some, and the quarter is posted; there is an auditor."""
    world = make_small_world("aud", document=ONE_YUAN_A_SET)
    world.report("L1", [("2025-02", 95_000)], first="2025-01", last="2025-03")
    world.report("L2", [("2025-01", 5_000)], first="2025-01", last="2025-03")
    world.report("L1", [("2024-02", 10)], first="2024-01", last="2024-03")
    world.closed("2025Q1")
    confirmed_clause(world, "L1")
    add_auditor(world)
    return world


def new_clause(**changed: Any) -> NewAuditClause:
    """Say what a contract says: 15 days, 3 years, `> 5 %` of what was paid, 10 % a year."""
    given: dict[str, Any] = {
        "from_on": date(2024, 1, 1),
        "stands_in": "Clause 8.2",
        "notice_days": 15,
        "look_back_years": 3,
        "months_between": 12,
        "threshold_percent": Decimal(5),
        "threshold_reaches": Reaches.MORE_THAN,
        "threshold_measure": Measure.PAID,
        "interest_kind": InterestKind.YEARLY,
        "interest_percent": Decimal(10),
        "payment_days": 30,
    }
    return NewAuditClause(**{**given, **changed})


def confirmed_clause(world: SmallWorld, licence: str, **changed: Any) -> AuditClause:
    """Record a clause by one person and confirm it by another."""
    made = record_audit_clause(
        actor=world.acting("calculator"), licence_id=world.licences[licence].pk, clause=new_clause(**changed)
    )
    return confirm_audit_clause(actor=world.acting("approver"), clause_id=made.pk)


def add_auditor(world: SmallWorld, name: str = "auditor") -> Seat:
    """Add an outside auditor."""
    firm = Organisation.objects.create(name_en=f"{world.alliance.code} {name} and partners")
    world.seats[name] = make_person(firm, f"{world.alliance.code}-{name}", Role.AUDITOR)
    return world.seats[name]


def make_clause(licence: Licence, *, from_on: date = date(2025, 1, 1), at: datetime = NOON) -> AuditClause:
    """Make a clause as a bare row that two people recorded."""
    return AuditClause.objects.create(
        licence=licence,
        from_on=from_on,
        stands_in="Clause 8",
        notice_days=15,
        look_back_years=3,
        months_between=12,
        threshold_percent=5,
        threshold_reaches=Reaches.MORE_THAN,
        threshold_measure=Measure.PAID,
        payment_days=30,
        recorded_at=at,
        confirmed_at=at,
        confirmed_by=make_user(),
    )


def make_audit(
    licence: Licence, auditor: Seat, *, clause: AuditClause | None = None, at: datetime = NOON, findings: int = 1
) -> Audit:
    """Make an audit of January 2025 as a bare row: noticed, with findings that were handed in and not answered."""
    audit = Audit.objects.create(
        licence=licence,
        clause=clause or make_clause(licence, at=at),
        number=Audit.objects.filter(licence=licence).count() + 1,
        first_month=month("2025-01"),
        last_month=month("2025-01"),
        reason="Yearly",
        auditor=auditor,
        state=AuditState.FIELDWORK,
        currency="CNY",
        proposed_at=at,
        proposed_by=make_user(),
        noticed_on=at.date(),
        access_from_on=at.date() + timedelta(days=15),
    )
    AuditFinding.objects.bulk_create(
        AuditFinding(
            audit=audit,
            period="2025-01",
            product=f"tv {number}" if number else "tv",
            due_on=date(2025, 5, 30),
            reported_units=1,
            found_units=2,
            reported_minor=1,
            found_minor=2,
            cause="One was left out",
        )
        for number in range(findings)
    )
    Audit.objects.filter(pk=audit.pk).update(
        state=AuditState.REPORTED, handed_in_at=at, answer_until_on=at.date() - timedelta(days=1)
    )
    audit.refresh_from_db()
    return audit


def end_audits(licence: Licence, *, at: datetime = NOON) -> None:
    """End the audits of a licence that are under way, as two people do."""
    running = Audit.objects.filter(licence=licence).exclude(state__in=[AuditState.SETTLED, AuditState.CANCELLED])
    running.update(
        state=AuditState.CANCELLED,
        cancel_asked_at=at,
        cancel_asked_by=make_user(),
        cancelled_at=at,
        cancelled_by=make_user(),
        cancelled_reason="the next one",
    )


def populate(world: "World") -> None:
    """Let both companies of each side be audited under their licences."""
    for side, alliance in zip(("first", "second"), world.alliances, strict=True):
        for licence in Licence.objects.filter(programme__alliance=alliance, programme__code=CODE).order_by("pk"):
            make_audit(licence, world.seats[f"{side} auditor"])
