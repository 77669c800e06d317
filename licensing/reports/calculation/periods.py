"""The months and quarters that reports cover. Pure."""

from datetime import date

from licensing.engine import period_months
from licensing.engine.model import first_day


def months_of_period(period: str) -> tuple[date, date]:
    """Return the first days of the first and last month of a period written 2025-03, 2025Q1, 2025H1 or 2025.

    Raises ValueError for anything else.
    """
    months = period_months(period)
    if months is None:
        raise ValueError("Write the period as a month, quarter, half or year: 2025-03, 2025Q1, 2025H1 or 2025.")
    return first_day(months[0]), first_day(months[1])


def last_quarter(day: date) -> tuple[date, date]:
    """Return the first days of the first and last month of the last calendar quarter that is over on a day."""
    months = day.year * 12 + (day.month - 1) // 3 * 3 - 3
    return date(months // 12, months % 12 + 1, 1), date(months // 12, months % 12 + 3, 1)


def quarter_of(month: date) -> tuple[date, date]:
    """Return the first days of the first and last month of the calendar quarter that a month is in."""
    first = (month.month - 1) // 3 * 3 + 1
    return date(month.year, first, 1), date(month.year, first + 2, 1)


def named_periods(first_month: date, last_month: date) -> list[str]:
    """Return the longest periods that have a name, one after the other, which together are these months."""
    periods: list[str] = []
    month, last = (day.year * 12 + day.month - 1 for day in (first_month, last_month))
    while month <= last:
        year, at = divmod(month, 12)
        length = next(size for size in (12, 6, 3, 1) if at % size == 0 and month + size - 1 <= last)
        periods.append(
            {12: f"{year}", 6: f"{year}H{at // 6 + 1}", 3: f"{year}Q{at // 3 + 1}", 1: f"{year}-{at + 1:02d}"}[length]
        )
        month += length
    return periods
