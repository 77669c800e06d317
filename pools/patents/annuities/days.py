"""Days a fee is counted by: anniversaries, months, and days on which an office is open."""

import calendar
import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

_SATURDAY = 5


def add_months(day: date, months: int) -> date:
    """Return the same day so many months on; where that month has no such day, its last one."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_years(day: date, years: int) -> date:
    """Return the anniversary; of 29 February in other years the 28th."""
    return add_months(day, 12 * years)


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """On which days an office is open: Monday to Friday, but for holidays and for days worked in their place."""

    off: frozenset[date] = field(default_factory=frozenset)
    on: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, day: date) -> bool:
        """Say whether the office works that day."""
        return day in self.on or (day.weekday() < _SATURDAY and day not in self.off)

    def next_open(self, day: date) -> date:
        """Return the day itself if the office works, otherwise the first on which it does."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day


WEEKENDS = WorkingDays()
"""Saturdays and Sundays off, no holidays: what is left where no calendar was imported."""


class BadCalendar(ValueError):
    """A calendar that cannot be read; the message says which line and why."""


def read_calendar(lines: Iterable[str]) -> WorkingDays:
    """Read a calendar: CSV with the columns `day` (ISO) and `state` (`off` or `work`); others are ignored."""
    reader = csv.DictReader(lines)
    if not {"day", "state"} <= set(reader.fieldnames or ()):
        raise BadCalendar("The calendar needs a first line with the columns day and state.")
    found: dict[str, set[date]] = {"off": set(), "work": set()}
    for row in reader:
        try:
            found[(row["state"] or "").strip().lower()].add(date.fromisoformat((row["day"] or "").strip()))
        except (KeyError, ValueError):
            raise BadCalendar(
                f"Line {reader.line_num} of the calendar is “{row['day']}, {row['state']}”: "
                "write a day as 2026-10-01 and its state as off or work."
            ) from None
    if both := found["off"] & found["work"]:
        raise BadCalendar(f"{min(both)} is both off and worked in the calendar.")
    return WorkingDays(off=frozenset(found["off"]), on=frozenset(found["work"]))
