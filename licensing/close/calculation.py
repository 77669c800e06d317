"""Arithmetic around a close: spans of months, what a payee's name means, and differences between runs. Pure."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from licensing.reports.calculation import months_of_period

HELD: Final = "~held:"
CREDIT: Final = "~credit:"
RESERVE: Final = "~reserve:"

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Span:
    """A period of whole months: its text (2025Q1) and the first days of its first and last month."""

    period: str
    first_month: date
    last_month: date

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        year, month = divmod(self.last_month.year * 12 + self.last_month.month, 12)
        return date.fromordinal(date(year, month + 1, 1).toordinal() - 1)

    @property
    def january(self) -> date:
        """The first day of the period's calendar year, from which sales count towards bands and limits."""
        return date(self.first_month.year, 1, 1)


def span_of(period: str) -> Span:
    """Read a period written 2025-03, 2025Q1, 2025H1 or 2025. Raises ValueError for anything else."""
    return Span(period, *months_of_period(period))


def next_span(span: Span) -> Span:
    """Return the period of the same length that follows: 2025Q4 is followed by 2026Q1."""
    first = span.last_month.year * 12 + span.last_month.month
    length = first - (span.first_month.year * 12 + span.first_month.month - 1)
    year, month = divmod(first, 12)
    period = {
        1: f"{year:04d}-{month + 1:02d}",
        3: f"{year:04d}Q{month // 3 + 1}",
        6: f"{year:04d}H{month // 6 + 1}",
        12: f"{year:04d}",
    }[length]
    return span_of(period)


@dataclass(frozen=True, slots=True)
class Payee:
    """What a payee's name in the results means: a kind, and the member concerned where there is one."""

    kind: str
    member: str = ""


def read_payee(name: str) -> Payee:
    """Tell members, withheld and credited amounts, the fee, reserves and what is undistributed from one another."""
    if not name.startswith("~"):
        return Payee("member", name)
    if name.startswith(HELD):
        return Payee("held", name.removeprefix(HELD))
    if name.startswith(CREDIT):
        return Payee("credit", name.removeprefix(CREDIT))
    if name.startswith(RESERVE):
        return Payee("reserve")
    known = {"~fee": "fee", "~undistributed": "undistributed"}
    if name not in known:
        raise ValueError(f"the engine names a payee {name!r} that is not known here")
    return Payee(known[name])


def patents_until(table: bytes, last_day: date) -> list[dict[str, str]]:
    """Read a bundle's list of patents as it counts up to a day: without what begins or ends after it."""
    last = last_day.isoformat()
    rows = csv.DictReader(io.StringIO(table.decode("utf-8"), newline=""))
    return [
        {name: "" if name in ("ends", "leaves") and cell > last else cell for name, cell in row.items()}
        for row in rows
        if row["granted"] <= last and row["enters"] <= last
    ]


def members_until(table: bytes, last_day: date) -> list[dict[str, str]]:
    """Read a bundle's list of members as it counts up to a day: without who enters, and departures, after it."""
    last = last_day.isoformat()
    rows = csv.DictReader(io.StringIO(table.decode("utf-8"), newline=""))
    return [
        {name: "" if name == "leaves" and cell > last else cell for name, cell in row.items()}
        for row in rows
        if row["enters"] <= last
    ]


def differences(before: Mapping[K, tuple[int, ...]], after: Mapping[K, tuple[int, ...]]) -> dict[K, tuple[int, ...]]:
    """Return what must be added to the amounts of one run to come to those of another, where that is not nothing.

    What one run lacks counts as zero in it, so that before + differences = after for every key of either.
    """
    width = len(next(iter((*before.values(), *after.values())), ()))
    nothing = (0,) * width
    changed: dict[K, tuple[int, ...]] = {}
    for key in (*before, *(key for key in after if key not in before)):
        delta = tuple(new - old for old, new in zip(before.get(key, nothing), after.get(key, nothing), strict=True))
        if any(delta):
            changed[key] = delta
    return changed
