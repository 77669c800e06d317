"""What an audit comes to: the shortfall, interest on it, and who bears the cost. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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
    """What was reported, found and since billed of one period and product, in minor units, and when it was due."""

    due_on: date
    year: int
    reported_minor: int
    """What the closes came to when the auditor was let in."""
    found_minor: int
    billed_minor: int
    """What the closes come to now: a report that came later is billed by its close, and not by the audit once more."""
    billed_on: date | None = None
    """Day of the close that billed otherwise than what was reported then."""

    @property
    def difference_minor(self) -> int:
        """What was found beyond what was reported; below 0 where too much was."""
        return self.found_minor - self.reported_minor


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a licence was billed beyond its sales so as to come to the minimum of a year, in minor units.

    Sales that were left out of the reports would have used it up: they are owed beyond it alone.
    """

    year: int
    due_on: date
    reported_minor: int
    """When the auditor was let in."""
    billed_minor: int
    """Now."""

    @property
    def paid_minor(self) -> int:
        """What of it counts as paid: a report that came later moves it to sales, a close that came later bills it."""
        return max(self.reported_minor, self.billed_minor)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit comes to, in minor units of the programme's currency."""

    paid_minor: int
    """What was reported and billed when the auditor was let in, with the part of minimums that its findings use up."""
    due_minor: int
    shortfall_minor: int
    """Never below 0: what was reported too much is given back by the corrected report, not by the audit.

    Who bears the cost is measured by it, so that nobody escapes that by reporting once the auditor is there.
    """
    minimum_minor: int
    """What of the findings the minimums that were billed have paid already."""
    billed_minor: int
    """What closes have billed of the shortfall since the auditor was let in."""
    charged_minor: int
    """What of the findings no close has billed by now: this is what is charged."""
    interest_minor: int
    is_cost_shifted: bool

    def total_minor(self, cost_minor: int) -> int:
        """Return what the licensee is charged, its share of the cost included."""
        return self.charged_minor + self.interest_minor + (cost_minor if self.is_cost_shifted else 0)


def outcome(
    rows: Iterable[Row],
    *,
    until: date,
    interest: InterestTerms | None,
    threshold: Threshold,
    nets: bool,
    minimums: Iterable[Minimum] = (),
) -> Outcome:
    """Work out what an audit comes to, with interest up to a day.

    With `nets`, what was reported too much in one row is taken off what lacks in another. What a year's minimum has
    paid already lacks no more, and neither does what a close has billed since. Interest is owed on what lacks in a row
    for as long as it lacks, rounded once for each part of a row that lacks until the same day, and on no more than what
    lacks as a whole.
    """
    listed, least = list(rows), list(minimums)
    due = sum(row.found_minor for row in listed)
    lacked = _lacking([(row.year, row.found_minor - row.reported_minor) for row in listed], nets=nets)
    covered = _covered(lacked, [(each.year, each.paid_minor) for each in least])
    paid = sum(row.reported_minor for row in listed) + covered
    shortfall = lacked.amount - covered
    lacks = _lacking([(row.year, row.found_minor - row.billed_minor) for row in listed], nets=nets)
    charged = lacks.amount - _covered(lacks, [(each.year, each.billed_minor) for each in least])
    return Outcome(
        paid,
        due,
        shortfall,
        minimum_minor=covered,
        billed_minor=max(0, shortfall - charged),
        charged_minor=charged,
        interest_minor=0 if interest is None else _interest(listed, least, lacked.amount, until, interest),
        is_cost_shifted=shifts_cost(shortfall, paid=paid, due=due, threshold=threshold),
    )


@dataclass(frozen=True, slots=True)
class _Lacking:
    amount: int
    years: Mapping[int, int]


def _lacking(differences: Iterable[tuple[int, int]], *, nets: bool) -> _Lacking:
    """Sum what lacks, as a whole and by year, with or without setting off what is too much."""
    years: dict[int, int] = defaultdict(int)
    whole = 0
    for year, difference in differences:
        counted = difference if nets else max(0, difference)
        years[year] += counted
        whole += counted
    return _Lacking(max(0, whole), years)


def _covered(lacking: _Lacking, minimums: Iterable[tuple[int, int]]) -> int:
    """Return what of all that lacks the minimums of its years have paid: more sales lessen each of them."""
    paid = sum(min(minor, max(0, lacking.years.get(year, 0))) for year, minor in minimums)
    return min(paid, lacking.amount)


def used_up(differences: Iterable[tuple[int, int]], *, year: int, minor: int, nets: bool) -> int:
    """Return what of a year's minimum an audit has used up by what it found to lack, in minor units.

    `differences` are those of its rows with their years. Where too much in another year is set off, no more than what
    lacks as a whole is used.
    """
    lacking = _lacking(differences, nets=nets)
    return min(minor, max(0, lacking.years.get(year, 0)), lacking.amount)


def _interest(rows: list[Row], minimums: list[Minimum], shortfall: int, until: date, terms: InterestTerms) -> int:
    # What is netted is taken off the youngest first: the oldest lacked longest, and its interest is not forgiven.
    owed, left = 0, shortfall
    minimum_left: dict[int, int] = defaultdict(int)
    for each in minimums:
        minimum_left[each.year] += each.paid_minor
    minimum_due = {each.year: each.due_on for each in minimums}
    for row in sorted((row for row in rows if row.difference_minor > 0), key=lambda row: row.due_on):
        part = min(row.difference_minor, left)
        left -= part
        by_minimum = min(part, minimum_left[row.year])
        by_close = min(part - by_minimum, max(0, row.billed_minor - row.reported_minor))
        if by_minimum:
            minimum_left[row.year] -= by_minimum
            owed += _late(by_minimum, row.due_on, min(until, minimum_due[row.year]), terms)
        owed += _late(by_close, row.due_on, min(until, row.billed_on or until), terms)
        owed += _late(part - by_minimum - by_close, row.due_on, until, terms)
    return owed


def _late(minor: int, since: date, until: date, terms: InterestTerms) -> int:
    return late_interest(minor, days=(until - since).days, terms=terms)


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


def months_after(day: date, months: int) -> date:
    """Return the day so many months after another; where the month lacks it, the first of the next one."""
    month = day.year * 12 + day.month - 1 + months
    try:
        return date(month // 12, month % 12 + 1, day.day)
    except ValueError:
        month += 1
        return date(month // 12, month % 12 + 1, 1)
