"""Section 1 of the reference: exact numbers and the only two operations that round."""

import re
from collections.abc import Sequence
from fractions import Fraction

MICRO = 10**6

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_WHOLE = re.compile(r"-?[0-9]+")


def half_away(number: Fraction) -> int:
    """The nearest integer; a half goes away from zero. This is to_micros and to_minor."""
    size = abs(number)
    whole = size.numerator // size.denominator
    if size - whole >= Fraction(1, 2):
        whole += 1
    return whole if number >= 0 else -whole


def to_minor(micros: int) -> int:
    return half_away(Fraction(micros, MICRO))


def scaled(weights: Sequence[Fraction]) -> list[int]:
    """Decimal weights as integers in the same proportions."""
    power = 1
    while any((weight * power).denominator != 1 for weight in weights):
        power *= 10
    return [int(weight * power) for weight in weights]


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weight: the floor to each, then one more to the largest remainders, ties to the earlier."""
    assert all(weight >= 0 for weight in weights)
    assert sum(weights) > 0
    parts = []
    remainders = []
    for weight in weights:
        exact = Fraction(total * weight, sum(weights))
        floor = exact.numerator // exact.denominator
        parts.append(floor)
        remainders.append(exact - floor)
    for _ in range(total - sum(parts)):
        best = max(range(len(parts)), key=lambda index: (remainders[index], -index))
        parts[best] += 1
        remainders[best] = Fraction(-1)
    assert sum(parts) == total
    return parts


def decimals_at_most(number: Fraction, places: int) -> bool:
    return bool((number * 10**places).denominator == 1)


def decimal_of(text: str) -> Fraction | None:
    """The number a cell spells out in plain ASCII digits, or None."""
    return Fraction(text) if _DECIMAL.fullmatch(text) else None


def whole_of(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def spelled(number: Fraction) -> str:
    """The plain decimal spelling of a number with finitely many decimals, without trailing zeros."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = str(abs(int(number * 10**places))).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return sign + (digits[:-places] + "." + digits[-places:] if places else digits)
