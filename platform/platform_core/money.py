"""Exact money: minor units, decimals and the two ways of rounding. Pure: no Django, no clock, no network."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from platform_core.codes import CURRENCY_EXPONENTS


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has (ISO 4217): CNY 2, JPY 0, KWD 3.

    Raises ValueError for a code that is not a currency with a minor unit.
    """
    try:
        return CURRENCY_EXPONENTS[currency]
    except KeyError:
        raise ValueError(f"{currency!r} is not an ISO 4217 currency; write a code such as CNY, USD or EUR") from None


def round_half_away(value: Fraction | Decimal | int) -> int:
    """Round an exact number to an integer, halves away from zero (2.5 to 3, -2.5 to -3)."""
    exact = Fraction(value)
    magnitude = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return magnitude if exact >= 0 else -magnitude


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weight so that the parts add up to it exactly (largest remainder, ties to the earlier).

    Raises ValueError when a weight is negative or none is above zero.
    """
    if any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("weights must not be negative, and one must be above zero")
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    lost = [total * weight % whole for weight in weights]
    for index in sorted(range(len(weights)), key=lambda i: (-lost[i], i))[: total - sum(parts)]:
        parts[index] += 1
    return parts


def format_minor(amount: int, currency: str) -> str:
    """Write minor units as a decimal in major units with the currency code: 123456 CNY is "1234.56 CNY"."""
    digits = exponent(currency)
    sign = "-" if amount < 0 else ""
    text = str(abs(amount)).rjust(digits + 1, "0")
    major = text if digits == 0 else f"{text[:-digits]}.{text[-digits:]}"
    return f"{sign}{major} {currency}"
