"""Reading single cells: text to exact values. Each reader raises ValueError saying what the cell must look like."""

import re
from datetime import date
from fractions import Fraction
from typing import Final

from licensing.engine.model import Month, month_of
from platform_core.codes import COUNTRIES, CURRENCY_EXPONENTS

MOST_UNITS: Final = 10**12
MOST_NET: Final = 10**15

UNITS_PATTERN: Final = r"-?[0-9]+"
DECIMAL_PATTERN: Final = r"-?[0-9]+(\.[0-9]+)?"
MONTH_PATTERN: Final = r"[0-9]{4}-(0[1-9]|1[0-2])"

_UNITS: Final = re.compile(UNITS_PATTERN, re.ASCII)
_DECIMAL: Final = re.compile(DECIMAL_PATTERN, re.ASCII)
_MONTH: Final = re.compile(MONTH_PATTERN, re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def text(cell: str) -> str:
    """Any text."""
    return cell


def code(cell: str) -> str:
    """An id of ours or a product code; those that begin with ~ are the close's own."""
    if cell.startswith("~"):
        raise ValueError("must not begin with ~, which marks the close's own entries; use another code")
    return cell


def day(cell: str) -> date:
    """A day that exists."""
    if _DAY.fullmatch(cell):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            pass
    raise ValueError("must be a day that exists, written 2025-03-31")


def month(cell: str) -> Month:
    """A month."""
    if not _MONTH.fullmatch(cell) or cell.startswith("0000"):
        raise ValueError("must be a month, written 2025-03")
    return month_of(int(cell[:4]), int(cell[5:]))


def country(cell: str) -> str:
    """An ISO 3166-1 alpha-2 country."""
    if cell not in COUNTRIES:
        raise ValueError("must be an ISO 3166-1 alpha-2 country, such as CN or DE")
    return cell


def currency(cell: str) -> str:
    """An ISO 4217 currency with a minor unit."""
    if cell not in CURRENCY_EXPONENTS:
        raise ValueError("must be an ISO 4217 currency, such as CNY or USD")
    return cell


def decimal(cell: str, decimals: int) -> Fraction:
    """A plain decimal of at most so many decimals (trailing zeros do not count)."""
    if not _DECIMAL.fullmatch(cell):
        raise ValueError("must be a plain decimal in ASCII digits, such as 1234.56 (no separators, no exponent)")
    whole, _, part = cell.partition(".")
    if len(part.rstrip("0")) > decimals:
        raise ValueError(f"must have at most {decimals} decimals")
    if len(whole) + len(part) > 1000:
        raise ValueError("has too many digits")
    return Fraction(cell)


def units(cell: str) -> int:
    """A whole number of units below 10^12 in size; negative for returns."""
    if not _UNITS.fullmatch(cell) or len(cell) > 1000:
        raise ValueError("must be a whole number in ASCII digits, such as 1200 (no separators, no decimals)")
    value = int(cell)
    if abs(value) >= MOST_UNITS:
        raise ValueError("must be below 1,000,000,000,000 units")
    return value


def net_amount(cell: str) -> Fraction:
    """An amount in major units, below 10^15 in size, at most 6 decimals."""
    value = decimal(cell, 6)
    if abs(value) >= MOST_NET:
        raise ValueError("must be below 10^15")
    return value


def charge_amount(cell: str) -> Fraction:
    """An amount above 0 in major units."""
    value = net_amount(cell)
    if value <= 0:
        raise ValueError("must be above 0")
    return value


def rate(cell: str) -> Fraction:
    """An exchange rate above 0 with at most 12 decimals."""
    value = decimal(cell, 12)
    if value <= 0:
        raise ValueError("must be above 0")
    return value


def weight(cell: str) -> Fraction:
    """A weight of 0 or more with at most 12 decimals."""
    value = decimal(cell, 12)
    if value < 0:
        raise ValueError("must not be negative")
    return value


def owner_share(cell: str) -> Fraction:
    """A co-owner's part of a patent: above 0, at most 1."""
    value = decimal(cell, 12)
    if not 0 < value <= 1:
        raise ValueError("must be above 0 and at most 1")
    return value


def yes_or_no(cell: str) -> bool:
    """`yes` or `no`."""
    if cell not in ("yes", "no"):
        raise ValueError("must be yes, no or blank")
    return cell == "yes"


def standing(cell: str) -> str:
    """A licensee's standing."""
    if cell not in ("standard", "compliant"):
        raise ValueError("must be standard or compliant")
    return cell


def products(cell: str) -> frozenset[str] | None:
    """Product codes separated by a vertical bar, or * for all (None)."""
    if cell == "*":
        return None
    return frozenset(cell.split("|"))


def plain(value: Fraction) -> str:
    """A finite decimal written out, without trailing zeros: 12.5, -3, 0."""
    whole, rest = divmod(abs(value.numerator), value.denominator)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, value.denominator)
        digits += str(digit)
    return f"{'-' if value < 0 else ''}{whole}{'.' + digits if digits else ''}"


def plain_ratio(value: Fraction) -> str:
    """A number as a finite decimal where it is one, else as a ratio: 7.25, 1/3."""
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    return plain(value) if rest == 1 else str(value)
