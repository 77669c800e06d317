"""What an audit comes to: the shortfall, interest on it, and who bears the cost. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from licensing.agreements.interest import InterestTerms, late_interest


class Measure(StrEnum):
    """What a shortfall is measured by: what was reported and paid on, or what is due as found."""

    PAID = "paid"
    DUE = "due"


class Reaches(StrEnum):
    """Whether a shortfall shifts the cost that is more than the threshold, or already one that is as much."""

    MORE_THAN = "more_than"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A clause on who bears the cost of an audit: `> 5 % of what was paid`, `>= 5 % of what is due`."""

    percent: Fraction
    reaches: Reaches
    measure: Measure


@dataclass(frozen=True, slots=True)
class Row:
    """What was reported and found of one period and product, in minor units, and since how many days it was due."""

    reported_minor: int
    found_minor: int
    days_late: int

    @property
    def difference_minor(self) -> int:
        """What was found beyond what was reported; below 0 where too much was."""
        return self.found_minor - self.reported_minor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit comes to, in minor units of the programme's currency."""

    paid_minor: int
    due_minor: int
    shortfall_minor: int
    """Never below 0: what was reported too much is given back by the corrected report, not by the audit."""
    interest_minor: int
    is_cost_shifted: bool

    def charged_minor(self, cost_minor: int) -> int:
        """Return what the licensee is charged, its share of the cost included."""
        return self.shortfall_minor + self.interest_minor + (cost_minor if self.is_cost_shifted else 0)


def outcome(rows: Iterable[Row], *, interest: InterestTerms | None, threshold: Threshold, nets: bool) -> Outcome:
    """Work out what an audit comes to.

    With `nets`, what was reported too much in one row is taken off what lacks in another; interest is owed on what
    lacks in a row, rounded once per row, and on no more than the shortfall as a whole.
    """
    listed = list(rows)
    paid = sum(row.reported_minor for row in listed)
    due = sum(row.found_minor for row in listed)
    lacking = [(row.difference_minor, row.days_late) for row in listed if row.difference_minor > 0]
    shortfall = max(0, due - paid) if nets else sum(amount for amount, _ in lacking)
    owed = 0
    if interest is not None:
        left = shortfall
        # What is netted is taken off the youngest first: the oldest lacked longest, and its interest is not forgiven.
        for amount, days in sorted(lacking, key=lambda row: -row[1]):
            part = min(amount, left)
            left -= part
            owed += late_interest(part, days=days, terms=interest)
    return Outcome(paid, due, shortfall, owed, shifts_cost(shortfall, paid=paid, due=due, threshold=threshold))


def ratio(shortfall_minor: int, *, paid: int, due: int, measure: Measure) -> Fraction | None:
    """Return the shortfall as a percentage of what the clause measures it by; None where that is nothing."""
    base = paid if measure is Measure.PAID else due
    return Fraction(shortfall_minor * 100, base) if base > 0 else None


def shifts_cost(shortfall_minor: int, *, paid: int, due: int, threshold: Threshold) -> bool:
    """Whether the licensee bears the cost: exactly, before anything is rounded for people."""
    if shortfall_minor <= 0:
        return False
    found = ratio(shortfall_minor, paid=paid, due=due, measure=threshold.measure)
    if found is None:
        # Nothing was paid at all: any shortfall is more than any part of it.
        return True
    return found >= threshold.percent if threshold.reaches is Reaches.AT_LEAST else found > threshold.percent
