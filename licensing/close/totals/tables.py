"""Laying told figures out by product, by country or by period: pure arithmetic."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from platform_core.access.aggregates.calculation import Atom, Withheld

MICROS = 10**6


class By(StrEnum):
    """The ways a table can be laid out."""

    PRODUCT = "product"
    COUNTRY = "country"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Told:
    """One block of closes: what it covers, and its parts."""

    periods: tuple[str, ...]
    corrected: tuple[str, ...]
    """Periods closed before, of which the block holds what a correction changed."""
    first_month: date
    last_month: date
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what it is of, and what that comes to in minor units."""

    labels: tuple[str, ...]
    first_month: date
    last_month: date
    corrected: tuple[str, ...]
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Closes of which nothing is told yet, and why."""

    periods: tuple[str, ...]
    first_month: date
    last_month: date
    reason: Withheld


@dataclass(frozen=True, slots=True)
class Totals:
    """A programme's totals as one reader may know them."""

    currency: str
    exact: bool
    rows: list[Row] = field(default_factory=list)
    total_minor: int | None = None
    waiting: Waiting | None = None


def lay_out(told: Sequence[Told], by: By) -> list[Row]:
    """Return the lines of a table; what was merged in one block and not in another stands on a line of its own."""
    if by is By.PERIOD:
        return [
            Row(
                labels=one.periods,
                first_month=one.first_month,
                last_month=one.last_month,
                corrected=one.corrected,
                amount_minor=to_minor(sum(atom.amount for atom in one.atoms)),
            )
            for one in told
        ]
    lines: defaultdict[tuple[str, ...], list[tuple[Told, int]]] = defaultdict(list)
    for one in told:
        for atom in one.atoms:
            lines[atom.rows if by is By.PRODUCT else atom.columns].append((one, atom.amount))
    return [
        Row(
            labels=labels,
            first_month=min(one.first_month for one, _ in parts),
            last_month=max(one.last_month for one, _ in parts),
            corrected=tuple(dict.fromkeys(period for one, _ in parts for period in one.corrected)),
            amount_minor=to_minor(sum(amount for _, amount in parts)),
        )
        for labels, parts in sorted(lines.items(), key=lambda line: (len(line[0]) > 1, line[0]))
    ]


def to_minor(micros: int) -> int:
    """Round micros to minor units, halves to the even one."""
    whole, rest = divmod(micros, MICROS)
    return whole + (2 * rest > MICROS or (2 * rest == MICROS and whole % 2 == 1))
