"""An invoice that is paid in parts: what of each is open on a day, and from when it is late. Pure: no database."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class CreditsReduce(StrEnum):
    """Which parts become smaller by a credit note, or by what is given up."""

    LAST = "last"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Part:
    """An amount in minor units that is to be paid by a day."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Movement:
    """What settled some of it, from a day on; below zero where something was taken back."""

    on: date
    amount_minor: int
    reduces: bool
    """Whether nothing arrived for it: a credit note, or giving up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Parts in the order of their days, and what becomes of them otherwise."""

    parts: Sequence[Part]
    reduce: CreditsReduce = CreditsReduce.LAST
    falls_due_whole: bool = False
    """Whether a part that is not paid in time makes all later ones due with it."""


@dataclass(frozen=True, slots=True)
class PartStanding:
    """How a part stands on a day."""

    part: Part
    open_minor: int
    falls_due_on: date
    """Its own day, or that of the earlier part which was not paid in time."""


@dataclass(frozen=True, slots=True)
class LateSpan:
    """Days, the last excluded, on which the same amount of a part was late; `due_on`: since when it is late."""

    due_on: date
    first: date
    end: date
    open_minor: int


def open_parts(plan: Plan, movements: Iterable[Movement]) -> list[int]:
    """Return what is open of each part: money fills them in the order of their days, credits reduce by the rule.

    What is taken back beyond what was settled makes the part that was filled first larger, before anything fills it.
    """
    opened = [part.amount_minor for part in plan.parts]
    rows = list(movements)
    forward = range(len(opened))
    backward = range(len(opened) - 1, -1, -1)
    reduced = sum(row.amount_minor for row in rows if row.reduces)
    paid = sum(row.amount_minor for row in rows if not row.reduces)
    reducing = (reduced, backward if plan.reduce is CreditsReduce.LAST else forward)
    # Credits before money, but for what makes parts larger: that is filled as well.
    for amount, order in sorted((reducing, (paid, forward)), key=lambda each: each[0] >= 0):
        _take(opened, amount, order)
    return opened


def _take(opened: list[int], amount: int, order: Sequence[int]) -> None:
    if amount < 0:
        opened[order[0]] -= amount
        return
    for place in order:
        taken = min(opened[place], amount)
        opened[place] -= taken
        amount -= taken


def broken_on(plan: Plan, movements: Sequence[Movement], *, on: date) -> date | None:
    """Return the day of the first part that was not paid in time, as seen on a day; None: all were so far."""
    for place, part in enumerate(plan.parts):
        if part.due_on >= on:
            return None
        if open_parts(plan, (row for row in movements if row.on <= part.due_on))[place] > 0:
            return part.due_on
    return None


def standings(plan: Plan, movements: Sequence[Movement], *, on: date) -> list[PartStanding]:
    """Return how each part stands on a day."""
    broken = broken_on(plan, movements, on=on) if plan.falls_due_whole else None
    return [
        PartStanding(part, opened, part.due_on if broken is None else min(part.due_on, broken))
        for part, opened in zip(plan.parts, open_parts(plan, movements), strict=True)
    ]


def late_spans(plan: Plan, movements: Sequence[Movement], *, first: date, end: date) -> list[LateSpan]:
    """Return the days from one to before another on which parts were late, in the order of the parts.

    Money counts from the day after it arrived, and a part is late from the day after it was due.
    """
    changes = sorted({row.on + DAY for row in movements})
    spans: list[LateSpan] = []
    for place, standing in enumerate(standings(plan, movements, on=end)):
        begins = max(first, standing.falls_due_on + DAY)
        days = [begins, *(day for day in changes if begins < day < end), end]
        for since, until in itertools.pairwise(days):
            if since >= until:
                continue
            opened = open_parts(plan, (row for row in movements if row.on < since))[place]
            if opened > 0:
                spans.append(LateSpan(standing.falls_due_on, since, until, opened))
    return spans
