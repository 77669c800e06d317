"""Which reminders of a deadline fall on which day: pure, no clock."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


class Told(StrEnum):
    """Who hears a reminder."""

    OWNER = "owner"
    """Whoever is responsible, otherwise the people of the organisation whose duty it is."""
    HEAD = "head"
    """The administrators of that organisation."""
    OFFICE = "office"
    """The office of the alliance."""


class Counted(StrEnum):
    """From which day a reminder is counted."""

    DUE = "due"
    LAST = "last"
    """The last day on which it can still be done."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder of a ladder: so many days before a day (below zero: after it), and to whom."""

    days: int
    to: Told = Told.OWNER
    counted: Counted = Counted.DUE

    @property
    def code(self) -> str:
        """What the rung is kept by."""
        return f"{self.to}.{self.counted}.{self.days}"


MISSED: Final = tuple(Rung(-1, to, Counted.LAST) for to in (Told.OWNER, Told.HEAD, Told.OFFICE))
"""What every ladder ends with: the first day on which it is too late is told to everybody."""


@dataclass(frozen=True, slots=True)
class Days:
    """The two days of a deadline: when it is due, and the last one on which it can still be done."""

    due_on: date
    last_day: date

    def of(self, rung: Rung) -> date:
        """Return the day a rung is counted from."""
        return self.due_on if rung.counted is Counted.DUE else self.last_day

    def falls_on(self, rung: Rung) -> date:
        """Return the day on which a rung is to be told."""
        return self.of(rung) - timedelta(days=rung.days)


@dataclass(frozen=True, slots=True)
class Telling:
    """A rung that is told now, and those that it takes the place of because their day passed without it."""

    rung: Rung
    instead_of: tuple[Rung, ...] = ()


def ladder(rungs: Iterable[Rung]) -> tuple[Rung, ...]:
    """Return a whole ladder, each rung once, with those at its end that every deadline has."""
    return tuple(dict.fromkeys((*rungs, *MISSED)))


def due_tellings(rungs: Collection[Rung], days: Days, *, on: date, told: Collection[tuple[str, date]]) -> list[Telling]:
    """Return what is to be told on a day, to each audience once.

    `told` are the codes of rungs that were told, with the day each was counted from: a deadline that moves begins its
    ladder anew. Where several rungs have passed, as after days without a worker or for a deadline that came on record
    late, the latest is told and takes the place of the others: nobody hears of one thing three times at once.
    """
    found = []
    for to in Told:
        passed = [
            rung
            for rung in rungs
            if rung.to is to and days.falls_on(rung) <= on and (rung.code, days.of(rung)) not in told
        ]
        if passed:
            passed.sort(key=days.falls_on)
            found.append(Telling(passed[-1], tuple(passed[:-1])))
    return found


def next_day(rungs: Collection[Rung], days: Days, *, after: date) -> date | None:
    """Return the first day after another on which something is to be told; None: nothing is left."""
    return min((day for rung in rungs if (day := days.falls_on(rung)) > after), default=None)


def first_day(rungs: Collection[Rung], days: Days) -> date:
    """Return the day on which the first rung is to be told, be it long past."""
    return min(days.falls_on(rung) for rung in rungs)
