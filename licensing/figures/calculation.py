"""Figures by month, with those of the months before beside them. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID


class What(StrEnum):
    """What a figure is of."""

    BILLED = "billed"
    """Invoices less credit notes, with tax, by the day of issue."""
    RECEIVED = "received"
    """Money that settled invoices, by the day it arrived; what was taken back is taken off."""
    DISTRIBUTED = "distributed"
    """What distributions gave out, by the day of their release."""


class Basis(StrEnum):
    """What an amount that will be billed is known from."""

    POSTED = "posted"
    """A posted close whose invoices are not all issued."""
    CALCULATED = "calculated"
    """A close that is calculated, or approved, and not posted."""
    REPORTED = "reported"
    """Units that licensees reported so far, at what a unit bore in the last posted close."""
    ESTIMATED = "estimated"
    """Nothing was reported yet: as much as the last posted close."""


Found = Mapping[tuple[UUID, date], int]
"""Minor units by programme and first day of the month."""

LONGEST_SPAN: Final = 60


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of the months of a span, both ends included."""
    return [shifted(first, place) for place in range(distance(first, last) + 1)]


def shifted(month: date, months: int) -> date:
    """Return the first day of the month that lies some months later, or earlier."""
    place = month.year * 12 + month.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def distance(first: date, last: date) -> int:
    """Return how many months lie between two."""
    return (last.year - first.year) * 12 + last.month - first.month


def period_name(first_month: date, length: int) -> str:
    """Write a period of 1, 3, 6 or 12 months as closes do: 2025-03, 2025Q1, 2025H1, 2025."""
    year, place = first_month.year, (first_month.month - 1) // length + 1
    return {1: f"{year}-{first_month.month:02d}", 3: f"{year}Q{place}", 6: f"{year}H{place}", 12: str(year)}[length]


def at_rate(amount_minor: int, units_then: int, units_now: int) -> int:
    """Return what so many units come to at what others bore, in minor units, half away from zero."""
    return (2 * amount_minor * units_now + units_then) // (2 * units_then)


@dataclass(frozen=True, slots=True)
class Month:
    """Figures of one month in minor units, and those of the month as far back as the span is long."""

    month: date
    billed_minor: int = 0
    received_minor: int = 0
    distributed_minor: int = 0
    before_billed_minor: int = 0
    before_received_minor: int = 0
    before_distributed_minor: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """What is to arrive in a month by the days on which it is due, minor units."""

    month: date
    due_minor: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What a period is expected to be billed, before tax, in minor units, and what that is known from."""

    programme_id: UUID
    programme_code: str
    period: str
    basis: Basis
    amount_minor: int
    units: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one programme, or of all in one currency (then without a programme)."""

    programme_id: UUID | None
    programme_code: str
    currency: str
    months: Sequence[Month]
    ages: Mapping[str, int]
    """What is open by its age, as ageing names it."""
    credit_minor: int
    due: Sequence[Due]
    expected: Sequence[Expected] = field(default_factory=tuple)

    @property
    def overdue_minor(self) -> int:
        """What is open and late."""
        return sum(amount for age, amount in self.ages.items() if age != "not_due")

    @property
    def open_minor(self) -> int:
        """What is open, late or not."""
        return sum(self.ages.values())

    @property
    def total(self) -> Month:
        """The sum of all months, by the first of them."""
        return _added(self.months[0].month, self.months)


def by_month(programme_id: UUID, months: Sequence[date], found: Mapping[What, Found]) -> list[Month]:
    """Return the figures of a programme month by month, each with that of the preceding span beside it."""

    def of(what: What, month: date) -> int:
        return found[what].get((programme_id, month), 0)

    back = -len(months)
    return [
        Month(
            month,
            *(of(what, month) for what in What),
            *(of(what, shifted(month, back)) for what in What),
        )
        for month in months
    ]


def summed(rows: Iterable[Figures]) -> list[Figures]:
    """Add programmes of one currency together, and never one currency to another."""
    found: dict[str, list[Figures]] = {}
    for row in rows:
        found.setdefault(row.currency, []).append(row)
    return [_sum(currency, found[currency]) for currency in sorted(found)]


def _sum(currency: str, rows: Sequence[Figures]) -> Figures:
    due: dict[date, int] = {}
    ages: dict[str, int] = {}
    for row in rows:
        for each in row.due:
            due[each.month] = due.get(each.month, 0) + each.due_minor
        for age, amount in row.ages.items():
            ages[age] = ages.get(age, 0) + amount
    months = [_added(row[0].month, row) for row in zip(*(row.months for row in rows), strict=True)]
    return Figures(
        programme_id=None,
        programme_code="",
        currency=currency,
        months=months,
        ages=ages,
        credit_minor=sum(row.credit_minor for row in rows),
        due=[Due(month, due[month]) for month in sorted(due)],
        expected=[each for row in rows for each in row.expected],
    )


def _added(month: date, rows: Sequence[Month]) -> Month:
    return Month(
        month,
        billed_minor=sum(row.billed_minor for row in rows),
        received_minor=sum(row.received_minor for row in rows),
        distributed_minor=sum(row.distributed_minor for row in rows),
        before_billed_minor=sum(row.before_billed_minor for row in rows),
        before_received_minor=sum(row.before_received_minor for row in rows),
        before_distributed_minor=sum(row.before_distributed_minor for row in rows),
    )
