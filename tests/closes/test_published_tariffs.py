"""Tariffs that real pools published, with results worked out by hand: the oracle and the engine must both give them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.closes.engine_outputs import assert_same, engine_close
from tests.closes.oracle import OracleClose, oracle_close

CASES = Path(__file__).parent / "cases"
REAL_LIST = Path(__file__).parents[3] / "shared" / "cases" / "real-hevc-list"

PUBLISHED = [pytest.param(folder, id=folder.name) for folder in sorted(CASES.iterdir()) if folder.is_dir()]
REAL = pytest.param(
    REAL_LIST,
    id=REAL_LIST.name,
    marks=pytest.mark.skipif(not REAL_LIST.is_dir(), reason="the real patent list is not ours to ship"),
)


def assert_expected(close: OracleClose, expected: dict[str, Any]) -> None:
    """Compare a close with what was worked out by hand, as far as that goes."""
    assert close.rejected == []
    assert {row["licence_id"]: row["royalty_minor"] for row in close.invoices} == expected["invoices"]
    if "due" in expected:
        assert {row["licence_id"]: row["due_minor"] for row in close.invoices} == expected["due"]
    if "payees" in expected:
        assert {row["payee"]: row["amount_minor"] for row in close.payees} == expected["payees"]
    if "total" in expected:
        assert close.totals["royalty_minor"] == expected["total"]
    if "buckets" in expected:
        assert close.totals["buckets"] == expected["buckets"]


@cache
def by_oracle(case: Path) -> OracleClose:
    """The oracle takes its time over the real list, so it is asked once."""
    return oracle_close(case)


def expected_of(case: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert expected.keys() <= {"invoices", "due", "payees", "total", "buckets"}
    return expected


@pytest.mark.parametrize("case", [*PUBLISHED, REAL])
def test_the_oracle_gives_what_was_worked_out_by_hand(case: Path) -> None:
    assert_expected(by_oracle(case), expected_of(case))


@pytest.mark.parametrize("case", [*PUBLISHED, REAL])
def test_the_engine_gives_what_was_worked_out_by_hand_and_all_that_the_oracle_says(case: Path, tmp_path: Path) -> None:
    closed = engine_close(case, tmp_path / "out")
    assert_expected(closed, expected_of(case))
    assert_same(closed, by_oracle(case))
