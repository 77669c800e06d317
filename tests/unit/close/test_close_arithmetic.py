"""Spans of months, payees' names, differences between runs, and every state and step of a run."""

from datetime import date
from fractions import Fraction
from math import floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licensing.close.calculation import Payee, Ratio, Span, Sum, differences, next_span, read_payee, span_of, to_minor
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


@pytest.mark.parametrize(
    ("parts", "total", "rounded"),
    [
        ({"a": 1_500_000, "b": -500_000}, 1, {"a": 2, "b": -1}),
        ({"a": 333_333, "b": 333_333, "c": 333_334}, 1, {"c": 1}),
        ({"a": -333_333, "b": -666_667}, -1, {"b": -1}),
        ({}, 0, {}),
    ],
)
def test_signed_parts_are_rounded_to_their_total(parts: dict[str, int], total: int, rounded: dict[str, int]) -> None:
    assert to_minor({key: Sum([(value, 1)]) for key, value in parts.items()}, total) == rounded


THIRD_OF_A_UNIT: Ratio = (10**6, 3)


@pytest.mark.parametrize(
    ("parts", "rounded"),
    [
        # Three thirds are a whole, which no number of binary places can tell from a little less.
        ({"a": [THIRD_OF_A_UNIT] * 3, "b": [THIRD_OF_A_UNIT] * 6}, {"a": 1, "b": 2}),
        # A little more than a third, and a little less: too little for the places that are looked at first.
        ({"a": [THIRD_OF_A_UNIT], "b": [THIRD_OF_A_UNIT, (1, 2**99)], "c": [THIRD_OF_A_UNIT, (-1, 2**99)]}, {"b": 1}),
        # Two halves, each made of other fractions: the earlier one is rounded up.
        ({"a": [(10**6, 6)] * 3, "b": [(10**6, 10)] * 5}, {"a": 1}),
        ({"a": [(10**6, 10)] * 5, "b": [(10**6, 6)] * 3}, {"a": 1}),
        ({"a": [(10**6, 6), (-(10**6), 6)], "b": [(10**6, 1)]}, {"b": 1}),
    ],
)
def test_sums_between_two_bounds_are_told_by_their_last_digit(
    parts: dict[str, list[Ratio]], rounded: dict[str, int]
) -> None:
    assert to_minor({name: Sum(ratios) for name, ratios in parts.items()}, sum(rounded.values())) == rounded


ratios = st.lists(st.tuples(st.integers(-(10**8), 10**8), st.integers(1, 12)), max_size=4)


@given(st.dictionaries(st.sampled_from("abcd"), ratios))
def test_sums_of_ratios_are_rounded_as_fractions_are(parts: dict[str, list[Ratio]]) -> None:
    exact = {name: sum((Fraction(*ratio) for ratio in of), Fraction(0)) / 10**6 for name, of in parts.items()}
    whole = sum(exact.values(), Fraction(0))
    exact["rest"] = floor(whole) - whole
    parts["rest"] = [(exact["rest"].numerator * 10**6, exact["rest"].denominator)]
    floors = {name: floor(value) for name, value in exact.items()}
    missing = floor(whole) - sum(floors.values())
    up = sorted(exact, key=lambda name: floors[name] - exact[name])[:missing]
    told = to_minor({name: Sum(of) for name, of in parts.items()}, floor(whole))
    assert told == {name: least + (name in up) for name, least in floors.items() if least + (name in up)}
