"""What tax is withheld from a share. Pure: no database, no clock."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from platform_core.money import round_half_away


def tax_on(base_minor: int, percent: Decimal) -> int:
    """Return the tax on an amount, rounded once to a minor unit, halves away from zero; the rest is the difference."""
    return round_half_away(base_minor * Fraction(percent) / 100)


def set_off_before(amounts_minor: Iterable[int]) -> int:
    """Return what of earlier shares, oldest first, is still to be set off against the next one, in minor units.

    Tax is on what is paid. What was given too much is taken off later shares, which are paid and taxed by so much less.
    """
    carried = 0
    for amount in amounts_minor:
        carried = min(0, carried + amount)
    return -carried
