"""Spans of months, payees' names, differences between runs, and every state and step of a run."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licensing.close.calculation import Payee, Span, differences, next_span, read_payee, span_of
from licensing.close.lifecycle import (
    CALCULATION_LIFECYCLE,
    CLOSE_RUN_LIFECYCLE,
    OPEN,
    Calculation,
    RunStatus,
)
from platform_core.problems import WrongState


@pytest.mark.parametrize(
    ("period", "first", "last", "last_day"),
    [
        ("2025-03", date(2025, 3, 1), date(2025, 3, 1), date(2025, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 1), date(2024, 2, 29)),
        ("2025Q1", date(2025, 1, 1), date(2025, 3, 1), date(2025, 3, 31)),
        ("2025Q4", date(2025, 10, 1), date(2025, 12, 1), date(2025, 12, 31)),
        ("2025H1", date(2025, 1, 1), date(2025, 6, 1), date(2025, 6, 30)),
        ("2025", date(2025, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_period_spans_whole_months(period: str, first: date, last: date, last_day: date) -> None:
    span = span_of(period)
    assert span == Span(period, first, last)
    assert (span.last_day, span.january) == (last_day, date(first.year, 1, 1))


@pytest.mark.parametrize("period", ["", "2025Q0", "2025-00", "2025h1", "0000", "2025-3", "２０２５"])
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match="2025Q1"):
        span_of(period)


@pytest.mark.parametrize(
    ("name", "payee"),
    [
        ("M1", Payee("member", "M1")),
        ("~held:M1", Payee("held", "M1")),
        ("~credit:a:b", Payee("credit", "a:b")),
        ("~reserve:litigation", Payee("reserve")),
        ("~fee", Payee("fee")),
        ("~undistributed", Payee("undistributed")),
    ],
)
def test_a_payee_s_name_tells_what_it_is(name: str, payee: Payee) -> None:
    assert read_payee(name) == payee


def test_a_payee_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="~other"):
        read_payee("~other")


# A busy machine draws slowly; that says nothing about the arithmetic.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

amounts = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(), st.integers()))


@patient
@given(before=amounts, after=amounts)
def test_before_and_differences_add_up_to_after(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]
) -> None:
    delta = differences(before, after)
    for key in {*before, *after, *delta}:
        sums = tuple(a + b for a, b in zip(before.get(key, (0, 0)), delta.get(key, (0, 0)), strict=True))
        assert sums == after.get(key, (0, 0))
    assert all(any(row) for row in delta.values())


@patient
@given(first=amounts, second=amounts, third=amounts)
def test_differences_in_two_steps_are_the_differences_in_one(
    first: dict[str, tuple[int, int]], second: dict[str, tuple[int, int]], third: dict[str, tuple[int, int]]
) -> None:
    steps = (differences(first, second), differences(second, third))
    for key in {*first, *second, *third}:
        summed = tuple(a + b for a, b in zip(*(step.get(key, (0, 0)) for step in steps), strict=True))
        assert summed == differences(first, third).get(key, (0, 0))


RUN_TABLE = {
    (RunStatus.DRAFT, "calculate"): RunStatus.CALCULATED,
    (RunStatus.DRAFT, "cancel"): RunStatus.CANCELLED,
    (RunStatus.CALCULATED, "calculate"): RunStatus.CALCULATED,
    (RunStatus.CALCULATED, "approve"): RunStatus.APPROVED,
    (RunStatus.CALCULATED, "send back"): RunStatus.DRAFT,
    (RunStatus.CALCULATED, "cancel"): RunStatus.CANCELLED,
    (RunStatus.APPROVED, "post"): RunStatus.POSTED,
}


@pytest.mark.parametrize("status", list(RunStatus))
@pytest.mark.parametrize("step", list(CLOSE_RUN_LIFECYCLE))
def test_every_step_of_a_run_leads_where_the_table_says_or_is_refused(status: RunStatus, step: str) -> None:
    if (status, step) in RUN_TABLE:
        assert CLOSE_RUN_LIFECYCLE.after(step, current=status) == RUN_TABLE[status, step]
    else:
        with pytest.raises(WrongState):
            CLOSE_RUN_LIFECYCLE.after(step, current=status)


def test_posted_and_cancelled_are_the_ends_and_everything_else_is_open() -> None:
    assert CLOSE_RUN_LIFECYCLE.final() == {RunStatus.POSTED, RunStatus.CANCELLED}
    assert set(OPEN) == set(RunStatus) - CLOSE_RUN_LIFECYCLE.final()


@pytest.mark.parametrize("state", list(Calculation))
def test_a_calculation_can_be_asked_for_unless_it_is_in_hand(state: Calculation) -> None:
    may = "queue" in CALCULATION_LIFECYCLE.allowed(state)
    assert may is (state not in (Calculation.QUEUED, Calculation.RUNNING))


@pytest.mark.parametrize(
    ("period", "following"),
    [
        ("2025-12", "2026-01"),
        ("2025-08", "2025-09"),
        ("2025Q4", "2026Q1"),
        ("2025Q2", "2025Q3"),
        ("2025H1", "2025H2"),
        ("2025H2", "2026H1"),
        ("2025", "2026"),
    ],
)
def test_a_period_is_followed_by_one_of_its_length(period: str, following: str) -> None:
    assert next_span(span_of(period)).period == following
