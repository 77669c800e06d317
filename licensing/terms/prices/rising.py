"""By how much rates rise from the terms of a licence to those of its renewal."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from licensing.engine.model import Flat, Month, Percent, Rate, Steps, Terms, Tiers
from licensing.terms.prices.cells import Case, Licensed, cases_of, horizon_of, reaching

_NOTHING: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class PriceRise:
    """A case whose rate rises by more than was agreed, or cannot be compared because it is of another kind."""

    case: Case
    before: str
    after: str
    comparable: bool


def price_rises(
    before: Terms, after: Terms, old: Licensed, new: Licensed, *, at_most: Fraction, in_force: Month
) -> list[PriceRise]:
    """Return where the rates of a renewal rise by more than a percentage over those of the licence it renews.

    Every price of a rate is compared at every quantity at which one of the two changes. What had no rate before has
    nothing to rise from. Raises TooManyCases.
    """
    horizon = horizon_of(new, in_force, [*before.rates, *after.rates])
    factor = 1 + at_most / 100
    rises: dict[tuple[str, str], PriceRise] = {}
    cases = cases_of(reaching(before.rates, old, horizon), reaching(after.rates, new, horizon), horizon)
    for case, one, other in cases:
        if one is None or other is None or (one.id, other.id) in rises:
            continue
        prices = list(_prices(one, other, case.product))
        if not prices or any(now > was * factor for was, now in prices):
            rises[one.id, other.id] = PriceRise(case, one.id, other.id, bool(prices))
    return list(rises.values())


def _prices(one: Rate, other: Rate, product: str) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield what is to be compared of two rates, before and after; nothing where they are of different kinds."""
    before, after = one.form, other.form
    if isinstance(before, Percent) and isinstance(after, Percent):
        yield from _percentages(one, other, before, after)
        return
    if one.currency != other.currency:
        return
    if isinstance(before, Flat) and isinstance(after, Flat):
        yield before.amount / before.months, after.amount / after.months
    elif isinstance(before, Tiers) and isinstance(after, Tiers):
        if not (len(before.above) == len(after.above) == 1) and _counted(before) != _counted(after):
            return
        weights = (_weight(before, product), _weight(after, product))
        if len(before.above) != 1 or len(after.above) != 1:
            if weights[0] != weights[1]:
                return
            weights = (Fraction(1), Fraction(1))
        for above in sorted({*before.above, *after.above}):
            was, now = _held(before.above, before.per_unit, above), _held(after.above, after.per_unit, above)
            yield was * weights[0], now * weights[1]
    elif isinstance(before, Steps) and isinstance(after, Steps):
        same = (_counted(before), before.peak) == (_counted(after), after.peak)
        if not same or _weight(before, product) != _weight(after, product):
            return
        for above in sorted({*before.above, *after.above}):
            yield _held(before.above, before.fee, above), _held(after.above, after.fee, above)


def _percentages(one: Rate, other: Rate, before: Percent, after: Percent) -> Iterator[tuple[Fraction, Fraction]]:
    bounds = (before.floor_per_unit, before.ceiling_per_unit, after.floor_per_unit, after.ceiling_per_unit)
    if before.per_patent != after.per_patent or (one.currency != other.currency and any(bounds)):
        return
    # An upper bound that is gone has nothing to be compared with; a lower one that is new rises from nothing.
    for was, now in (
        (before.percent_ceiling, after.percent_ceiling),
        (before.ceiling_per_unit, after.ceiling_per_unit),
    ):
        if was is not None and now is None:
            yield _NOTHING, Fraction(1)
        elif was is not None and now is not None:
            yield was, now
    yield before.percent, after.percent
    if after.floor_per_unit is not None:
        yield before.floor_per_unit or _NOTHING, after.floor_per_unit


def _counted(form: Tiers | Steps) -> tuple[str, bool]:
    return form.scope, form.never_resets


def _weight(form: Tiers | Steps, product: str) -> Fraction:
    return form.weights.get(product, Fraction(1))


def _held(above: tuple[Fraction, ...], values: tuple[Fraction, ...], quantity: Fraction) -> Fraction:
    """What holds just beyond a quantity."""
    found = [value for start, value in zip(above, values, strict=True) if start <= quantity]
    return found[-1] if found else _NOTHING
