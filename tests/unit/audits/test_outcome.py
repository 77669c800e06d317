"""What an audit comes to: the worked cases of practice, to the cent."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.agreements.interest import InterestKind, InterestTerms, late_interest
from licensing.audits.calculation import (
    Measure,
    Minimum,
    Reaches,
    Row,
    Threshold,
    months_after,
    outcome,
    ratio,
    shifts_cost,
)
from licensing.audits.lifecycle import AUDIT_LIFECYCLE, AuditState
from platform_core.problems import WrongState

UNTIL = date(2026, 1, 1)


def row(reported: int, found: int, days: int, *, billed: int | None = None, billed_days: int = 0) -> Row:
    """Say what was reported and found, since how many days it is due, and what closes billed so many days ago."""
    on = None if billed is None else UNTIL - timedelta(days=billed_days)
    return Row(UNTIL - timedelta(days=days), 2025, reported, found, reported if billed is None else billed, on)


def clause(percent: str, reaches: Reaches, measure: Measure) -> Threshold:
    return Threshold(Fraction(Decimal(percent)), reaches, measure)


T61 = [
    ("5", Reaches.MORE_THAN, Measure.PAID, True),
    ("5", Reaches.AT_LEAST, Measure.DUE, True),
    ("5", Reaches.MORE_THAN, Measure.DUE, False),
    ("5", Reaches.AT_LEAST, Measure.PAID, True),
    ("5.263157", Reaches.MORE_THAN, Measure.PAID, True),
    ("5.263158", Reaches.AT_LEAST, Measure.PAID, False),
]


@pytest.mark.parametrize(("percent", "reaches", "measure", "shifts"), T61)
def test_95_000_reported_of_100_000_shifts_the_cost_by_one_clause_and_not_by_the_other(
    percent: str, reaches: Reaches, measure: Measure, shifts: bool
) -> None:
    found = outcome(
        [row(9_500_000, 10_000_000, 90)],
        until=UNTIL,
        interest=None,
        threshold=clause(percent, reaches, measure),
        nets=True,
    )
    assert (found.paid_minor, found.due_minor, found.shortfall_minor) == (9_500_000, 10_000_000, 500_000)
    assert found.is_cost_shifted is shifts
    assert found.total_minor(80_000) == (580_000 if shifts else 500_000)


def test_the_shortfall_is_5_2632_percent_of_what_was_paid_and_5_of_what_is_due() -> None:
    of_paid = ratio(500_000, paid=9_500_000, due=10_000_000, measure=Measure.PAID)
    assert of_paid is not None
    assert round(Decimal(of_paid.numerator) / of_paid.denominator, 4) == Decimal("5.2632")
    assert ratio(500_000, paid=9_500_000, due=10_000_000, measure=Measure.DUE) == 5


@pytest.mark.parametrize(
    ("kind", "percent", "interest"),
    [
        (InterestKind.YEARLY, "10", 246_575),
        (InterestKind.DAILY, "0.05", 450_000),
        (InterestKind.MONTHLY, "2", 600_000),
        (InterestKind.MONTHLY_COMPOUND, "2", 612_080),
    ],
)
def test_interest_on_100_000_that_lacked_for_90_days(kind: InterestKind, percent: str, interest: int) -> None:
    found = outcome(
        [row(0, 10_000_000, 90)],
        until=UNTIL,
        interest=InterestTerms(kind, Fraction(Decimal(percent)), 365),
        threshold=clause("5", Reaches.MORE_THAN, Measure.PAID),
        nets=True,
    )
    assert found.interest_minor == interest


def test_too_much_in_one_period_is_taken_off_or_not_as_the_clause_says_and_the_oldest_bears_interest() -> None:
    rows = [row(100_000, 130_000, 365), row(100_000, 120_000, 73), row(100_000, 70_000, 0)]
    interest = InterestTerms(InterestKind.YEARLY, Fraction(10), 365)
    threshold = clause("5", Reaches.MORE_THAN, Measure.PAID)
    netted = outcome(rows, until=UNTIL, interest=interest, threshold=threshold, nets=True)
    assert (netted.shortfall_minor, netted.interest_minor) == (20_000, 2_000)
    each = outcome(rows, until=UNTIL, interest=interest, threshold=threshold, nets=False)
    assert (each.shortfall_minor, each.interest_minor) == (50_000, 3_400)


def test_too_much_as_a_whole_is_no_shortfall_and_costs_the_licensee_nothing() -> None:
    found = outcome(
        [row(100, 90, 400)],
        until=UNTIL,
        interest=InterestTerms(InterestKind.DAILY, Fraction(1), 365),
        threshold=clause("0", Reaches.AT_LEAST, Measure.DUE),
        nets=True,
    )
    assert (found.shortfall_minor, found.interest_minor, found.is_cost_shifted) == (0, 0, False)


INTEREST = InterestTerms(InterestKind.YEARLY, Fraction(10), 365)
OVER_5 = clause("5", Reaches.MORE_THAN, Measure.PAID)


def test_what_a_close_billed_since_is_not_charged_again_and_bears_interest_until_then() -> None:
    """1,000.00 lacked; 400.00 of it were billed by a close 146 days after they were due, the rest lacks 365 days."""
    late = row(900_000, 1_000_000, 365, billed=940_000, billed_days=365 - 146)
    found = outcome([late], until=UNTIL, interest=INTEREST, threshold=OVER_5, nets=True)
    assert (found.shortfall_minor, found.billed_minor, found.charged_minor) == (100_000, 40_000, 60_000)
    assert found.interest_minor == 1_600 + 6_000
    assert found.is_cost_shifted, "nobody escapes the cost by reporting once the auditor is there"


def test_what_a_later_report_took_back_is_charged_up_to_what_was_found() -> None:
    less = row(900_000, 1_000_000, 365, billed=850_000)
    found = outcome([less], until=UNTIL, interest=INTEREST, threshold=OVER_5, nets=True)
    assert (found.shortfall_minor, found.billed_minor, found.charged_minor) == (100_000, 0, 150_000)
    assert found.interest_minor == 10_000


@pytest.mark.parametrize(
    ("least", "covered", "charged", "interest"),
    [(0, 0, 100_000, 10_000), (30_000, 30_000, 70_000, 600 + 7_000), (400_000, 100_000, 0, 2_000)],
)
def test_a_minimum_of_the_year_has_paid_what_was_left_out_and_it_bears_interest_until_then(
    least: int, covered: int, charged: int, interest: int
) -> None:
    """The minimum was due 73 days after the sales, which are 365 days late."""
    minimum = Minimum(2025, UNTIL - timedelta(days=365 - 73), least, least)
    found = outcome(
        [row(900_000, 1_000_000, 365)],
        until=UNTIL,
        interest=INTEREST,
        threshold=OVER_5,
        nets=True,
        minimums=[minimum],
    )
    assert (found.paid_minor, found.due_minor) == (900_000 + covered, 1_000_000)
    assert (found.minimum_minor, found.shortfall_minor) == (covered, 100_000 - covered)
    assert (found.charged_minor, found.interest_minor) == (charged, interest)


def test_a_minimum_pays_for_sales_of_its_own_year_alone() -> None:
    minimum = Minimum(2024, UNTIL - timedelta(days=700), 500_000, 500_000)
    rows = [row(900_000, 1_000_000, 365)]
    found = outcome(rows, until=UNTIL, interest=None, threshold=OVER_5, nets=True, minimums=[minimum])
    assert (found.minimum_minor, found.charged_minor) == (0, 100_000)


def test_a_report_that_moves_the_minimum_to_sales_changes_nothing_of_what_was_found() -> None:
    """10,000 below its minimum; the licensee then reports the 10,000 itself, so that the minimum asks for no more."""
    minimum = Minimum(2025, UNTIL - timedelta(days=292), 100_000, 0)
    moved = row(900_000, 1_000_000, 365, billed=1_000_000, billed_days=10)
    found = outcome([moved], until=UNTIL, interest=INTEREST, threshold=OVER_5, nets=True, minimums=[minimum])
    assert (found.shortfall_minor, found.charged_minor, found.interest_minor) == (0, 0, 2_000)
    assert not found.is_cost_shifted


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 2, 2), 12, date(2027, 2, 2)),
        (date(2026, 1, 31), 1, date(2026, 3, 1)),
        (date(2026, 10, 31), 1, date(2026, 12, 1)),
        (date(2026, 12, 31), 2, date(2027, 3, 1)),
        (date(2028, 2, 29), 12, date(2029, 3, 1)),
        (date(2027, 10, 30), 4, date(2028, 3, 1)),
        (date(2026, 8, 31), 0, date(2026, 8, 31)),
    ],
)
def test_months_after_a_day_that_a_month_lacks_end_with_that_month(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


def test_where_nothing_was_paid_any_shortfall_is_above_every_part_of_it() -> None:
    assert shifts_cost(1, paid=0, due=1, threshold=clause("100", Reaches.MORE_THAN, Measure.PAID))
    assert not shifts_cost(1, paid=0, due=1, threshold=clause("100", Reaches.MORE_THAN, Measure.DUE))
    assert ratio(1, paid=0, due=1, measure=Measure.PAID) is None


amounts = st.integers(0, 10**9)
days_of_audits = st.sampled_from([UNTIL - timedelta(days=days) for days in (-400, -1, 0, 1, 30, 365, 1000, 4000)])
rows_of_audits = st.lists(
    st.builds(Row, days_of_audits, st.integers(2023, 2025), amounts, amounts, amounts, days_of_audits), max_size=6
)
minimums_of_audits = st.lists(st.builds(Minimum, st.integers(2023, 2025), st.just(UNTIL), amounts, amounts), max_size=2)


@given(rows=rows_of_audits, minimums=minimums_of_audits, percent=st.integers(0, 100), nets=st.booleans())
def test_an_outcome_never_charges_more_than_what_lacks_and_interest_on_no_more(
    rows: list[Row], minimums: list[Minimum], percent: int, nets: bool
) -> None:
    threshold = Threshold(Fraction(percent), Reaches.AT_LEAST, Measure.DUE)
    found = outcome(rows, until=UNTIL, interest=INTEREST, threshold=threshold, nets=nets, minimums=minimums)
    lacking = sum(max(0, row.difference_minor) for row in rows)
    assert found.due_minor - found.paid_minor <= found.shortfall_minor <= lacking
    assert 0 <= found.interest_minor <= late_interest(lacking, days=4000, terms=INTEREST) + 3 * len(rows)
    assert 0 <= found.charged_minor <= sum(max(0, row.found_minor - row.billed_minor) for row in rows)
    assert 0 <= found.billed_minor <= found.shortfall_minor


@given(rows=rows_of_audits)
def test_what_is_billed_and_charged_is_what_was_found_where_nothing_is_too_much(rows: list[Row]) -> None:
    lacking = [replace(row, billed_minor=min(row.billed_minor, row.found_minor)) for row in rows]
    found = outcome(lacking, until=UNTIL, interest=None, threshold=OVER_5, nets=True)
    assert found.charged_minor + sum(row.billed_minor for row in lacking) == found.due_minor


def test_every_step_starts_where_the_table_says_and_nowhere_else() -> None:
    assert AUDIT_LIFECYCLE.final() == {AuditState.SETTLED, AuditState.CANCELLED}
    assert AUDIT_LIFECYCLE.states == set(AuditState)
    for step, (before, after) in AUDIT_LIFECYCLE.steps.items():
        for state in AuditState:
            if state in before:
                assert AUDIT_LIFECYCLE.after(step, current=state) == after
            else:
                with pytest.raises(WrongState):
                    AUDIT_LIFECYCLE.after(step, current=state)
