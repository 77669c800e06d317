"""Pure arithmetic of open licences: what guidance says to a price, periods of statements, and royalties to the cent."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from platform_core.money import round_half_away

PERIOD_MONTHS: Final = (1, 3, 6, 12)
"""How many months a statement may cover; each divides a year, so that periods end with the calendar's."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days that one statement covers, both of them within it."""

    first: date
    last: date


def exceeds(
    *, lump_minor: int | None, rate_percent: Decimal | None, lump_limit_minor: int, rate_limit_percent: Decimal
) -> bool:
    """Say whether a sum, or a rate, lies above what guidance names; on the limit is within it."""
    above_sum = lump_minor is not None and lump_minor > lump_limit_minor
    return above_sum or (rate_percent is not None and rate_percent > rate_limit_percent)


def royalty(base_minor: int, rate_percent: Decimal) -> int:
    """Return a running royalty in minor units: base times rate, rounded once, halves away from zero."""
    return round_half_away(Fraction(base_minor) * Fraction(rate_percent) / 100)


def periods(months: int, first: date, last: date) -> list[Period]:
    """Return the periods from a first to a last day: they end with the calendar's, the outer ones are cut."""
    found = []
    start = first
    while start <= last:
        end = min(_period_end(start, months), last)
        found.append(Period(start, end))
        start = end + timedelta(days=1)
    return found


def _period_end(day: date, months: int) -> date:
    month = (day.month - 1) // months * months + months
    return date(day.year, month, calendar.monthrange(day.year, month)[1])
