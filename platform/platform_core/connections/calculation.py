"""When a connection is asked next."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

AGAIN_AFTER: Final = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long to wait after each failure in a row before it is tried again, unless its own day comes first."""


def next_run(after: datetime, *, every: str, on_day: int, at_hour: int, zone: str) -> datetime:
    """Return the first instant of a schedule later than `after`, in the zone of `after`.

    An hour that a change of the clock leaves out is that much later on that day, one that comes twice is its first.
    """
    place = ZoneInfo(zone)
    day = after.astimezone(place).date()
    while True:
        if _falls_on(day, every, on_day):
            found = datetime.combine(day, time(at_hour), place).astimezone(after.tzinfo)
            if found > after:
                return found
        day += timedelta(days=1)


def _falls_on(day: date, every: str, on_day: int) -> bool:
    match every:
        case "day":
            return True
        case "week":
            return day.isoweekday() == on_day
        case "month":
            return day.day == on_day
        case _:
            raise ValueError(f"there is no rhythm {every!r}")


def try_again(after: datetime, failures: int, regular: datetime) -> datetime:
    """Return when to try again after so many failures in a row: soon at first, never later than the schedule says."""
    wait = AGAIN_AFTER[min(failures, len(AGAIN_AFTER)) - 1]
    return min(after + wait, regular)
