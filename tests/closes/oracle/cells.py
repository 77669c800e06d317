"""Section 2 of the reference: what a cell may hold, and what is refused in it."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Protocol

from tests.closes.oracle.calendar import day_of, is_month
from tests.closes.oracle.codes import COUNTRIES, EXPONENTS
from tests.closes.oracle.numbers import decimal_of, decimals_at_most, whole_of
from tests.closes.oracle.records import Licence

UNITS_LIMIT = 10**12
NET_LIMIT = 10**15


class Refusing(Protocol):
    """Who takes note of what is refused."""

    refused_licences: set[str]

    def reject(self, file: str, line: int, column: str, code: str, value: str) -> None: ...


class Cells:
    """The cells of one row; a cell that is not what its column holds is refused and noted in `bad`."""

    def __init__(self, reader: Refusing, file: str, line: int, row: dict[str, str]) -> None:
        self.reader = reader
        self.file = file
        self.line = line
        self.row = row
        self.bad = False

    def refuse(self, column: str, code: str = "bad_value") -> None:
        self.reader.reject(self.file, self.line, column, code, self.row.get(column, ""))
        self.bad = True

    def _checked(self, column: str, allowed: Callable[[str], bool]) -> str:
        text = self.row.get(column, "")
        if not allowed(text):
            self.refuse(column)
        return text

    def optional(self, column: str) -> str:
        return self.row.get(column, "")

    def text(self, column: str) -> str:
        return self._checked(column, lambda text: text != "")

    def code(self, column: str) -> str:
        """A word that cannot be taken for one of the engine's own, which begin with a tilde."""
        return self._checked(column, lambda text: text != "" and not text.startswith("~"))

    def among(self, column: str, words: list[str]) -> str:
        return self._checked(column, lambda text: text in words)

    def country(self, column: str) -> str:
        return self._checked(column, lambda text: text in COUNTRIES)

    def currency(self, column: str) -> str:
        return self._checked(column, lambda text: text in EXPONENTS)

    def month(self, column: str) -> str:
        return self._checked(column, is_month)

    def day(self, column: str) -> date | None:
        text = self._checked(column, lambda text: text == "" or day_of(text) is not None)
        return day_of(text)

    def licence(self, licences: dict[str, Licence]) -> str:
        text = self.text("licence_id")
        if text and text not in licences and text not in self.reader.refused_licences:
            self.refuse("licence_id", "unknown_licence")
        return text

    def units(self, column: str) -> int:
        text = self._checked(column, lambda text: (n := whole_of(text)) is not None and abs(n) < UNITS_LIMIT)
        return whole_of(text) or 0

    def _number(self, column: str, allowed: Callable[[Fraction], bool]) -> Fraction:
        text = self._checked(column, lambda text: (n := decimal_of(text)) is not None and allowed(n))
        return decimal_of(text) or Fraction(0)

    def net(self, column: str) -> Fraction | None:
        if self.row.get(column, "") == "":
            return None
        return self._number(column, _is_net)

    def charge(self, column: str) -> Fraction:
        return self._number(column, lambda number: _is_net(number) and number > 0)

    def payment(self, column: str, exponent: int) -> Fraction:
        def allowed(number: Fraction) -> bool:
            return _is_net(number) and number != 0 and decimals_at_most(number, exponent)

        return self._number(column, allowed) * Fraction(10**exponent)

    def fx_rate(self, column: str) -> Fraction:
        return self._number(column, lambda number: number > 0 and decimals_at_most(number, 12))

    def share(self, column: str) -> Fraction:
        if self.row.get(column, "") == "":
            return Fraction(1)
        return self._number(column, lambda number: 0 < number <= 1 and decimals_at_most(number, 12))

    def weight(self, column: str) -> Fraction:
        if self.row.get(column, "") == "":
            return Fraction(0)
        return self._number(column, lambda number: number >= 0 and decimals_at_most(number, 12))


def _is_net(number: Fraction) -> bool:
    return abs(number) < NET_LIMIT and decimals_at_most(number, 6)
