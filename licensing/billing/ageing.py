"""What is open of invoices, by how long it is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

BOUNDS: Final = ((0, "not_due"), (30, "to_30"), (60, "to_60"), (90, "to_90"))
"""Up to how many days overdue each part reaches; what is later is `over_90`."""


@dataclass(frozen=True, slots=True)
class Open:
    """What is open of one invoice; below zero of a credit note."""

    licensee_id: UUID
    licensee_name: str
    currency: str
    due_on: date
    open_minor: int
    counts: bool = True
    """Whether it is counted as an invoice: of one that is paid in parts, one part is."""


@dataclass(slots=True)
class Ageing:
    """What is open of a licensee in a currency, or of all of them; minor units."""

    licensee_id: UUID | None
    licensee_name: str
    currency: str
    invoices: int = 0
    not_due_minor: int = 0
    to_30_minor: int = 0
    to_60_minor: int = 0
    to_90_minor: int = 0
    over_90_minor: int = 0
    credit_minor: int = 0

    @property
    def total_minor(self) -> int:
        """All that is open, credit notes apart."""
        return self.not_due_minor + self.to_30_minor + self.to_60_minor + self.to_90_minor + self.over_90_minor

    @property
    def overdue_minor(self) -> int:
        """What of it is overdue, however long."""
        return self.total_minor - self.not_due_minor

    def add(self, row: Open, *, on: date) -> None:
        """Count an invoice or a credit note in."""
        if row.open_minor < 0:
            self.credit_minor -= row.open_minor
            return
        self.invoices += row.counts
        part = age_of(row.due_on, on=on)
        setattr(self, f"{part}_minor", getattr(self, f"{part}_minor") + row.open_minor)


def age_of(due_on: date, *, on: date) -> str:
    """Name the age on a day of what is due on another: `not_due`, `to_30`, `to_60`, `to_90` or `over_90`."""
    late = (on - due_on).days
    return next((name for bound, name in BOUNDS if late <= bound), "over_90")


def age(rows: Iterable[Open], *, on: date) -> tuple[list[Ageing], list[Ageing]]:
    """Return what is open on a day: the sums by currency, and those of each licensee, the largest first."""
    totals: dict[str, Ageing] = {}
    licensees: dict[tuple[UUID, str], Ageing] = {}
    for row in rows:
        totals.setdefault(row.currency, Ageing(None, "", row.currency)).add(row, on=on)
        key = (row.licensee_id, row.currency)
        licensees.setdefault(key, Ageing(row.licensee_id, row.licensee_name, row.currency)).add(row, on=on)
    return (
        sorted(totals.values(), key=lambda one: one.currency),
        sorted(licensees.values(), key=lambda one: (one.currency, -one.total_minor, one.licensee_name)),
    )
