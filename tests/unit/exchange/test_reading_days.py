"""Days are read in every form files have, and none is guessed where it could be two."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.exchange.reading import DayOrder, NoDay, find_day_order, read_day

SECOND_OF_JANUARY = date(2013, 1, 2)


@pytest.mark.parametrize(
    "cell",
    [
        "2013.01.02",
        "20130102",
        "2013-1-2",
        "2013-01-02",
        "2013/1/2",
        "2013年1月2日",
        "2013年01月02",
        "02.01.2013",
        "2013-01-02 00:00:00",
        "2 Jan 2013",
        "2-Jan-13",
        "Jan 2, 2013",
        "January 2, 2013",
    ],
)
def test_forms_that_can_be_one_day_only(cell: str) -> None:
    assert read_day(cell) == SECOND_OF_JANUARY


def test_a_form_that_can_be_two_days_needs_the_order_of_its_file() -> None:
    with pytest.raises(NoDay, match="whether the day or the month comes first"):
        read_day("1/2/13", DayOrder.UNDECIDED)

    assert read_day("1/2/13", DayOrder.MONTH_FIRST) == SECOND_OF_JANUARY
    assert read_day("2/1/13", DayOrder.DAY_FIRST) == SECOND_OF_JANUARY
    assert read_day("25/04/13", DayOrder.UNDECIDED) == date(2013, 4, 25)
    assert read_day("3/3/13", DayOrder.UNDECIDED) == date(2013, 3, 3)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["1/2/13", "25/04/13"], DayOrder.DAY_FIRST),
        (["1/2/13", "4/25/13", ""], DayOrder.MONTH_FIRST),
        (["1/2/13", "3/4/13"], DayOrder.UNDECIDED),
        (["25/04/13", "4/25/13"], DayOrder.CONTRADICTORY),
        (["2013-01-02", "-", "3/3/13"], DayOrder.NOT_NEEDED),
        (["02.01.2013"], DayOrder.DAY_FIRST),
    ],
)
def test_the_order_is_decided_for_a_file(cells: list[str], order: DayOrder) -> None:
    assert find_day_order(cells) is order


@pytest.mark.parametrize(
    "cell", ["2013-02-30", "31.02.2013", "13/13/2013", "2013年1月", "yesterday", "201301", "99999999"]
)
def test_what_is_no_day_is_told(cell: str) -> None:
    with pytest.raises(NoDay, match=cell):
        read_day(cell)


def test_years_of_two_digits_are_of_the_century_that_patents_are_from() -> None:
    assert read_day("6/13/95", DayOrder.MONTH_FIRST) == date(1995, 6, 13)
    assert read_day("6/13/05", DayOrder.MONTH_FIRST) == date(2005, 6, 13)


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.sampled_from([DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST]))
def test_a_day_that_is_written_is_read_again(day: date, order: DayOrder) -> None:
    first, second = (day.day, day.month) if order is DayOrder.DAY_FIRST else (day.month, day.day)

    assert read_day(f"{first}/{second}/{day.year % 100:02}", order) == day
    assert read_day(f"{day.year}年{day.month}月{day.day}日") == day
    assert read_day(f"{day:%Y%m%d}") == day
