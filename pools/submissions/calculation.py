"""Pure rules of calls and evaluations: how long they run, and what findings come to."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

SHORTEST_CALL_DAYS: Final = 30
"""A call is open for so many days at least, so that every member has time to look through its patents."""


def earliest_end(opens_on: date) -> date:
    """Return the first day that may be the last one of a call."""
    return opens_on + timedelta(days=SHORTEST_CALL_DAYS - 1)


def is_open(day: date, opens_on: date | None, submit_by_on: date | None) -> bool:
    """Say whether patents are taken on a day: from the first day to the last one, which may be open."""
    return opens_on is not None and opens_on <= day and (submit_by_on is None or day <= submit_by_on)


def is_essential(findings: Collection[bool]) -> bool:
    """Say whether a patent is essential: one of its claims reads on a clause that cannot be met without it."""
    return any(findings)


def carries(agreeing: int) -> bool:
    """Say whether an opinion carries its panel: the lead, who wrote it, and one of the two assistants at least."""
    return agreeing >= 1


def due(day: date, days: int) -> date:
    """Return the last day of a time limit that begins on a day."""
    return day + timedelta(days=days)
