"""The days on which things happen in the demonstration: it ends on a fixed day, whatever day it is loaded."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

TODAY: Final = date(2026, 11, 16)
LAUNCHED_ON: Final = date(2025, 6, 1)
QUARTERS: Final = ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3")

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
WORKDAYS: Final = (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)


def months_of(quarter: str) -> tuple[str, str, str]:
    """Return the three months of a quarter such as 2026Q1."""
    year, first = int(quarter[:4]), 3 * int(quarter[5]) - 2
    return (f"{year}-{first:02d}", f"{year}-{first + 1:02d}", f"{year}-{first + 2:02d}")


def first_day(period: str) -> date:
    """Return the first day of a quarter or of a month."""
    month = months_of(period)[0] if "Q" in period else period
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(period: str) -> date:
    """Return the last day of a quarter or of a month."""
    month = months_of(period)[2] if "Q" in period else period
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def years_later(day: date, years: int) -> date:
    """Return the same day some years later; for 29 February in a common year its eve."""
    if (day.month, day.day) == (2, 29) and monthrange(day.year + years, 2)[1] == 28:
        return date(day.year + years, 2, 28)
    return day.replace(year=day.year + years)


def on_weekday(day: date, weekdays: Collection[int] = WORKDAYS) -> date:
    """Return the day itself or the first one after it that falls on one of the weekdays (Monday is 0)."""
    while day.weekday() not in weekdays:
        day += timedelta(days=1)
    return day


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after this one."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
