"""What an audit takes two people, a period or the right clause for."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from licensing.agreements.models import Charge, Licence
from licensing.audits.calculation import Measure
from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit, AuditClause
from licensing.audits.selectors import clause_in_force
from licensing.audits.services import (
    answer_findings,
    cancel_audit,
    confirm_audit_clause,
    confirm_cancellation,
    extend_access,
    give_notice,
    hand_in_findings,
    open_access,
    record_audit_clause,
    refuse_cancellation,
    settle_audit,
    undertake_confidentiality,
    withdraw_audit_clause,
    work_out_audit,
)
from licensing.reports.models import SalesReport
from platform_core.access.grants.models import Grant
from platform_core.access.grants.services import assign_seat
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, WrongState
from tests.factories.audits import new_clause
from tests.factories.royalties import NOW, SmallWorld, month
from tests.integration.audits.steps import (
    ENDS_ON,
    answered,
    at,
    handed_in,
    in_fieldwork,
    noticed,
    proposed,
    worked_out,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_audit_that_notice_was_given_of_is_cancelled_by_two(closed: SmallWorld) -> None:
    audit = worked_out(closed)
    asked = cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="A favour")
    assert (asked.state, asked.cancelled_at) == (AuditState.CALCULATED, None)
    with pytest.raises(NotAllowed, match="ask a colleague"):
        confirm_cancellation(actor=closed.acting("calculator"), audit_id=audit.pk)
    with pytest.raises(Conflict, match="decide that first"):
        settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    with pytest.raises(WrongState, match="decide that first"):
        cancel_audit(actor=closed.acting("approver"), audit_id=audit.pk, reason="A favour")
    with pytest.raises(IntegrityError, match="cancelled_by_two"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(
            state=AuditState.CANCELLED, cancelled_at=NOW, cancelled_by=asked.cancel_asked_by_id
        )
    kept = refuse_cancellation(actor=closed.acting("approver"), audit_id=audit.pk)
    assert (kept.cancel_asked_at, kept.cancelled_reason) == (None, "")
    settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    assert Charge.objects.filter(kind="audit_shortfall").exists()


def test_a_second_person_cancels_and_the_charges_never_come(closed: SmallWorld) -> None:
    audit = worked_out(closed)
    with pytest.raises(WrongState, match="Nobody asked"):
        confirm_cancellation(actor=closed.acting("approver"), audit_id=audit.pk)
    cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="The licence was sold")
    ended = confirm_cancellation(actor=closed.acting("approver"), audit_id=audit.pk)
    assert (ended.state, ended.cancelled_reason) == (AuditState.CANCELLED, "The licence was sold")
    assert ended.cancelled_by_id != ended.cancel_asked_by_id
    assert not Charge.objects.exists()


def test_without_an_answer_nothing_is_worked_out_before_its_days_are_over(closed: SmallWorld) -> None:
    audit = handed_in(closed)
    assert audit.answer_until_on == date(2026, 3, 19)

    def work_out() -> Audit:
        return work_out_audit(
            actor=closed.acting("calculator"),
            audit_id=audit.pk,
            cost_minor=0,
            interest_until_on=date(2026, 2, 17),
            charge_month=month("2026-01"),
        )

    at(closed, date(2026, 3, 19))
    with pytest.raises(Conflict, match="may answer until 2026-03-19"):
        work_out()
    audit.refresh_from_db()
    assert (audit.state, audit.charged_minor) == (AuditState.REPORTED, None)
    at(closed, date(2026, 3, 20))
    assert work_out().charged_minor == 500_000


def test_an_answer_ends_the_wait(closed: SmallWorld) -> None:
    audit = answer_findings(actor=closed.acting("L1"), audit_id=handed_in(closed).pk, accept=False, answer="Not ours")
    found = work_out_audit(
        actor=closed.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=0,
        interest_until_on=date(2026, 2, 17),
        charge_month=month("2026-01"),
    )
    assert found.state == AuditState.CALCULATED


def test_access_that_lapsed_is_opened_until_another_day_and_the_findings_stay(closed: SmallWorld) -> None:
    audit = in_fieldwork(closed)
    at(closed, ENDS_ON)
    auditor = closed.acting("auditor")
    assert not Audit.objects.visible_to(auditor).exists()
    with pytest.raises(InvalidInput, match="later day than today"):
        extend_access(actor=closed.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON)
    longer = extend_access(
        actor=closed.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON + timedelta(days=14)
    )
    assert (longer.state, longer.access_ends_on) == (AuditState.FIELDWORK, date(2026, 4, 15))
    assert SalesReport.objects.visible_to(closed.acting("auditor")).count() == 1
    assert hand_in_findings(actor=closed.acting("auditor"), audit_id=audit.pk).state == AuditState.REPORTED
    with pytest.raises(WrongState):
        extend_access(actor=closed.acting("calculator"), audit_id=audit.pk, access_ends_on=date(2026, 5, 1))


def test_access_that_still_runs_is_made_longer_by_one_assignment(closed: SmallWorld) -> None:
    audit = in_fieldwork(closed)
    extend_access(actor=closed.acting("approver"), audit_id=audit.pk, access_ends_on=date(2026, 5, 1))
    running = Grant.objects.filter(seat=closed.seats["auditor"], ends_at__gt=closed.clock.now())
    assert [grant.pk for grant in running] == [Audit.objects.get().grant_id]


def test_an_auditor_assigned_by_hand_reads_nothing_without_an_audit_where_the_contract_has_a_clause(
    closed: SmallWorld,
) -> None:
    def reads() -> int:
        return SalesReport.objects.visible_to(closed.acting("auditor")).count()

    def assign(code: str) -> None:
        assign_seat(
            actor=closed.acting("approver"),
            subject_type=Licence._meta.label_lower,
            subject_id=closed.licences[code].pk,
            role=Role.AUDITOR,
            seat_id=closed.seats["auditor"].pk,
            reason="to look",
            ends_at=datetime.fromisoformat("2027-01-01T00:00:00+08:00"),
        )

    assign("L1")
    assert reads() == 0
    audit = noticed(closed)
    assert reads() == 0
    cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="again")
    confirm_cancellation(actor=closed.acting("approver"), audit_id=audit.pk)
    assert reads() == 0
    # A licence without a clause on record is read as it was assigned.
    assign("L2")
    assert set(SalesReport.objects.visible_to(closed.acting("auditor")).values_list("licence__code", flat=True)) == {
        "L2"
    }


def test_an_assignment_by_hand_opens_no_other_months_than_those_audited(closed: SmallWorld) -> None:
    assign_seat(
        actor=closed.acting("approver"),
        subject_type=Licence._meta.label_lower,
        subject_id=closed.licences["L1"].pk,
        role=Role.AUDITOR,
        seat_id=closed.seats["auditor"].pk,
        reason="to look",
        ends_at=datetime.fromisoformat("2027-01-01T00:00:00+08:00"),
    )
    audit = answered(closed)
    mine = SalesReport.objects.get(licence__code="L1", first_month=month("2025-01"))
    assert list(SalesReport.objects.visible_to(closed.acting("auditor"))) == [mine]
    work_out_audit(
        actor=closed.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=0,
        interest_until_on=date(2026, 2, 17),
        charge_month=month("2026-01"),
    )
    settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    assert not SalesReport.objects.visible_to(closed.acting("auditor")).exists()


def recorded(world: SmallWorld, who: str = "calculator", **changed: object) -> AuditClause:
    replaces, reason = changed.pop("replaces", None), str(changed.pop("reason", ""))
    assert replaces is None or isinstance(replaces, AuditClause)
    return record_audit_clause(
        actor=world.acting(who),
        licence_id=world.licences["L1"].pk,
        clause=new_clause(**changed),
        replaces=None if replaces is None else replaces.pk,
        reason=reason,
    )


def test_a_clause_recorded_wrongly_is_withdrawn_before_it_is_confirmed_and_its_day_is_free_again(
    closed: SmallWorld,
) -> None:
    wrong = recorded(closed, from_on=date(2025, 6, 1), notice_days=51)
    with pytest.raises(Conflict, match="waits to be confirmed"):
        recorded(closed, from_on=date(2025, 6, 1))
    withdrawn = withdraw_audit_clause(actor=closed.acting("calculator"), clause_id=wrong.pk, reason="A typing error")
    assert (withdrawn.withdrawn_reason, withdrawn.confirmed_at) == ("A typing error", None)
    with pytest.raises(WrongState, match="withdrawn"):
        confirm_audit_clause(actor=closed.acting("approver"), clause_id=wrong.pk)
    right = recorded(closed, from_on=date(2025, 6, 1))
    confirm_audit_clause(actor=closed.acting("approver"), clause_id=right.pk)
    assert clause_in_force(closed.licences["L1"], on=date(2025, 6, 1)) == right
    with pytest.raises(WrongState, match="confirmed already"):
        withdraw_audit_clause(actor=closed.acting("calculator"), clause_id=right.pk, reason="no")
    with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
        AuditClause.objects.filter(pk=wrong.pk).update(withdrawn_reason="another")


def test_a_confirmed_clause_is_replaced_by_another_once_that_is_confirmed(closed: SmallWorld) -> None:
    wrong = AuditClause.objects.get(licence__code="L1")
    with pytest.raises(Conflict, match="have yours take its place"):
        recorded(closed)
    with pytest.raises(InvalidInput):
        recorded(closed, replaces=wrong)
    right = recorded(closed, replaces=wrong, reason="The percentage is 10", threshold_percent=Decimal(10))
    assert clause_in_force(closed.licences["L1"], on=date(2026, 1, 1)) == wrong
    with pytest.raises(Conflict, match="confirm or withdraw it first"):
        recorded(closed, from_on=date(2024, 2, 1), replaces=wrong, reason="again")
    with pytest.raises(NotAllowed):
        confirm_audit_clause(actor=closed.acting("calculator"), clause_id=right.pk)
    confirm_audit_clause(actor=closed.acting("approver"), clause_id=right.pk)
    wrong.refresh_from_db()
    assert wrong.replaced_at is not None
    assert clause_in_force(closed.licences["L1"], on=date(2026, 1, 1)) == right
    with pytest.raises(InvalidInput, match="No confirmed clause"):
        recorded(closed, from_on=date(2024, 3, 1), replaces=wrong, reason="again")


def test_an_audit_under_way_goes_by_the_clause_as_it_was_put_right(closed: SmallWorld) -> None:
    audit = worked_out(closed)
    assert audit.is_cost_shifted
    wrong = AuditClause.objects.get(licence__code="L1")
    right = recorded(closed, replaces=wrong, reason="It is what is due", threshold_measure=Measure.DUE)
    confirm_audit_clause(actor=closed.acting("approver"), clause_id=right.pk)
    with pytest.raises(Conflict, match="was put right since"):
        settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    assert not Charge.objects.exists()
    again = work_out_audit(
        actor=closed.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=800_000,
        interest_until_on=date(2025, 8, 28),
        charge_month=month("2026-01"),
    )
    assert (again.clause_id, again.is_cost_shifted) == (right.pk, False)


def test_a_longer_notice_put_right_after_it_was_given_moves_the_day_of_access(closed: SmallWorld) -> None:
    audit = noticed(closed)
    wrong = AuditClause.objects.get(licence__code="L1")
    right = recorded(closed, replaces=wrong, reason="It is 45 days", notice_days=45)
    confirm_audit_clause(actor=closed.acting("approver"), clause_id=right.pk)
    undertake_confidentiality(actor=closed.acting("auditor"), audit_id=audit.pk)
    at(closed, date(2026, 2, 17))
    with pytest.raises(Conflict, match="notice runs until 2026-03-19"):
        open_access(actor=closed.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON)
    at(closed, date(2026, 3, 19))
    opened = open_access(actor=closed.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON)
    assert (opened.access_from_on, opened.clause_id) == (date(2026, 3, 19), right.pk)


def test_an_audit_that_was_cancelled_after_the_auditor_was_let_in_counts_for_the_months_between(
    closed: SmallWorld,
) -> None:
    audit = in_fieldwork(closed)
    cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="another auditor")
    confirm_cancellation(actor=closed.acting("approver"), audit_id=audit.pk)
    again = proposed(closed)
    with pytest.raises(Conflict, match="next notice from 2027-02-02"):
        give_notice(actor=closed.acting("approver"), audit_id=again.pk)


def test_an_audit_that_was_cancelled_before_anybody_was_let_in_does_not(closed: SmallWorld) -> None:
    audit = noticed(closed)
    cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="another auditor")
    confirm_cancellation(actor=closed.acting("approver"), audit_id=audit.pk)
    assert give_notice(actor=closed.acting("approver"), audit_id=proposed(closed).pk).state == AuditState.NOTICED


def test_the_database_holds_that_no_month_is_audited_twice(closed: SmallWorld) -> None:
    audit = noticed(closed)
    with pytest.raises(IntegrityError, match="each_month_once"), transaction.atomic():
        Audit.objects.create(
            licence=audit.licence,
            clause=audit.clause,
            number=9,
            first_month=month("2025-03"),
            last_month=month("2025-04"),
            reason="Yearly",
            auditor=audit.auditor,
            state=AuditState.SETTLED,
            settled_at=NOW,
            currency="CNY",
            proposed_at=NOW,
            cost_minor=0,
            paid_minor=0,
            due_minor=0,
            shortfall_minor=0,
            minimum_minor=0,
            billed_minor=0,
            charged_minor=0,
            interest_minor=0,
            is_cost_shifted=False,
            charge_month=month("2026-01"),
            interest_until_on=NOW.date(),
        )
