"""Days as files write them. Which of day and month comes first is decided for a file, never for a cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

_YEAR_FIRST = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?|(\d{2})(\d{2}))(?:[ T]\d{1,2}:.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})(?: \d{1,2}:.*)?")
_NAMED = re.compile(
    r"(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{4}|\d{2})|([a-z]{3})[a-z]* (\d{1,2}),? (\d{4})", re.IGNORECASE
)
_MONTHS: Final = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_CENTURY_TURNS: Final = 50
"""Years of two digits: 50 to 99 are of the last century. Terms end in the 2040s, and few lists go back beyond 1950."""


class DayOrder(StrEnum):
    """Which comes first in `1/2/13`."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    UNDECIDED = "undecided"
    """No cell of the file tells: people have to."""
    NOT_NEEDED = "not_needed"
    """Every day begins with its year, or names its month."""
    CONTRADICTORY = "contradictory"
    """Some cells can only begin with the day, others only with the month."""


class NoDay(ValueError):
    """A cell that is no day, or not one day only; the message says why."""


@dataclass(frozen=True, slots=True)
class _Parts:
    first: int
    second: int
    year: int
    order_matters: bool


def find_day_order(cells: Iterable[str]) -> DayOrder:
    """Decide for a file which of day and month comes first, from all cells that hold days."""
    day_first = month_first = undecided = False
    for cell in cells:
        found = _YEAR_LAST.fullmatch(cell.strip())
        if not found:
            continue
        first, mark, second = int(found[1]), found[2], int(found[3])
        # With dots the day comes first wherever that is written.
        if mark == "." or (first > 12 >= second):
            day_first = True
        elif second > 12 >= first:
            month_first = True
        elif first != second:
            undecided = True
    if day_first and month_first:
        return DayOrder.CONTRADICTORY
    if day_first:
        return DayOrder.DAY_FIRST
    if month_first:
        return DayOrder.MONTH_FIRST
    return DayOrder.UNDECIDED if undecided else DayOrder.NOT_NEEDED


def read_day(cell: str, order: DayOrder = DayOrder.NOT_NEEDED) -> date:
    """Read a day in any of the forms files have. Raises NoDay for what is none, or could be two."""
    text = cell.strip()
    try:
        if found := _YEAR_FIRST.fullmatch(text):
            if found[4]:
                return date(int(found[1]), int(found[4]), int(found[5]))
            if found[3] is None:
                raise NoDay(f"“{cell}” has no day of the month")
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _YEAR_LAST.fullmatch(text):
            return _year_last(cell, int(found[1]), found[2], int(found[3]), _whole_year(found[4]), order)
        if found := _NAMED.fullmatch(text):
            month = _MONTHS[(found[2] or found[4]).lower()]
            return date(_whole_year(found[3] or found[6]), month, int(found[1] or found[5]))
    except (ValueError, KeyError) as error:
        if isinstance(error, NoDay):
            raise
        raise NoDay(f"“{cell}” is no day of the calendar") from None
    raise NoDay(f"“{cell}” is no day: write it as 2013-01-02")


def _year_last(cell: str, first: int, mark: str, second: int, year: int, order: DayOrder) -> date:
    if mark == "." or first > 12 or order is DayOrder.DAY_FIRST:
        return date(year, second, first)
    if second > 12 or first == second or order is DayOrder.MONTH_FIRST:
        return date(year, first, second)
    raise NoDay(f"“{cell}” can be two days: say whether the day or the month comes first in this file")


def _whole_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return (1900 if int(year) >= _CENTURY_TURNS else 2000) + int(year)
