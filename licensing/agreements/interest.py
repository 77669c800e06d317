"""Interest on what is paid late, as contracts write it. Pure: no database, no clock."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from platform_core.money import round_half_away


class InterestKind(StrEnum):
    """For which span the percentage is written, and whether interest bears interest."""

    YEARLY = "yearly"
    """A percentage a year, by days over the year's length."""
    DAILY = "daily"
    """A percentage a day, as Chinese contracts have it (0.05 % a day)."""
    MONTHLY = "monthly"
    """A percentage a month of 30 days, without compounding."""
    MONTHLY_COMPOUND = "monthly_compound"
    """A percentage a month of 30 days, added to what bears interest after each whole month."""


MONTH: int = 30
"""Days of a month in contracts that count interest by months."""


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """A clause on interest: the percentage, its span, and how many days its year has (365 or 360)."""

    kind: InterestKind
    percent: Fraction
    year_days: int = 365


def late_interest(amount_minor: int, *, days: int, terms: InterestTerms) -> int:
    """Return the interest on an amount in minor units that is so many days late, in minor units, rounded once.

    Nothing is owed on nothing or in time. Raises ValueError for a year of other than 365 or 360 days.
    """
    if terms.year_days not in (365, 360):
        raise ValueError("a year of interest has 365 or 360 days")
    if amount_minor <= 0 or days <= 0 or terms.percent <= 0:
        return 0
    rate = terms.percent / 100
    match terms.kind:
        case InterestKind.YEARLY:
            factor = rate * days / terms.year_days
        case InterestKind.DAILY:
            factor = rate * days
        case InterestKind.MONTHLY:
            factor = rate * days / MONTH
        case InterestKind.MONTHLY_COMPOUND:
            whole, rest = divmod(days, MONTH)
            factor = (1 + rate) ** whole * (1 + rate * Fraction(rest, MONTH)) - 1
    return round_half_away(amount_minor * factor)


def interest_after(amount_minor: int, *, days_before: int, days: int, terms: InterestTerms) -> int:
    """Return the interest on an amount for some days, after it was late for others already, in minor units.

    Where interest bears interest, days that were charged before count: charged in parts it comes to what it comes to
    in one. Otherwise each span is rounded by itself.
    """
    if terms.kind is not InterestKind.MONTHLY_COMPOUND:
        return late_interest(amount_minor, days=days, terms=terms)
    whole = late_interest(amount_minor, days=days_before + days, terms=terms)
    return whole - late_interest(amount_minor, days=days_before, terms=terms)
