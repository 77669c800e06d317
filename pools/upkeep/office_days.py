"""On which days patent offices work, as calendars that were imported say: what due days are moved by."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from pools.patents.annuities import WEEKENDS, WorkingDays
from pools.upkeep.models import OfficeCalendar


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """What is known of the days on which an office works."""

    days: WorkingDays
    known_until: date | None
    """The last day that a calendar speaks of; None: no holidays are known. Behind it weekends alone are."""


UNKNOWN: Final = OfficeDays(WEEKENDS, None)


def office_days(offices: Iterable[str]) -> dict[str, OfficeDays]:
    """Return what is known of the days of offices, in one query; of a year the calendar counts that came last."""
    wanted = frozenset(offices)
    by_year: defaultdict[str, dict[int, tuple[list[date], list[date]]]] = defaultdict(dict)
    for calendar in OfficeCalendar.objects.filter(office__in=wanted).order_by("imported_at", "pk"):
        for year in {day.year for day in (*calendar.off, *calendar.worked)}:
            by_year[calendar.office][year] = (
                [day for day in calendar.off if day.year == year],
                [day for day in calendar.worked if day.year == year],
            )
    found = dict.fromkeys(wanted, UNKNOWN)
    for office, years in by_year.items():
        found[office] = OfficeDays(
            WorkingDays(
                off=frozenset(day for off, _ in years.values() for day in off),
                on=frozenset(day for _, worked in years.values() for day in worked),
            ),
            date(max(years), 12, 31),
        )
    return found
