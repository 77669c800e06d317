"""Taking back what a settled audit charged: by two, once, to the cent, wherever the charges have come."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from licensing.agreements.models import Charge
from licensing.agreements.services import NewCharge, cancel_charge, raise_charge
from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit, AuditReversal
from licensing.audits.selectors import allowed_steps, get_audit
from licensing.audits.services import (
    confirm_audit_reversal,
    give_notice,
    propose_audit_reversal,
    refuse_audit_reversal,
    settle_audit,
)
from licensing.breaches.models import BreachKind
from licensing.breaches.selectors import grounds_shown, still_lacking
from licensing.breaches.services import notice_breach, suspend_for_breach, withdraw_breach
from licensing.close.lifecycle import RunStatus
from licensing.close.models import Adjustment, CloseRun
from licensing.close.services import approve_close_run, post_close_run, request_calculation
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, WrongState
from tests.factories.core import give_role, make_organisation, make_seat
from tests.factories.royalties import NOW, SmallWorld, month, work_off
from tests.integration.audits.steps import at, proposed, worked_out

pytestmark = pytest.mark.django_db(transaction=True)

CHARGED = 500_000 + 12_329 + 800_000
"""Shortfall, interest and cost, in fen."""


def settled(world: SmallWorld) -> Audit:
    return settle_audit(actor=world.acting("approver"), audit_id=worked_out(world).pk)


def reversed_by_two(world: SmallWorld, audit: Audit) -> Audit:
    propose_audit_reversal(actor=world.acting("approver"), audit_id=audit.pk, reason="The second plant is another's")
    return confirm_audit_reversal(actor=world.acting("calculator"), audit_id=audit.pk)


def standing() -> set[str]:
    return set(Charge.objects.filter(cancelled_at=None).values_list("kind", flat=True))


KINDS = {"audit_shortfall", "audit_interest", "audit_cost"}


def test_one_person_cancels_no_charge_of_a_settled_audit(closed: SmallWorld) -> None:
    audit = settled(closed)
    for charge in (audit.shortfall_charge_id, audit.interest_charge_id, audit.cost_charge_id):
        assert charge is not None
        with pytest.raises(Conflict, match="reverse the settlement of that audit instead"):
            cancel_charge(actor=closed.acting("approver"), charge_id=charge, reason="A favour")
    assert standing() == KINDS
    assert not AuditEvent.objects.filter(name="charge.cancelled").exists()


def test_another_charge_is_still_cancelled_by_one(closed: SmallWorld) -> None:
    settled(closed)
    new = NewCharge(
        licence_id=closed.licences["L1"].pk, month=month("2026-01"), kind="entry_fee", amount=Decimal(1), currency="CNY"
    )
    made = raise_charge(actor=closed.acting("approver"), charge=new)
    cancel_charge(actor=closed.acting("approver"), charge_id=made.pk, reason="Not agreed")
    assert standing() == KINDS


def test_a_reversal_is_proposed_by_one_and_confirmed_by_another(closed: SmallWorld) -> None:
    audit = settled(closed)
    with pytest.raises(InvalidInput):
        propose_audit_reversal(actor=closed.acting("approver"), audit_id=audit.pk, reason=" ")
    propose_audit_reversal(actor=closed.acting("approver"), audit_id=audit.pk, reason="A favour")
    assert standing() == KINDS
    with pytest.raises(NotAllowed, match="ask a colleague"):
        confirm_audit_reversal(actor=closed.acting("approver"), audit_id=audit.pk)
    with pytest.raises(Conflict, match="decide that first"):
        propose_audit_reversal(actor=closed.acting("calculator"), audit_id=audit.pk, reason="Another")
    with pytest.raises(NotAllowed):
        confirm_audit_reversal(actor=closed.acting("L1"), audit_id=audit.pk)

    def steps(who: str) -> list[str]:
        return allowed_steps(get_audit(audit.pk, actor=closed.acting(who)), actor=closed.acting(who))

    assert steps("approver") == ["refuse reversal"]
    assert steps("calculator") == ["refuse reversal", "confirm reversal"]
    assert steps("L1") == []
    told = Notice.objects.filter(kind="licensee_audit.reversal_proposed").values_list("seat", flat=True)
    assert closed.seats["calculator"].pk in told
    assert closed.seats["L1"].pk not in told
    refuse_audit_reversal(actor=closed.acting("calculator"), audit_id=audit.pk)
    assert standing() == KINDS
    assert steps("approver") == ["propose reversal"]
    with pytest.raises(WrongState, match="Nobody proposes"):
        confirm_audit_reversal(actor=closed.acting("calculator"), audit_id=audit.pk)


def test_charges_that_no_close_holds_yet_never_come(closed: SmallWorld) -> None:
    audit = settled(closed)
    before: dict[str, Any] = {**Audit.objects.filter(pk=audit.pk).values().get()}
    done = reversed_by_two(closed, audit)
    assert standing() == set()
    # What was settled stays on record as it was.
    after: dict[str, Any] = {**Audit.objects.filter(pk=audit.pk).values().get()}
    assert {name for name in before if before[name] != after[name]} == {"reversed_at"}
    assert (done.state, done.reversed_at) == (AuditState.SETTLED, closed.clock.now())
    assert Notice.objects.filter(kind="licensee_audit.reversed", seat=closed.seats["L1"]).exists()
    closed.report("L1", [("2026-01", 7)], first="2026-01", last="2026-01")
    assert closed.closed("2026-01").licence_results.get(licence__code="L1").due_minor == 700
    with pytest.raises(WrongState, match="reversed already"):
        propose_audit_reversal(actor=closed.acting("approver"), audit_id=audit.pk, reason="Again")
    with pytest.raises(WrongState, match="Nobody proposes"):
        confirm_audit_reversal(actor=closed.acting("calculator"), audit_id=audit.pk)


def billed(world: SmallWorld) -> CloseRun:
    world.report("L1", [("2026-01", 7)], first="2026-01", last="2026-01")
    return world.closed("2026-01")


def test_charges_that_a_posted_close_has_billed_are_credited_by_its_correction_once(closed: SmallWorld) -> None:
    audit = settled(closed)
    run = billed(closed)
    assert run.licence_results.get(licence__code="L1").due_minor == CHARGED + 700
    reversed_by_two(closed, audit)
    correction = CloseRun.objects.get(period="2026-01", status=RunStatus.DRAFT)
    assert correction.corrects_id == run.pk
    posted = closed.corrected("2026-01")
    assert posted.licence_results.get(licence__code="L1").due_minor == 700
    credited = Adjustment.objects.filter(run=posted, side=Adjustment.Side.LICENCE)
    assert list(credited.values_list("licence__code", "amount_minor")) == [("L1", -CHARGED)]
    # What members and the fee got of it comes back to the fen.
    given = Adjustment.objects.filter(run=posted, side=Adjustment.Side.PAYEE).values_list("amount_minor", flat=True)
    assert sum(given) == -CHARGED
    # And no close of other months is opened again.
    assert not CloseRun.objects.filter(status=RunStatus.DRAFT).exists()


def test_a_close_that_is_approved_with_the_charges_is_corrected_once_it_is_posted(closed: SmallWorld) -> None:
    audit = settled(closed)
    closed.report("L1", [("2026-01", 7)], first="2026-01", last="2026-01")
    run = closed.calculated("2026-01")
    approve_close_run(actor=closed.acting("approver"), run_id=run.pk)
    reversed_by_two(closed, audit)
    posted = post_close_run(actor=closed.acting("approver"), run_id=run.pk)
    assert posted.licence_results.get(licence__code="L1").due_minor == CHARGED + 700
    assert closed.corrected("2026-01").licence_results.get(licence__code="L1").due_minor == 700


def test_a_close_that_is_calculated_with_the_charges_is_not_approved(closed: SmallWorld) -> None:
    audit = settled(closed)
    closed.report("L1", [("2026-01", 7)], first="2026-01", last="2026-01")
    run = closed.calculated("2026-01")
    reversed_by_two(closed, audit)
    with pytest.raises(Conflict, match=r"Records changed \(charges.csv\)"):
        approve_close_run(actor=closed.acting("approver"), run_id=run.pk)
    again = work_off(request_calculation(actor=closed.acting("calculator"), run_id=run.pk))
    assert again.licence_results.get(licence__code="L1").due_minor == 700


def test_any_charge_that_is_cancelled_has_the_close_corrected_that_billed_it_and_no_other(closed: SmallWorld) -> None:
    def charged(when: str) -> Charge:
        new = NewCharge(
            licence_id=closed.licences["L1"].pk, month=month(when), kind="entry_fee", amount=Decimal(1), currency="CNY"
        )
        return raise_charge(actor=closed.acting("approver"), charge=new)

    # Raised after its close was posted, it was never billed.
    cancel_charge(actor=closed.acting("approver"), charge_id=charged("2025-01").pk, reason="Not agreed")
    assert not CloseRun.objects.filter(status=RunStatus.DRAFT).exists()
    fee = charged("2026-01")
    run = billed(closed)
    cancel_charge(actor=closed.acting("approver"), charge_id=fee.pk, reason="Not agreed")
    assert CloseRun.objects.get(status=RunStatus.DRAFT).corrects_id == run.pk
    posted = closed.corrected("2026-01")
    assert Adjustment.objects.get(run=posted, side=Adjustment.Side.LICENCE).amount_minor == -100


def test_months_whose_settlement_was_reversed_are_audited_again(closed: SmallWorld) -> None:
    audit = settled(closed)
    with pytest.raises(Conflict, match="were audited already"):
        proposed(closed)
    reversed_by_two(closed, audit)
    again = proposed(closed)
    at(closed, date(2027, 2, 2))
    assert give_notice(actor=closed.acting("approver"), audit_id=again.pk).state == AuditState.NOTICED


def test_the_database_holds_who_reverses_and_what_was_decided(closed: SmallWorld) -> None:
    audit = settled(closed)
    propose_audit_reversal(actor=closed.acting("approver"), audit_id=audit.pk, reason="A favour")
    waiting = AuditReversal.objects.get()
    with pytest.raises(IntegrityError, match="auditreversal_confirmed_by_another"), transaction.atomic():
        AuditReversal.objects.update(is_confirmed=True, decided_at=NOW, decided_by=waiting.proposed_by_id)
    with pytest.raises(IntegrityError, match="auditreversal_once_or_waiting"), transaction.atomic():
        AuditReversal.objects.create(audit=audit, reason="Again", proposed_at=NOW, proposed_by=waiting.proposed_by)
    confirm_audit_reversal(actor=closed.acting("calculator"), audit_id=audit.pk)
    for change in ({"reason": "another"}, {"is_confirmed": False}):
        with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
            AuditReversal.objects.update(**change)
    with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(charged_minor=0)


def test_two_people_of_one_firm_are_not_two(closed: SmallWorld) -> None:
    audit = settled(closed)
    propose_audit_reversal(actor=closed.acting("approver"), audit_id=audit.pk, reason="A favour")
    again = make_seat(user=closed.seats["approver"].user, organisation=make_organisation())
    give_role(again, Role.FINANCE, entity=closed.entity, purpose=Purpose.ROYALTIES)
    closed.seats["approver again"] = again
    with pytest.raises(NotAllowed):
        confirm_audit_reversal(actor=closed.acting("approver again"), audit_id=audit.pk)
    assert standing() == KINDS


def test_an_audit_that_was_reversed_founds_no_breach(closed: SmallWorld) -> None:
    audit = settled(closed)
    licence = audit.licence
    with_office = closed.acting("secretariat")

    def founded() -> list[str]:
        return [one.key for one in grounds_shown(licence.pk, actor=with_office) if one.kind == BreachKind.FALSE_REPORT]

    assert founded() == [str(audit.pk)]
    breach = notice_breach(actor=with_office, licence_id=licence.pk, kind=BreachKind.FALSE_REPORT)
    assert still_lacking(breach) == [f"#{audit.number}"]
    reversed_by_two(closed, audit)
    assert founded() == []
    assert still_lacking(breach) == []
    later = replace(with_office, clock=FixedClock(NOW + timedelta(days=60)))
    with pytest.raises(Conflict, match="withdraw the notice"):
        suspend_for_breach(actor=later, breach_id=breach.pk)
    withdraw_breach(actor=later, breach_id=breach.pk, reason="The audit was reversed")
