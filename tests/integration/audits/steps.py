"""An audit brought to each of its steps, for tests of what comes after."""

from datetime import date
from typing import Any

from licensing.agreements.models import Charge
from licensing.audits.models import Audit
from licensing.audits.services import (
    answer_findings,
    give_notice,
    hand_in_findings,
    open_access,
    propose_audit,
    record_finding,
    settle_audit,
    undertake_confidentiality,
    work_out_audit,
)
from tests.factories.royalties import NOW, SmallWorld, month

NOTICED_ON = date(2026, 2, 2)
ENDS_ON = date(2026, 4, 1)


def at(world: SmallWorld, day: date) -> None:
    """Have it be noon of a day."""
    world.clock.set(NOW.replace(year=day.year, month=day.month, day=day.day))


def proposed(world: SmallWorld, **changed: Any) -> Audit:
    given: dict[str, Any] = {
        "licence_id": world.licences["L1"].pk,
        "first_month": month("2025-01"),
        "last_month": month("2025-03"),
        "auditor_seat_id": world.seats["auditor"].pk,
        "reason": "Yearly audit",
    }
    return propose_audit(actor=world.acting("calculator"), **{**given, **changed})


def noticed(world: SmallWorld) -> Audit:
    return give_notice(actor=world.acting("approver"), audit_id=proposed(world).pk)


def in_fieldwork(world: SmallWorld) -> Audit:
    audit = noticed(world)
    undertake_confidentiality(actor=world.acting("auditor"), audit_id=audit.pk)
    at(world, date(2026, 2, 17))
    return open_access(actor=world.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON)


def handed_in(world: SmallWorld) -> Audit:
    audit = in_fieldwork(world)
    record_finding(
        actor=world.acting("auditor"),
        audit_id=audit.pk,
        period="2025Q1",
        product="tv",
        found_units=100_000,
        found_minor=10_000_000,
        cause="Sales of the second plant were left out",
    )
    return hand_in_findings(actor=world.acting("auditor"), audit_id=audit.pk)


def answered(world: SmallWorld) -> Audit:
    return answer_findings(actor=world.acting("L1"), audit_id=handed_in(world).pk, accept=True)


def worked_out(world: SmallWorld, **changed: Any) -> Audit:
    audit = answered(world)
    given: dict[str, Any] = {
        "cost_minor": 800_000,
        "interest_until_on": date(2025, 8, 28),
        "charge_month": month("2026-01"),
    }
    return work_out_audit(actor=world.acting("calculator"), audit_id=audit.pk, **{**given, **changed})


def settle_everything(world: SmallWorld, audit: Audit) -> None:
    """Bring an audit to its end without a difference."""
    undertake_confidentiality(actor=world.acting("auditor"), audit_id=audit.pk)
    at(world, date(2026, 2, 17))
    open_access(actor=world.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON)
    hand_in_findings(actor=world.acting("auditor"), audit_id=audit.pk)
    at(world, date(2026, 3, 20))
    work_out_audit(
        actor=world.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=100,
        interest_until_on=date(2026, 2, 17),
        charge_month=month("2026-02"),
    )
    settle_audit(actor=world.acting("approver"), audit_id=audit.pk)
    assert not Charge.objects.exists()
