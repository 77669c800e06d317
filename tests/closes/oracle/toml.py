"""One table of programme.toml: its keys are taken one by one, and each must be of its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.closes.oracle.calendar import day_of, is_month
from tests.closes.oracle.codes import COUNTRIES, EXPONENTS
from tests.closes.oracle.numbers import decimal_of, decimals_at_most


@dataclass(frozen=True)
class Problem:
    """One mistake in the terms: the path of its key, its code and the value found."""

    path: str
    code: str
    value: str


class Table:
    """A TOML table whose keys are asked for one by one; what nobody asked for is unknown."""

    def __init__(self, content: object, path: str, problems: list[Problem]) -> None:
        self.content: Mapping[str, Any] = content if isinstance(content, dict) else {}
        self.path = path
        self.problems = problems
        self.asked: set[str] = set()
        if not isinstance(content, dict):
            problems.append(Problem(path, "bad_terms", str(content)))

    def below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def bad(self, key: str, value: object) -> None:
        self.problems.append(Problem(self.below(key), "bad_terms", str(value)))

    def has(self, key: str) -> bool:
        return key in self.content

    def get(self, key: str) -> Any:
        self.asked.add(key)
        return self.content.get(key)

    def close(self) -> None:
        for key in self.content:
            if key not in self.asked:
                self.bad(key, self.content[key])

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value:
            self.bad(key, value)
            return ""
        return value

    def choice(self, key: str, among: Sequence[str], *, default: str | None = None) -> str:
        value = self.text(key, default=default)
        if value not in among and value:
            self.bad(key, value)
        return value

    def amount(self, key: str, *, most: int | None = None, above_zero: bool = False) -> Fraction:
        """A string or an integer, never a float; not negative, at most 12 decimals."""
        value = self.get(key)
        number: Fraction | None = None
        if isinstance(value, int) and not isinstance(value, bool):
            number = Fraction(value)
        if isinstance(value, str):
            number = decimal_of(value)
        if (
            number is None
            or number < 0
            or (above_zero and number == 0)
            or (most is not None and number > most)
            or not decimals_at_most(number, 12)
        ):
            self.bad(key, value)
            return Fraction(0)
        return number

    def optional_amount(self, key: str, *, most: int | None = None, above_zero: bool = False) -> Fraction | None:
        return self.amount(key, most=most, above_zero=above_zero) if self.has(key) else None

    def amounts(self, key: str) -> dict[str, Fraction]:
        """A table of names and amounts."""
        value = self.get(key)
        if value is None:
            return {}
        table = Table(value, self.below(key), self.problems)
        return {name: table.amount(name) for name in table.content}

    def words(self, key: str, *, star: bool = False, countries: bool = False) -> list[str] | None:
        """A list of words; None where the key is absent or, if allowed, `"*"`."""
        value = self.get(key)
        if value is None or (star and value == "*"):
            return None
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.bad(key, value)
            return []
        if countries and not all(word in COUNTRIES for word in value):
            self.bad(key, value)
        return list(value)

    def currency(self, default: str) -> str:
        return self.choice("currency", list(EXPONENTS), default=default or None)

    def month(self, key: str) -> str | None:
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not is_month(value):
            self.bad(key, value)
            return None
        return value

    def day(self, key: str) -> date | None:
        value = self.get(key)
        if value is None:
            return None
        day = day_of(value) if isinstance(value, str) else None
        if day is None:
            self.bad(key, value)
        return day

    def tables(self, key: str) -> "list[Table]":
        value = self.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.bad(key, value)
            return []
        return [Table(entry, f"{self.below(key)}[{index}]", self.problems) for index, entry in enumerate(value)]
