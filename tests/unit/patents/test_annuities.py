"""What keeps a right alive is right to the fen, and no day of it is missed."""

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pools.patents.annuities import (
    BadCalendar,
    KeptRight,
    NoRules,
    Relief,
    Status,
    compensation_fee,
    read_calendar,
    schedule,
    work_out,
)
from pools.patents.annuities.cli import annuity_command, as_object
from pools.patents.annuities.days import add_months, add_years

TABLE = tomllib.loads(Path(__file__).with_name("annuities.toml").read_text(encoding="utf-8"))
INVENTION = KeptRight(office="CN", right="invention", filed_on=date(2017, 3, 10), granted_on=date(2019, 8, 2))


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["why"])
def test_a_fee_is_what_was_worked_out_by_hand(case: dict[str, Any]) -> None:
    told = as_object(
        work_out(KeptRight(**case["right"]), case["year"], on=case["on"], relief=Relief(**case.get("relief", {})))
    )

    wanted = {name: value.isoformat() if isinstance(value, date) else value for name, value in case["told"].items()}
    assert {name: told[name] for name in wanted} == wanted
    assert (told["total"] is None) == (told["status"] in ("terminated", "expired", "before_grant"))


def test_a_compensated_term_costs_its_whole_years() -> None:
    first = date(2036, 3, 10)

    assert compensation_fee("CN", first, first + timedelta(days=365 + 200)) == 8000_00
    assert compensation_fee("CN", first, first + timedelta(days=200)) == 0
    assert compensation_fee("CN", first, add_years(first, 2)) == 16000_00


def test_a_calendar_moves_the_last_day_and_says_what_is_wrong_with_it() -> None:
    calendar = read_calendar(["day,state,name", "2026-03-10,off,a holiday", "2026-03-11,off,", "2026-03-14,work,"])

    assert work_out(INVENTION, 10, on=date(2026, 3, 12), calendar=calendar).status is Status.IN_TIME
    assert calendar.is_open(date(2026, 3, 14))
    assert not calendar.is_open(date(2026, 3, 15))
    with pytest.raises(BadCalendar, match="Line 3 of the calendar"):
        read_calendar(["day,state", "2026-10-01,off", "1 October,off"])
    with pytest.raises(BadCalendar, match="both off and worked"):
        read_calendar(["day,state", "2026-10-01,off", "2026-10-01,work"])
    with pytest.raises(BadCalendar, match="first line"):
        read_calendar(["2026-10-01"])


def test_what_has_no_rules_is_refused_with_what_there_is() -> None:
    with pytest.raises(NoRules, match="CN, EP, JP, KR, US"):
        work_out(KeptRight(office="XX", right="invention", filed_on=date(2020, 1, 1)), 4, on=date(2026, 1, 1))
    with pytest.raises(NoRules, match="known are 85, 70"):
        work_out(INVENTION, 10, on=date(2026, 3, 10), relief=Relief(percent=50))
    with pytest.raises(NoRules, match="known are those for invention"):
        work_out(
            KeptRight(office="US", right="design", filed_on=date(2020, 1, 1), granted_on=date(2021, 1, 1)),
            4,
            on=date(2026, 1, 1),
        )
    with pytest.raises(NoRules, match="years 4, 8 and 12"):
        work_out(KeptRight(office="US", right="invention", filed_on=date(2020, 1, 1)), 5, on=date(2026, 1, 1))


def test_a_schedule_has_every_year_from_the_grant_to_the_end_of_the_term() -> None:
    told = schedule(INVENTION, on=date(2019, 8, 2))

    assert [annuity.year for annuity in told] == list(range(4, 21))
    assert {annuity.status for annuity in told} == {Status.IN_TIME}
    # 3 more of 1200 (years 4 to 6), 3 of 2000, 3 of 4000, 3 of 6000, 5 of 8000.
    assert sum(annuity.total or 0 for annuity in told) == (3 * (1200 + 2000 + 4000 + 6000) + 5 * 8000) * 100


def test_where_an_amount_is_not_known_the_days_are_told_all_the_same() -> None:
    right = KeptRight(
        office="KR", right="invention", filed_on=date(2015, 1, 15), granted_on=date(2018, 6, 10), claims=3
    )

    told = work_out(right, 9, on=date(2026, 6, 1))

    assert (told.status, told.due_on, told.total, told.is_verified) == (
        Status.IN_TIME,
        date(2026, 6, 10),
        None,
        False,
    )
    assert [annuity.due_on for annuity in schedule(right, on=date(2026, 6, 1))][-1] == date(2034, 6, 10)


def test_a_transfer_to_an_owner_without_reduction_is_worked_out_anew() -> None:
    right = KeptRight(office="CN", right="invention", filed_on=date(2021, 5, 20), granted_on=date(2024, 9, 3))
    before = schedule(right, on=date(2026, 1, 1), relief=Relief(percent=85))
    after = schedule(right, on=date(2026, 1, 1))

    assert {annuity.year for annuity in before} == {annuity.year for annuity in after}
    assert [a.total for a in before if a.year == 6] == [180_00]
    assert [a.total for a in after if a.year == 6] == [1200_00]


days = st.dates(date(2018, 1, 1), date(2030, 12, 31))


@given(filed=days, granted_after=st.integers(60, 2_500), year=st.integers(1, 20), late=st.integers(-400, 300))
def test_waiting_never_gets_cheaper_and_each_rise_comes_on_the_day_told(
    filed: date, granted_after: int, year: int, late: int
) -> None:
    right = KeptRight(office="CN", right="invention", filed_on=filed, granted_on=filed + timedelta(days=granted_after))
    due_on = add_years(filed, year - 1)
    on = due_on + timedelta(days=late)

    told, next_day = (work_out(right, year, on=day) for day in (on, on + timedelta(days=1)))

    if told.due_on is None or told.total is None:
        return
    if next_day.total is None:
        assert (next_day.status, on) == (Status.TERMINATED, told.grace_until)
        return
    assert next_day.total >= told.total
    assert (next_day.total > told.total) == (told.rises_on == next_day.on)
    if told.rises_on == next_day.on:
        assert next_day.total - told.total == told.rises_by


@given(filed=days, months=st.integers(0, 400))
def test_a_month_is_never_skipped(filed: date, months: int) -> None:
    later = add_months(filed, months)

    assert (later.year * 12 + later.month) - (filed.year * 12 + filed.month) == months
    assert later.day == filed.day or (later + timedelta(days=1)).day == 1


def test_the_command_says_it_in_json_and_in_words() -> None:
    call = ["--office", "CN", "--type", "invention", "--filed", "2017-03-10", "--granted", "2019-08-02"]
    paid = [*call, "--year", "10", "--paid-on", "2026-04-13"]

    told = json.loads(CliRunner().invoke(annuity_command, [*paid, "--json"]).output)
    words = CliRunner().invoke(annuity_command, paid).output
    both = CliRunner().invoke(annuity_command, [*paid, "--all"])
    whole = json.loads(
        CliRunner().invoke(annuity_command, [*call, "--all", "--paid-on", "2026-01-01", "--json"]).output
    )

    wanted = {
        "due_on": "2026-03-10",
        "last_day": "2026-03-10",
        "full": 4000,
        "payable": 4000,
        "surcharge": 200,
        "total": 4200,
        "status": "grace",
    }
    assert {name: told[name] for name in wanted} == wanted
    assert "4200.00 CNY" in words
    assert both.exit_code != 0
    assert "either --year or --all" in both.output
    assert len(whole) == 17
