"""Arithmetic around a close: spans of months, what a payee's name means, and differences between runs. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cmp_to_key
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


Ratio = tuple[int, int]
"""A numerator over a denominator above zero, not necessarily in lowest terms."""

_MICROS: Final = 10**6
_PLACES: Final = 64
"""Binary places by which sums are told apart as long as that is enough."""


class Sum:
    """An exact sum of many ratios: it is known between two near bounds at once, and to the last digit where asked.

    A common denominator of thousands of ratios has tens of thousands of digits, and is hardly ever needed.
    """

    __slots__ = ("_exact", "_parts", "high", "low")

    def __init__(self, parts: Iterable[Ratio] = ()) -> None:
        self._parts = [part for part in parts if part[0]]
        self._exact: Ratio | None = None
        self.low = self.high = 0
        """Bounds in units of 2^-64: low <= sum <= high, and equal only where they are the sum itself."""
        for numerator, denominator in self._parts:
            whole, rest = divmod(numerator << _PLACES, denominator)
            self.low += whole
            self.high += whole + (rest > 0)

    def exact(self) -> Ratio:
        """Return the sum as one ratio: added two by two, so that large numbers are met at the end only."""
        if self._exact is None:
            ratios = self._parts
            while len(ratios) > 1:
                pairs = zip(ratios[::2], ratios[1::2], strict=False)
                added = [(a * d + c * b, b * d) for (a, b), (c, d) in pairs]
                ratios = added + ratios[len(added) * 2 :]
            self._exact = ratios[0] if ratios else (0, 1)
        return self._exact


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left of a sum of micros above so many whole minor units."""

    name: str
    minor: int
    micros: Sum

    @property
    def low(self) -> int:
        return self.micros.low - (self.minor * _MICROS << _PLACES)

    @property
    def high(self) -> int:
        return self.micros.high - (self.minor * _MICROS << _PLACES)

    def exact(self) -> Ratio:
        numerator, denominator = self.micros.exact()
        return numerator - self.minor * _MICROS * denominator, denominator


def to_minor(micros: Mapping[str, Sum], total: int) -> dict[str, int]:
    """Round signed parts to minor units so that they add up to their total (largest remainder, ties to the earlier)."""
    # A part of exactly so many units may be taken for one less with a whole unit left: that comes first of all, then.
    rests = [_Rest(name, part.low // (_MICROS << _PLACES), part) for name, part in micros.items()]
    amounts = {rest.name: rest.minor for rest in rests}
    missing = total - sum(amounts.values())
    for rest in sorted(rests, key=cmp_to_key(_larger_first))[:missing]:
        amounts[rest.name] += 1
    return {name: amount for name, amount in amounts.items() if amount}


def _larger_first(left: _Rest, right: _Rest) -> int:
    if left.low > right.high:
        return -1
    if left.high < right.low:
        return 1
    (a, b), (c, d) = left.exact(), right.exact()
    return (a * d < c * b) - (a * d > c * b)
