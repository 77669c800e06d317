"""What an estimate comes to: sums of earlier months by a percentage, later by some months."""

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.reports.calculation import LINES_SCHEMA
from licensing.reports.calculation.estimates import estimated_lines, later

Line = tuple[str, int, Decimal | None]


def batch(lines: Sequence[Line]) -> pa.RecordBatch:
    rows = [
        {
            "licence_id": "L1",
            "month": month,
            "product": "tv",
            "made_in": "CN",
            "sold_in": "CN",
            "units": units,
            "net_amount": net,
            "currency": "CNY",
        }
        for month, units, net in lines
    ]
    return pa.RecordBatch.from_pylist(rows, schema=LINES_SCHEMA)


def estimated(
    lines: Sequence[Line], percent: str, wanted: Sequence[str] = ("2025-10", "2025-11", "2025-12")
) -> list[Line]:
    found = estimated_lines([batch(lines)], months=3, percent=Decimal(percent), wanted=wanted)
    return [(row["month"], row["units"], row["net_amount"]) for each in found for row in each.to_pylist()]


@pytest.mark.parametrize(
    ("month", "months", "expected"),
    [("2025-11", 3, "2026-02"), ("2025-12", 12, "2026-12"), ("2025-01", 0, "2025-01"), ("2024-10", 3, "2025-01")],
)
def test_months_go_over_the_year(month: str, months: int, expected: str) -> None:
    assert later(month, months) == expected


def test_units_and_amounts_are_rounded_once_for_each_sum_half_away_from_zero() -> None:
    lines = [("2025-07", 3, Decimal("0.000001")), ("2025-07", 2, Decimal("0.000002")), ("2025-08", 1, None)]
    assert estimated(lines, "50") == [("2025-10", 3, Decimal("0.000002")), ("2025-11", 1, None)]


def test_returns_lessen_what_they_are_returns_of_and_months_that_are_not_wanted_stay_out() -> None:
    lines = [("2025-07", 100, Decimal(1000)), ("2025-07", -99, Decimal(-990)), ("2025-09", 7, Decimal(70))]
    assert estimated(lines, "40", ["2025-10"]) == [("2025-10", 0, Decimal(4))]
    assert estimated([], "40") == []


@given(
    lines=st.lists(
        st.tuples(st.just("2025-07"), st.integers(-(10**6), 10**6), st.none() | st.integers(0, 10**9).map(Decimal)),
        max_size=5,
    ),
    percent=st.integers(1, 1000),
)
def test_no_sum_that_is_not_below_nothing_is_estimated_below_it(lines: list[Line], percent: int) -> None:
    whole = sum(units for _, units, _ in lines)
    found = estimated(lines, str(percent))
    assert len(found) == bool(lines)
    for _, units, _ in found:
        assert abs(units * 100 - whole * percent) <= 50
        assert units >= 0 or whole < 0
