"""An audit beside closes: no unit is billed twice, whatever is reported, closed or put right in between."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from licensing.agreements.models import Charge, Licence
from licensing.audits.models import Audit, AuditFinding
from licensing.audits.services import (
    answer_findings,
    confirm_audit_reversal,
    give_notice,
    hand_in_findings,
    open_access,
    propose_audit,
    propose_audit_reversal,
    record_finding,
    settle_audit,
    undertake_confidentiality,
    work_out_audit,
)
from licensing.reports.models import SalesReport
from licensing.reports.services import supersede_sales_report
from platform_core.problems import Conflict
from tests.factories.audits import add_auditor, confirmed_clause
from tests.factories.royalties import SmallWorld, make_small_world, month, upload_of
from tests.integration.audits.steps import at, handed_in, in_fieldwork, worked_out

pytestmark = pytest.mark.django_db(transaction=True)


def reported_anew(world: SmallWorld, sales: list[tuple[str, int]]) -> SalesReport:
    """Have L1 supersede its report of the first quarter of 2025."""
    earlier = SalesReport.objects.get(licence__code="L1", first_month=month("2025-01"), superseded_by=None)
    return supersede_sales_report(
        actor=world.acting("L1"),
        report_id=earlier.pk,
        upload=upload_of("L1", sales),
        reason="The second plant was left out",
    )


def worked_out_again(world: SmallWorld, audit: Audit) -> Audit:
    return work_out_audit(
        actor=world.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=800_000,
        interest_until_on=date(2025, 8, 28),
        charge_month=month("2026-01"),
    )


def test_what_a_correction_bills_while_the_auditor_looks_is_not_charged_once_more(closed: SmallWorld) -> None:
    audit = in_fieldwork(closed)
    reported_anew(closed, [("2025-02", 98_000)])
    closed.corrected("2025Q1")
    record_finding(
        actor=closed.acting("auditor"),
        audit_id=audit.pk,
        period="2025Q1",
        product="tv",
        found_units=100_000,
        found_minor=10_000_000,
        cause="Sales of the second plant were left out",
    )
    hand_in_findings(actor=closed.acting("auditor"), audit_id=audit.pk)
    answer_findings(actor=closed.acting("L1"), audit_id=audit.pk, accept=True)
    found = worked_out_again(closed, audit)
    assert (found.shortfall_minor, found.billed_minor, found.charged_minor) == (500_000, 300_000, 200_000)
    assert found.is_cost_shifted
    row = AuditFinding.objects.get(audit=audit)
    assert (row.reported_minor, row.billed_minor, row.billed_on) == (9_500_000, 9_800_000, date(2026, 2, 17))
    settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    assert str(Charge.objects.get(kind="audit_shortfall").amount) == "2000.000000"


def test_nothing_is_worked_out_while_a_report_waits_to_be_billed(closed: SmallWorld) -> None:
    audit = handed_in(closed)
    answer_findings(actor=closed.acting("L1"), audit_id=audit.pk, accept=True)
    reported_anew(closed, [("2025-02", 98_000)])
    with pytest.raises(Conflict, match="is not billed yet"):
        worked_out_again(closed, audit)
    audit.refresh_from_db()
    assert (audit.state, audit.charged_minor) == ("answered", None)
    closed.corrected("2025Q1")
    assert worked_out_again(closed, audit).charged_minor == 200_000


def test_a_close_between_working_out_and_settling_has_it_worked_out_again(closed: SmallWorld) -> None:
    audit = worked_out(closed)
    reported_anew(closed, [("2025-02", 100_000)])
    with pytest.raises(Conflict, match="is not billed yet"):
        settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    closed.corrected("2025Q1")
    with pytest.raises(Conflict, match="billed otherwise since"):
        settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    assert not Charge.objects.exists()
    assert worked_out_again(closed, audit).charged_minor == 0
    settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
    kinds = dict(Charge.objects.values_list("kind", "amount"))
    assert set(kinds) == {"audit_cost", "audit_interest"}


def test_months_whose_shortfall_was_charged_are_not_reported_anew_until_the_settlement_is_reversed(
    closed: SmallWorld,
) -> None:
    audit = settle_audit(actor=closed.acting("approver"), audit_id=worked_out(closed).pk)
    reports = SalesReport.objects.count()
    with pytest.raises(Conflict, match="Audit 1 of these months has charged what lacked"):
        reported_anew(closed, [("2025-02", 100_000)])
    assert SalesReport.objects.count() == reports
    closed.report("L1", [("2025-04", 1)], first="2025-04", last="2025-06")
    propose_audit_reversal(actor=closed.acting("approver"), audit_id=audit.pk, reason="Reported by itself")
    with pytest.raises(Conflict, match="have two people of finance reverse its settlement"):
        reported_anew(closed, [("2025-02", 100_000)])
    confirm_audit_reversal(actor=closed.acting("calculator"), audit_id=audit.pk)
    assert reported_anew(closed, [("2025-02", 100_000)]).supersedes_id is not None


def test_only_months_that_were_closed_are_audited_and_whole_periods_of_closes(closed: SmallWorld) -> None:
    def refused(first: str, last: str) -> str:
        with pytest.raises(Conflict) as caught:
            propose_audit(
                actor=closed.acting("calculator"),
                licence_id=closed.licences["L1"].pk,
                first_month=month(first),
                last_month=month(last),
                auditor_seat_id=closed.seats["auditor"].pk,
                reason="Yearly",
            )
        return caught.value.detail

    assert refused("2025-01", "2025-04").startswith("2025-04 is not closed yet")
    assert refused("2025-02", "2025-03") == "Months of this were closed together as 2025Q1: audit all of its months."
    assert not Audit.objects.exists()


def test_what_was_reported_stays_and_what_is_billed_is_written_once_it_is_worked_out(closed: SmallWorld) -> None:
    audit = handed_in(closed)
    with pytest.raises(IntegrityError, match="what was reported never does"), transaction.atomic():
        AuditFinding.objects.filter(audit=audit).update(billed_minor=1)
    answer_findings(actor=closed.acting("L1"), audit_id=audit.pk, accept=True)
    worked_out_again(closed, audit)
    for change in ({"found_minor": 1}, {"reported_minor": 1}, {"cause": "another"}):
        with pytest.raises(IntegrityError, match="what was reported never does"), transaction.atomic():
            AuditFinding.objects.filter(audit=audit).update(**change)


MINIMUM = """
[programme]
basis = "accrued"
[[rates]]
id = "set"
per_unit = "1"
[[minimums]]
id = "year"
per_year = "100000"
licences = ["L1"]
[allocation]
by = "points"
points = {M1 = "5", M2 = "3", M3 = "2"}
"""


@pytest.fixture
def with_minimum(transactional_db: None, files_of_their_own: None, engine_in_this_process: None) -> SmallWorld:
    """L1 sold 95,000 sets in February 2025, and owes 100,000 yuan for the year at least; the year is closed."""
    world = make_small_world("min", document=MINIMUM)
    world.report("L1", [("2025-02", 95_000)], first="2025-01", last="2025-12")
    world.report("L2", [("2025-01", 5_000)], first="2025-01", last="2025-12")
    confirmed_clause(world, "L1")
    add_auditor(world)
    return world


def found_of_first_quarter(world: SmallWorld, units: int) -> Audit:
    """Audit the first quarter of 2025 up to the licensee's answer."""
    audit = propose_audit(
        actor=world.acting("calculator"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-01"),
        last_month=month("2025-03"),
        auditor_seat_id=world.seats["auditor"].pk,
        reason="Yearly",
    )
    give_notice(actor=world.acting("approver"), audit_id=audit.pk)
    undertake_confidentiality(actor=world.acting("auditor"), audit_id=audit.pk)
    at(world, date(2026, 2, 17))
    open_access(actor=world.acting("calculator"), audit_id=audit.pk, access_ends_on=date(2026, 4, 1))
    record_finding(
        actor=world.acting("auditor"),
        audit_id=audit.pk,
        period="2025Q1",
        product="tv",
        found_units=units,
        found_minor=units * 100,
        cause="Sales of the second plant were left out",
    )
    hand_in_findings(actor=world.acting("auditor"), audit_id=audit.pk)
    return answer_findings(actor=world.acting("L1"), audit_id=audit.pk, accept=True)


@pytest.mark.parametrize(
    ("units", "covered", "charged"), [(98_000, 300_000, 0), (100_000, 500_000, 0), (103_000, 500_000, 300_000)]
)
def test_sales_that_the_minimum_of_the_year_has_paid_are_not_charged_again(
    with_minimum: SmallWorld, units: int, covered: int, charged: int
) -> None:
    for quarter in ("2025Q1", "2025Q2", "2025Q3", "2025Q4"):
        run = with_minimum.closed(quarter)
    assert run.licence_results.get(licence__code="L1").royalty_minor == 500_000
    audit = found_of_first_quarter(with_minimum, units)
    shown = AuditFinding.objects.filter(audit=audit).values_list("period", "product", "reported_minor")
    assert list(shown) == [("2025Q1", "tv", 9_500_000), ("2025Q4", "~minimum:year", 500_000)]
    found = worked_out_again(with_minimum, audit)
    assert (found.minimum_minor, found.shortfall_minor, found.charged_minor) == (covered, charged, charged)
    assert found.paid_minor == 9_500_000 + covered


def test_a_year_whose_minimum_is_still_to_be_billed_is_not_worked_out(with_minimum: SmallWorld) -> None:
    with_minimum.closed("2025Q1")
    audit = found_of_first_quarter(with_minimum, 100_000)
    with pytest.raises(Conflict, match="The minimum of 2025 is not billed yet"):
        worked_out_again(with_minimum, audit)
    for quarter in ("2025Q2", "2025Q3", "2025Q4"):
        with_minimum.closed(quarter)
    found = work_out_audit(
        actor=with_minimum.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=0,
        interest_until_on=date(2026, 2, 17),
        charge_month=month("2026-01"),
    )
    assert (found.minimum_minor, found.charged_minor) == (500_000, 0)


SHARED = MINIMUM.replace('licences = ["L1"]\n', "")


@pytest.fixture
def of_a_group(transactional_db: None, files_of_their_own: None, engine_in_this_process: None) -> SmallWorld:
    """L1 sold 95,000 sets and L2, of the same group, 3,000; together they owe 100,000 yuan for the year at least."""
    world = make_small_world("grp", document=SHARED)
    for name, units in (("L1", 95_000), ("L2", 3_000)):
        Licence.objects.filter(pk=world.licences[name].pk).update(enterprise="one group")
        world.report(name, [("2025-02", units)], first="2025-01", last="2025-12")
        confirmed_clause(world, name)
    Licence.objects.filter(pk=world.licences["L3"].pk).update(starts_on=date(2026, 1, 1))
    add_auditor(world)
    for quarter in ("2025Q1", "2025Q2", "2025Q3", "2025Q4"):
        world.closed(quarter)
    return world


def found_by_audit(world: SmallWorld, licence: str, units: int, quarter: str = "2025Q1") -> Audit:
    """Audit a quarter of 2025 of a licence up to what it comes to."""
    first = int(quarter[-1]) * 3 - 2
    audit = propose_audit(
        actor=world.acting("calculator"),
        licence_id=world.licences[licence].pk,
        first_month=date(2025, first, 1),
        last_month=date(2025, first + 2, 1),
        auditor_seat_id=world.seats["auditor"].pk,
        reason="Yearly",
    )
    give_notice(actor=world.acting("approver"), audit_id=audit.pk)
    undertake_confidentiality(actor=world.acting("auditor"), audit_id=audit.pk)
    day = world.clock.now().date() + timedelta(days=16)
    at(world, day)
    open_access(actor=world.acting("calculator"), audit_id=audit.pk, access_ends_on=day + timedelta(days=60))
    record_finding(
        actor=world.acting("auditor"),
        audit_id=audit.pk,
        period=quarter,
        product="tv",
        found_units=units,
        found_minor=units * 100,
        cause="Sales of the second plant were left out",
    )
    hand_in_findings(actor=world.acting("auditor"), audit_id=audit.pk)
    answer_findings(actor=world.acting(licence), audit_id=audit.pk, accept=True)
    return work_out_audit(
        actor=world.acting("calculator"),
        audit_id=audit.pk,
        cost_minor=0,
        interest_until_on=date(2026, 2, 17),
        charge_month=month("2026-01"),
    )


def test_the_minimum_of_a_group_is_taken_off_once_in_the_audits_of_its_licences(of_a_group: SmallWorld) -> None:
    """2,000 yuan were billed beyond sales. L1 left out 1,000 sets, L2 3,000: of 102,000 sold 100,000 are paid."""
    world = of_a_group
    first = found_by_audit(world, "L1", 96_000)
    assert (first.minimum_minor, first.shortfall_minor, first.charged_minor) == (100_000, 0, 0)
    second = found_by_audit(world, "L2", 6_000)
    # Before the first is settled, nothing of the minimum is used up.
    assert (second.minimum_minor, second.charged_minor) == (200_000, 100_000)
    settle_audit(actor=world.acting("approver"), audit_id=first.pk)
    with pytest.raises(Conflict, match="work it out again"):
        settle_audit(actor=world.acting("approver"), audit_id=second.pk)
    again = work_out_audit(
        actor=world.acting("calculator"),
        audit_id=second.pk,
        cost_minor=0,
        interest_until_on=date(2026, 2, 17),
        charge_month=month("2026-01"),
    )
    assert (again.minimum_minor, again.shortfall_minor, again.charged_minor) == (100_000, 200_000, 200_000)
    settle_audit(actor=world.acting("approver"), audit_id=again.pk)
    assert str(Charge.objects.get(kind="audit_shortfall").amount) == "2000.000000"


def test_the_minimum_of_a_year_is_taken_off_once_in_two_audits_of_one_licence(with_minimum: SmallWorld) -> None:
    """5,000 yuan were billed beyond sales; 3,000 sets were left out in each of two quarters."""
    for quarter in ("2025Q1", "2025Q2", "2025Q3", "2025Q4"):
        with_minimum.closed(quarter)
    first = found_by_audit(with_minimum, "L1", 98_000)
    settle_audit(actor=with_minimum.acting("approver"), audit_id=first.pk)
    at(with_minimum, date(2027, 3, 1))
    second = found_by_audit(with_minimum, "L1", 3_000, "2025Q2")
    assert (first.charged_minor, second.minimum_minor, second.charged_minor) == (0, 200_000, 100_000)
    propose_audit_reversal(actor=with_minimum.acting("approver"), audit_id=first.pk, reason="Another's plant")
    confirm_audit_reversal(actor=with_minimum.acting("calculator"), audit_id=first.pk)
    assert worked_out_again(with_minimum, second).charged_minor == 0
