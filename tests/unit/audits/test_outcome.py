"""What an audit comes to: the worked cases of practice, to the cent."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.agreements.interest import InterestKind, InterestTerms, late_interest
from licensing.audits.calculation import Measure, Reaches, Row, Threshold, outcome, ratio, shifts_cost
from licensing.audits.lifecycle import AUDIT_LIFECYCLE, AuditState
from platform_core.problems import WrongState


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
        [Row(9_500_000, 10_000_000, 90)], interest=None, threshold=clause(percent, reaches, measure), nets=True
    )
    assert (found.paid_minor, found.due_minor, found.shortfall_minor) == (9_500_000, 10_000_000, 500_000)
    assert found.is_cost_shifted is shifts
    assert found.charged_minor(80_000) == (580_000 if shifts else 500_000)


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
        [Row(0, 10_000_000, 90)],
        interest=InterestTerms(kind, Fraction(Decimal(percent)), 365),
        threshold=clause("5", Reaches.MORE_THAN, Measure.PAID),
        nets=True,
    )
    assert found.interest_minor == interest


def test_too_much_in_one_period_is_taken_off_or_not_as_the_clause_says_and_the_oldest_bears_interest() -> None:
    rows = [Row(100_000, 130_000, 365), Row(100_000, 120_000, 73), Row(100_000, 70_000, 0)]
    interest = InterestTerms(InterestKind.YEARLY, Fraction(10), 365)
    threshold = clause("5", Reaches.MORE_THAN, Measure.PAID)
    netted = outcome(rows, interest=interest, threshold=threshold, nets=True)
    assert (netted.shortfall_minor, netted.interest_minor) == (20_000, 2_000)
    each = outcome(rows, interest=interest, threshold=threshold, nets=False)
    assert (each.shortfall_minor, each.interest_minor) == (50_000, 3_400)


def test_too_much_as_a_whole_is_no_shortfall_and_costs_the_licensee_nothing() -> None:
    found = outcome(
        [Row(100, 90, 400)],
        interest=InterestTerms(InterestKind.DAILY, Fraction(1), 365),
        threshold=clause("0", Reaches.AT_LEAST, Measure.DUE),
        nets=True,
    )
    assert (found.shortfall_minor, found.interest_minor, found.is_cost_shifted) == (0, 0, False)


def test_where_nothing_was_paid_any_shortfall_is_above_every_part_of_it() -> None:
    assert shifts_cost(1, paid=0, due=1, threshold=clause("100", Reaches.MORE_THAN, Measure.PAID))
    assert not shifts_cost(1, paid=0, due=1, threshold=clause("100", Reaches.MORE_THAN, Measure.DUE))
    assert ratio(1, paid=0, due=1, measure=Measure.PAID) is None


amounts = st.integers(0, 10**9)
rows_of_audits = st.lists(st.builds(Row, amounts, amounts, st.integers(-400, 4000)), max_size=12)


@given(rows=rows_of_audits, percent=st.integers(0, 100), nets=st.booleans())
def test_an_outcome_never_charges_more_than_what_lacks_and_interest_on_no_more(
    rows: list[Row], percent: int, nets: bool
) -> None:
    interest = InterestTerms(InterestKind.YEARLY, Fraction(10), 365)
    threshold = Threshold(Fraction(percent), Reaches.AT_LEAST, Measure.DUE)
    found = outcome(rows, interest=interest, threshold=threshold, nets=nets)
    lacking = sum(max(0, row.difference_minor) for row in rows)
    assert found.due_minor - found.paid_minor <= found.shortfall_minor <= lacking
    assert 0 <= found.interest_minor <= late_interest(lacking, days=4000, terms=interest) + len(rows)


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
