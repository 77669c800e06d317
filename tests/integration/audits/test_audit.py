"""An audit from its proposal to its charges: who may what, when, and what it comes to."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from licensing.agreements.models import Charge
from licensing.audits.calculation import Measure, Reaches
from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit, AuditClause
from licensing.audits.selectors import allowed_steps, get_audit, shortfall_percent
from licensing.audits.services import (
    answer_findings,
    cancel_audit,
    confirm_audit_clause,
    confirm_cancellation,
    give_notice,
    hand_in_findings,
    open_access,
    record_audit_clause,
    send_back_audit,
    settle_audit,
    undertake_confidentiality,
    work_out_audit,
)
from licensing.reports.models import ReportAuthority, SalesReport
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import RoleAssignment, Seat
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.audits import confirmed_clause, new_clause
from tests.factories.royalties import NOW, SmallWorld, make_person, month
from tests.integration.audits.steps import (
    ENDS_ON,
    answered,
    at,
    handed_in,
    in_fieldwork,
    noticed,
    proposed,
    settle_everything,
    worked_out,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_proposal_to_charges_of_the_next_close(closed: SmallWorld) -> None:
    audit = worked_out(closed)
    assert (audit.paid_minor, audit.due_minor, audit.shortfall_minor) == (9_500_000, 10_000_000, 500_000)
    # 5,000.00 for the 90 days from 30 May, at 10 % of 365 days.
    assert (audit.interest_minor, audit.is_cost_shifted) == (12_329, True)
    assert shortfall_percent(audit) == "5.2632"

    settled = settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)

    assert settled.state == AuditState.SETTLED
    charges = Charge.objects.order_by("kind").values_list("kind", "amount", "month", "currency", "note")
    assert list(charges) == [
        ("audit_cost", Decimal("8000.00"), month("2026-01"), "CNY", "L1 #1"),
        ("audit_interest", Decimal("123.29"), month("2026-01"), "CNY", "L1 #1"),
        ("audit_shortfall", Decimal("5000.00"), month("2026-01"), "CNY", "L1 #1"),
    ]
    closed.report("L1", [("2026-01", 7)], first="2026-01", last="2026-01")
    run = closed.closed("2026-01")
    assert run.licence_results.get(licence__code="L1").due_minor == 1_312_329 + 700
    names = AuditEvent.objects.filter(name__startswith="licensee_audit").order_by("pk").values_list("name", flat=True)
    assert [name.removeprefix("licensee_audit.") for name in names] == [
        "proposed",
        "noticed",
        "confidentiality_promised",
        "access_opened",
        "finding_recorded",
        "findings_delivered",
        "answered",
        "calculated",
        "settled",
    ]


def test_the_same_shortfall_shifts_no_cost_under_the_other_clause(closed: SmallWorld) -> None:
    confirmed_clause(closed, "L1", from_on=date(2025, 1, 1), threshold_measure=Measure.DUE)
    audit = settle_audit(actor=closed.acting("approver"), audit_id=worked_out(closed).pk)
    assert (audit.is_cost_shifted, shortfall_percent(audit), audit.cost_charge) == (False, "5.0000", None)
    assert not Charge.objects.filter(kind="audit_cost").exists()


def test_five_percent_of_what_is_due_shifts_it_where_as_much_is_enough(closed: SmallWorld) -> None:
    confirmed_clause(
        closed,
        "L1",
        from_on=date(2025, 1, 1),
        threshold_measure=Measure.DUE,
        threshold_reaches=Reaches.AT_LEAST,
    )
    assert worked_out(closed).is_cost_shifted


def test_two_people_record_a_clause_give_notice_and_settle(closed: SmallWorld) -> None:
    clause = record_audit_clause(
        actor=closed.acting("calculator"), licence_id=closed.licences["L2"].pk, clause=new_clause()
    )
    with pytest.raises(NotAllowed, match="ask a colleague"):
        confirm_audit_clause(actor=closed.acting("calculator"), clause_id=clause.pk)
    with pytest.raises(Conflict, match="not confirmed"):
        proposed(closed, licence_id=closed.licences["L2"].pk)
    with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
        AuditClause.objects.filter(pk=clause.pk).update(confirmed_at=NOW, confirmed_by=clause.recorded_by_id)

    audit = proposed(closed)
    with pytest.raises(NotAllowed, match="ask a colleague"):
        give_notice(actor=closed.acting("calculator"), audit_id=audit.pk)
    audit.refresh_from_db()
    assert (audit.state, audit.noticed_on) == (AuditState.PROPOSED, None)
    cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="again")
    audit = worked_out(closed)
    with pytest.raises(NotAllowed, match="ask a colleague"):
        settle_audit(actor=closed.acting("calculator"), audit_id=audit.pk)
    with pytest.raises(IntegrityError, match="settled_by_another"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(settled_by=audit.calculated_by_id)
    assert not Charge.objects.exists()


def test_a_proposal_is_finances_own_until_the_notice(closed: SmallWorld) -> None:
    audit = proposed(closed)
    for who in ("L1", "L2", "auditor", "secretariat", "M1"):
        with pytest.raises(NotFound):
            get_audit(audit.pk, actor=closed.acting(who))
    give_notice(actor=closed.acting("approver"), audit_id=audit.pk)
    seen = [who for who in closed.seats if Audit.objects.visible_to(closed.acting(who)).exists()]
    assert seen == ["calculator", "approver", "L1", "auditor"]


def test_no_audit_looks_back_further_or_comes_sooner_than_the_contract_lets_it(closed: SmallWorld) -> None:
    with pytest.raises(InvalidInput) as caught:
        proposed(closed, first_month=month("2023-02"))
    assert [error.code for error in caught.value.errors] == ["too_old", "outside_licence"]
    with pytest.raises(InvalidInput) as caught:
        proposed(closed, last_month=month("2026-02"))
    assert [error.code for error in caught.value.errors] == ["not_over"]
    audit = noticed(closed)
    with pytest.raises(Conflict, match="under way already"):
        proposed(closed)
    settle_everything(closed, audit)
    at(closed, date(2027, 1, 31))
    with pytest.raises(Conflict, match="audited already, by audit 1 of 2025-01 – 2025-03"):
        proposed(closed)
    closed.report("L1", [("2025-04", 1)], first="2025-04", last="2025-06")
    closed.closed("2025Q2")
    audit = proposed(closed, first_month=month("2025-04"), last_month=month("2025-06"))
    with pytest.raises(Conflict, match="next notice from 2027-02-02"):
        give_notice(actor=closed.acting("approver"), audit_id=audit.pk)
    at(closed, date(2027, 2, 2))
    give_notice(actor=closed.acting("approver"), audit_id=audit.pk)


def test_an_answer_takes_a_recorded_authority_and_a_disputed_one_says_what_is_wrong(closed: SmallWorld) -> None:
    audit = handed_in(closed)
    with pytest.raises(InvalidInput):
        answer_findings(actor=closed.acting("L1"), audit_id=audit.pk, accept=False)
    ReportAuthority.objects.filter(licence__code="L1").update(ends_on=date(2026, 1, 1))
    with pytest.raises(NotAllowed, match="no recorded authority"):
        answer_findings(actor=closed.acting("L1"), audit_id=audit.pk, accept=True)
    with pytest.raises(NotFound):
        answer_findings(actor=closed.acting("L2"), audit_id=audit.pk, accept=True)
    audit.refresh_from_db()
    assert (audit.state, audit.is_accepted) == (AuditState.REPORTED, None)


def test_what_was_worked_out_is_dropped_when_findings_go_back(closed: SmallWorld) -> None:
    audit = worked_out(closed)
    sent = send_back_audit(
        actor=closed.acting("approver"), audit_id=audit.pk, reason="Look again", access_ends_on=ENDS_ON
    )
    assert (sent.state, sent.shortfall_minor, sent.calculated_by, sent.answer) == (AuditState.FIELDWORK, None, None, "")
    with pytest.raises(WrongState):
        settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)


def test_no_charge_goes_into_a_month_that_is_closed(closed: SmallWorld) -> None:
    with pytest.raises(InvalidInput, match="2025-03 is closed already"):
        worked_out(closed, charge_month=month("2025-03"))
    audit = Audit.objects.get(number=1)
    work_out_audit(
        actor=closed.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=0,
        interest_until_on=date(2026, 2, 17),
        charge_month=month("2025-04"),
    )
    closed.report("L1", [("2025-04", 1)], first="2025-04", last="2025-06")
    closed.closed("2025Q2")
    with pytest.raises(InvalidInput, match="2025-04 is closed already"):
        settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    assert not Charge.objects.exists()


def test_interest_runs_to_today_and_a_charge_goes_into_a_close_that_comes_soon(closed: SmallWorld) -> None:
    def refused(audit: Audit, **changed: Any) -> list[tuple[str, str]]:
        given: dict[str, Any] = {"interest_until_on": date(2026, 2, 17), "charge_month": month("2026-01"), **changed}
        with pytest.raises(InvalidInput) as caught:
            work_out_audit(actor=closed.acting("calculator"), audit_id=audit.pk, cost_minor=0, **given)
        return [(error.pointer, error.code) for error in caught.value.errors]

    audit = answered(closed)
    for day in (date(2026, 2, 18), date(2099, 1, 1), date(9999, 12, 31)):
        assert refused(audit, interest_until_on=day) == [("/interest_until_on", "not_yet")]
    for early in ("2024-12", "2025-03"):
        assert refused(audit, charge_month=month(early)) == [("/charge_month", "closed")]
    for far in ("2026-03", "2030-01"):
        assert refused(audit, charge_month=month(far)) == [("/charge_month", "too_late")]
    audit.refresh_from_db()
    assert (audit.state, audit.interest_minor, audit.charge_month) == (AuditState.ANSWERED, None, None)
    at(closed, date(2026, 4, 2))
    closed.closed("2026Q1")
    assert refused(audit, charge_month=month("2026-07")) == [("/charge_month", "too_late")]
    work_out_audit(
        actor=closed.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=0,
        interest_until_on=date(2026, 2, 17),
        charge_month=month("2026-06"),
    )


def test_nobody_decides_on_what_they_audited_themselves(closed: SmallWorld) -> None:
    entity = closed.entity
    seat = make_person(entity.organisation, "both", Role.FINANCE, entity=entity, purpose=Purpose.ROYALTIES)
    closed.seats["both"] = seat

    def refused(step: Callable[..., Audit], audit: Audit, **given: Any) -> None:
        before = Audit.objects.values().get(pk=audit.pk)
        with pytest.raises(NotAllowed, match="You are the auditor"):
            step(actor=closed.acting("both"), audit_id=audit.pk, **given)
        assert Audit.objects.values().get(pk=audit.pk) == before

    # The same person has a seat as an outside auditor as well.
    began = seat.created_at
    firm = closed.seats["auditor"].organisation
    closed.seats["auditor"] = Seat.objects.create(user=seat.user, organisation=firm, created_at=began)
    RoleAssignment.objects.create(seat=closed.seats["auditor"], role=Role.AUDITOR, starts_at=began)
    outcome: dict[str, Any] = {
        "cost_minor": 0,
        "interest_until_on": date(2026, 2, 17),
        "charge_month": month("2026-01"),
    }
    proposal = proposed(closed)
    refused(give_notice, proposal)
    cancel_audit(actor=closed.acting("calculator"), audit_id=proposal.pk, reason="again")
    audit = answered(closed)
    refused(send_back_audit, audit, reason="Look again", access_ends_on=ENDS_ON)
    refused(work_out_audit, audit, **outcome)
    work_out_audit(actor=closed.acting("calculator"), audit_id=audit.pk, **outcome)
    refused(settle_audit, audit)
    assert allowed_steps(get_audit(audit.pk, actor=closed.acting("both")), actor=closed.acting("both")) == ["cancel"]
    assert not Charge.objects.exists()


def test_interest_of_a_clause_is_below_all_of_it(closed: SmallWorld) -> None:
    def recorded(percent: str) -> AuditClause:
        clause = new_clause(interest_percent=Decimal(percent))
        return record_audit_clause(
            actor=closed.acting("calculator"), licence_id=closed.licences["L2"].pk, clause=clause
        )

    with pytest.raises(InvalidInput, match="below 100") as caught:
        recorded("100")
    assert [error.pointer for error in caught.value.errors] == ["/interest_percent"]
    assert recorded("99.999999").interest_percent == Decimal("99.999999")


def test_access_ends_with_the_settlement_and_with_a_cancellation_and_what_ended_stays(closed: SmallWorld) -> None:
    audit = in_fieldwork(closed)
    cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="The licence was sold")
    assert SalesReport.objects.visible_to(closed.acting("auditor")).exists()
    confirm_cancellation(actor=closed.acting("approver"), audit_id=audit.pk)
    assert not SalesReport.objects.visible_to(closed.acting("auditor")).exists()
    assert not Audit.objects.visible_to(closed.acting("auditor")).exists()
    with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(reason="another")
    with pytest.raises(WrongState):
        cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="again")


def test_each_is_told_the_steps_that_are_its_own(closed: SmallWorld) -> None:
    def steps(audit: Audit) -> dict[str, list[str]]:
        told = {}
        for who in ("calculator", "approver", "L1", "auditor"):
            if Audit.objects.visible_to(closed.acting(who)).filter(pk=audit.pk).exists():
                actor = closed.acting(who)
                told[who] = allowed_steps(get_audit(audit.pk, actor=actor), actor=actor)
        return told

    audit = proposed(closed)
    assert steps(audit) == {"calculator": ["cancel"], "approver": ["give notice", "cancel"]}
    give_notice(actor=closed.acting("approver"), audit_id=audit.pk)
    assert steps(audit) == {"calculator": ["cancel"], "approver": ["cancel"], "L1": [], "auditor": ["undertake"]}
    undertake_confidentiality(actor=closed.acting("auditor"), audit_id=audit.pk)
    at(closed, date(2026, 2, 17))
    open_access(actor=closed.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON)
    assert steps(audit)["auditor"] == ["hand in", "record finding"]
    assert steps(audit)["approver"] == ["extend access", "cancel"]
    hand_in_findings(actor=closed.acting("auditor"), audit_id=audit.pk)
    assert steps(audit) == {
        "calculator": ["send back", "cancel"],
        "approver": ["send back", "cancel"],
        "L1": ["answer"],
        "auditor": [],
    }
    at(closed, date(2026, 3, 20))
    assert steps(audit)["approver"] == ["send back", "work out", "cancel"]
    cancel_audit(actor=closed.acting("calculator"), audit_id=audit.pk, reason="The licence was sold")
    assert steps(audit)["calculator"] == ["send back", "work out"]
    assert steps(audit)["approver"] == ["send back", "work out", "confirm cancellation", "refuse cancellation"]
