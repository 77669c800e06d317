"""Which patents count where and when."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from licensing.engine.model import Month, first_day
from licensing.engine.tables import Patent

Rows = tuple[int, ...]
"""Patents by their number in the book, ascending."""


class PatentBook:
    """The pool's patents, asked by country, product and day. Answers are remembered."""

    def __init__(self, patents: Sequence[Patent]) -> None:
        self.patents = patents
        self._by_country: dict[str, list[int]] = defaultdict(list)
        for number, patent in enumerate(patents):
            self._by_country[patent.country].append(number)
        self._in_force = lru_cache(maxsize=None)(self._find_in_force)
        self.counting = lru_cache(maxsize=None)(self._find_counting)
        self.day_runs = lru_cache(maxsize=None)(self._find_day_runs)

    def _numbers(self, country: str | None) -> Iterable[int]:
        return range(len(self.patents)) if country is None else self._by_country.get(country, ())

    def _find_in_force(self, country: str | None, day: date) -> Rows:
        return tuple(number for number in self._numbers(country) if self.patents[number].counts_on(day))

    def _find_counting(self, country: str | None, product: str | None, day: date) -> Rows:
        """Patents that count in the country (None: any) for the product (None: any) on the day."""
        found = self._in_force(country, day)
        if product is None:
            return found
        return tuple(
            number for number in found if (wanted := self.patents[number].products) is None or product in wanted
        )

    def _find_day_runs(self, country: str | None, month: Month) -> tuple[tuple[date, int], ...]:
        """The month cut into runs of days on which the same patents count: first day and length of each."""
        first = first_day(month)
        last = first + timedelta(monthrange(first.year, first.month)[1] - 1)
        cuts = {first, last + timedelta(1)}
        for number in self._numbers(country):
            patent = self.patents[number]
            for day in (patent.granted, patent.ends, patent.enters, patent.leaves):
                if day is not None and first < day <= last:
                    cuts.add(day)
        days = sorted(cuts)
        return tuple((start, (end - start).days) for start, end in pairwise(days))

    def joint_day_runs(self, countries: Iterable[str | None], month: Month) -> list[tuple[date, int]]:
        """As `day_runs`, for patents of several countries together."""
        starts = sorted({start for country in countries for start, _ in self.day_runs(country, month)})
        first = first_day(month)
        after = first + timedelta(monthrange(first.year, first.month)[1])
        return [(start, (end - start).days) for start, end in pairwise([*starts, after])]

    def families(self, rows: Iterable[int]) -> set[str]:
        """The distinct families among the patents."""
        return {self.patents[number].family for number in rows}
