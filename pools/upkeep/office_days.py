"""On which days patent offices work, as calendars that were imported say: what due days are moved by."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from pools.patents.annuities import WEEKENDS, WorkingDays
from pools.upkeep.calculation import year_of
from pools.upkeep.models import OfficeCalendar


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """What is known of the days on which an office works."""

    days: WorkingDays
    years: frozenset[int]
    """Years that a calendar is for. Of others single days may be known; but for these, weekends alone are."""

    def known_until(self, day: date) -> date | None:
        """Return the last day up to which holidays are known without a gap, seen from a day; None: none are.

        Where they are not known in that day's year any more, it is the last day on which they were.
        """
        year = max((year for year in self.years if year <= day.year), default=None)
        if year is None:
            return None
        while year + 1 in self.years:
            year += 1
        return date(year, 12, 31)


UNKNOWN: Final = OfficeDays(WEEKENDS, frozenset())


def office_days(offices: Iterable[str]) -> dict[str, OfficeDays]:
    """Return what is known of the days of offices, in one query; of a year its calendar counts that came last.

    A calendar's days in the years beside its own are added to what those have, and go when it is replaced. Of what two
    calendars say of one day, the later one's word counts.
    """
    wanted = frozenset(offices)
    in_force: defaultdict[str, dict[object, OfficeCalendar]] = defaultdict(dict)
    for calendar in OfficeCalendar.objects.filter(office__in=wanted).order_by("imported_at", "pk"):
        year = calendar.year or year_of([*calendar.off, *calendar.worked])
        calendars = in_force[calendar.office]
        calendars.pop(year, None)
        # One that is for no one year is in nobody's place, and in its own alone.
        calendars[year or calendar.pk] = calendar
    found = dict.fromkeys(wanted, UNKNOWN)
    for office, by_year in in_force.items():
        works: dict[date, bool] = {}
        for calendar in by_year.values():
            works |= dict.fromkeys(calendar.off, False) | dict.fromkeys(calendar.worked, True)
        found[office] = OfficeDays(
            WorkingDays(
                off=frozenset(day for day, is_open in works.items() if not is_open),
                on=frozenset(day for day, is_open in works.items() if is_open),
            ),
            frozenset(year for year in by_year if isinstance(year, int)),
        )
    return found
