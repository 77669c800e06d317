"""Tables and values of a terms document: read by kind, each mistake noted under its path."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

from licensing.engine import cells
from licensing.engine.model import Month, month_of
from platform_core.codes import COUNTRIES, CURRENCY_EXPONENTS

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WORD: Final = re.compile(r"[^\x00-\x1f]+")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TermsProblem:
    """One mistake: the key's path in the document, what was found there, and what to do."""

    path: str
    value: str
    message: str
    code: Literal["bad_terms", "duplicate_id"] = "bad_terms"
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class TermsError(ValueError):
    """The document is not a programme's terms; `problems` names every mistake found."""

    def __init__(self, problems: list[TermsProblem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class Table:
    """One table of the document: hands out its keys by kind, and reports those that nobody asked for."""

    def __init__(self, reader: "Values", path: str, content: object) -> None:
        self.reader = reader
        self.path = path
        self.content: dict[str, Any] = {}
        self.used: set[str] = set()
        if isinstance(content, dict):
            self.content = content
        else:
            reader.wrong(path, content, "must be a table of keys")

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return key in self.content

    def wrong(self, key: str, message: str) -> None:
        self.reader.wrong(self.at(key), self.content.get(key), message)

    def get(self, key: str, kind: Callable[[str, object], T | None], default: T | None = None) -> T | None:
        """The key's value read by `kind`, or the default where it is absent or wrong (a wrong one is reported)."""
        self.used.add(key)
        if key not in self.content:
            return default
        value = kind(self.at(key), self.content[key])
        return default if value is None else value

    def need(self, key: str, kind: Callable[[str, object], T | None], instead: T, hint: str = "") -> T:
        """As `get`, but its absence is a mistake; `instead` only lets the reading go on to find further ones."""
        if key not in self.content:
            self.used.add(key)
            self.wrong(key, f"is missing{hint and ': ' + hint}")
        value = self.get(key, kind)
        return instead if value is None else value

    def only_with(self, keys: tuple[str, ...], condition: bool, message: str) -> None:
        for key in keys:
            if key in self.content and not condition:
                self.used.add(key)
                self.wrong(key, message)

    def finish(self) -> None:
        for key in self.content:
            if key not in self.used:
                known = ", ".join(sorted(self.used)) or "none"
                self.wrong(key, f"is not a known key here; known are: {known}")


class Values:
    """Reads values by kind: each reader takes a path and what stands there, and gives None for what is wrong."""

    def __init__(self) -> None:
        self.problems: list[TermsProblem] = []
        self.currency = ""

    def wrong(
        self, path: str, value: object, message: str, code: Literal["bad_terms", "duplicate_id"] = "bad_terms"
    ) -> None:
        try:
            shown = value if isinstance(value, str) else "" if value is None else str(value)
        except (ValueError, RecursionError):
            shown = "…"  # a whole number of more digits than Python writes
        self.problems.append(TermsProblem(path, shown[:200], message, code))

    # -- kinds of values --------------------------------------------------------------------------------------

    def word(self, path: str, value: object) -> str | None:
        if isinstance(value, str) and _WORD.fullmatch(value) and value.strip():
            return value
        self.wrong(path, value, "must be a text that is not empty")
        return None

    def choice(self, *words: str) -> Callable[[str, object], str | None]:
        def read(path: str, value: object) -> str | None:
            if isinstance(value, str) and value in words:
                return value
            self.wrong(path, value, f"must be one of: {', '.join(words)}")
            return None

        return read

    def amount(self, path: str, value: object) -> Fraction | None:
        if isinstance(value, float):
            self.wrong(path, value, f'must be written as a string, so that it stays exact: "{value}"')
            return None
        if isinstance(value, int | str) and not isinstance(value, bool):
            try:
                return cells.weight(str(value))
            except ValueError as error:
                self.wrong(path, value, f"{error}; write a decimal as a string")
                return None
        self.wrong(path, value, "must be a plain decimal of 0 or more with at most 12 decimals, written as a string")
        return None

    def percentage(self, path: str, value: object) -> Fraction | None:
        amount = self.amount(path, value)
        if amount is not None and amount > 100:
            self.wrong(path, value, "must be between 0 and 100")
            return None
        return amount

    def positive(self, path: str, value: object) -> Fraction | None:
        amount = self.percentage(path, value)
        if amount == 0:
            self.wrong(path, value, "must be above 0")
            return None
        return amount

    def whole(self, path: str, value: object) -> int | None:
        amount = self.amount(path, value)
        if amount is not None and amount.denominator != 1:
            self.wrong(path, value, "must be a whole number")
            return None
        return None if amount is None else int(amount)

    def known_currency(self, path: str, value: object) -> str | None:
        if isinstance(value, str) and value in CURRENCY_EXPONENTS:
            return value
        self.wrong(path, value, "is not an ISO 4217 currency with a minor unit; write a code such as CNY or USD")
        return None

    def month(self, path: str, value: object) -> Month | None:
        found = _MONTH.fullmatch(value) if isinstance(value, str) else None
        if found is None or int(found[1]) == 0:
            self.wrong(path, value, "must be a month written as text: 2025-03")
            return None
        return month_of(int(found[1]), int(found[2]))

    def day(self, path: str, value: object) -> date | None:
        # TOML has dates of its own; both spellings mean the same day.
        if type(value) is date:
            return value
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.wrong(path, value, "must be a day that exists, written 2025-03-31")
        return None

    def words(self, path: str, value: object) -> frozenset[str] | None:
        if value == "*":
            return None
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return frozenset(value)
        self.wrong(path, value, 'must be a list of texts, such as ["a", "b"], or "*" for all')
        return None

    def countries(self, path: str, value: object) -> frozenset[str] | None:
        words = self.words(path, value)
        for code in sorted(words or ()):
            if code not in COUNTRIES:
                self.wrong(path, code, f"{code!r} is not an ISO 3166-1 alpha-2 country")
        return words

    def country_list(self, path: str, value: object) -> frozenset[str] | None:
        if value == "*":
            self.wrong(path, value, "must be a list of countries")
            return None
        return self.countries(path, value)

    def weights(self, path: str, value: object) -> dict[str, Fraction] | None:
        if not isinstance(value, dict):
            self.wrong(path, value, 'must be a table of weights, such as { A = "3", B = "1" }')
            return None
        read = {key: self.amount(f"{path}.{key}", weight) for key, weight in value.items()}
        return {key: weight for key, weight in read.items() if weight is not None}

    def some_weights(self, path: str, value: object) -> dict[str, Fraction] | None:
        if value == {}:
            self.wrong(path, "", "must name at least one")
            return None
        return self.weights(path, value)

    def tables(self, parent: Table, key: str, path: str) -> list[Table]:
        parent.used.add(key)
        value = parent.content.get(key, [])
        if not isinstance(value, list):
            self.wrong(path, value, "must be a list of tables")
            return []
        return [Table(self, f"{path}[{index}]", item) for index, item in enumerate(value)]
