"""Rates of exchange and what amounts come to by them. Pure: no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from platform_core.money import exponent, round_half_away

PLACES: Final = 12
"""Decimals of a rate: what is paid follows from the rate as it is written."""

Pairs = Mapping[tuple[str, str], Decimal]
"""What one unit of the first currency is in the second one."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """What one unit of a currency is in another one, and of which rates that is made."""

    rate: Decimal
    made_of: str


def cross_rate(pairs: Pairs, source: str, target: str) -> Crossed | None:
    """Return what one unit of a currency is in another by the rates of one day: as given, turned round, or by a third.

    Rounded once to twelve decimals. None: the rates do not tell.
    """
    if (direct := pairs.get((source, target))) is not None:
        return Crossed(_written(Fraction(direct)), f"1 {source} = {_plain(direct)} {target}")
    if (turned := pairs.get((target, source))) is not None:
        return Crossed(_written(1 / Fraction(turned)), f"1 {target} = {_plain(turned)} {source}")
    for third in sorted({base for base, _ in pairs}):
        one, other = pairs.get((third, source)), pairs.get((third, target))
        if one is not None and other is not None:
            made_of = f"1 {third} = {_plain(one)} {source} = {_plain(other)} {target}"
            return Crossed(_written(Fraction(other) / Fraction(one)), made_of)
    return None


def converted(minor: int, rate: Decimal, *, source: str, target: str) -> int:
    """Return what an amount comes to in another currency, in its minor units, rounded once, halves away from zero."""
    shift = exponent(target) - exponent(source)
    return round_half_away(minor * Fraction(rate) * Fraction(10) ** shift)


def _written(rate: Fraction) -> Decimal:
    return Decimal(round_half_away(rate * 10**PLACES)).scaleb(-PLACES)


def _plain(rate: Decimal) -> str:
    return f"{rate.normalize():f}"
