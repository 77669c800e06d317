"""Days, months and periods. A month is its text `YYYY-MM`, which sorts as time does."""

import re
from datetime import date, timedelta

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_PERIOD = re.compile(r"([0-9]{4})(-(0[1-9]|1[0-2])|Q([1-4])|H([12]))?")


def day_of(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def is_month(text: str) -> bool:
    return bool(_MONTH.fullmatch(text)) and text >= "0001"


def first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def days_of(month: str) -> list[date]:
    day = first_day(month)
    days = []
    while day.month == first_day(month).month:
        days.append(day)
        day += timedelta(days=1)
    return days


def months_of_period(period: str) -> list[str] | None:
    """The months of `2025-03`, `2025Q1`, `2025H1` or `2025`, or None when it is none of these."""
    found = _PERIOD.fullmatch(period)
    if found is None or found[1] == "0000":
        return None
    year, month, quarter, half = found[1], found[3], found[4], found[5]
    if month:
        numbers = [int(month)]
    elif quarter:
        numbers = [3 * int(quarter) - 2, 3 * int(quarter) - 1, 3 * int(quarter)]
    elif half:
        numbers = list(range(6 * int(half) - 5, 6 * int(half) + 1))
    else:
        numbers = list(range(1, 13))
    return [f"{year}-{number:02d}" for number in numbers]
