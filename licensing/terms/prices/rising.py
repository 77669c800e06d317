"""By how much rates rise from the terms of a licence to those of its renewal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from licensing.engine.model import Flat, Limit, Minimum, Month, Percent, Rate, Steps, Terms, Tiers
from licensing.terms.prices.cells import Horizon, Licensed, cases_of, horizon_of, limits_reaching, reaching

_NOTHING: Final = Fraction(0)

Risen = Literal["rate", "royalty_bearing", "waiver", "cap", "minimum"]


@dataclass(frozen=True, slots=True)
class PriceRise:
    """What rises by more than was agreed, or cannot be compared because it is of another kind; blank: none is there."""

    what: Risen
    before: str
    after: str
    comparable: bool


def price_rises(
    before: Terms, after: Terms, old: Licensed, new: Licensed, *, at_most: Fraction, in_force: Month
) -> list[PriceRise]:
    """Return where a renewal is asked more than a percentage over what the licence it renews is.

    Every price of a rate is compared at every quantity at which one of the two changes. Where the earlier terms name no
    rate for so late a month, that of the earlier licence's last month counts; what never had a rate has nothing to rise
    from. Caps and yearly minimums rise no further than rates; waivers do not shrink. Raises TooManyCases.
    """
    horizon = horizon_of(new, in_force, [*before.rates, *after.rates])
    last = min(old.ends, in_force - 1) if old.ends is not None else in_force - 1
    factor = 1 + at_most / 100
    rises: dict[tuple[str, str], PriceRise] = {}
    held = [*reaching(before.rates, old, horizon), *_held_on(before.rates, old, last)]
    for case, one, other in cases_of(held, reaching(after.rates, new, horizon), horizon):
        if one is None or other is None or (one.id, other.id) in rises:
            continue
        prices = list(_prices(one, other, case.product))
        if not prices or any(now > was * factor for was, now in prices):
            rises[one.id, other.id] = PriceRise("rate", one.id, other.id, bool(prices))
    limits = _limits_risen(before, after, old, new, horizon, last, factor)
    return [*rises.values(), *limits]


def _held_on(rates: Sequence[Rate], licensed: Licensed, last: Month) -> list[Rate]:
    """Return the rates of a licence's last month, as if they went on."""
    return [
        replace(rate, match=replace(rate.match, from_month=None, to_month=None))
        for rate in reaching(rates, licensed, Horizon(last, last))
    ]


def _limits_risen(
    before: Terms, after: Terms, old: Licensed, new: Licensed, horizon: Horizon, last: Month, factor: Fraction
) -> Iterator[PriceRise]:
    if before.in_force_only and not after.in_force_only:
        yield PriceRise("royalty_bearing", "", "", comparable=True)

    def held(limits: Sequence[Limit]) -> list[Limit]:
        return limits_reaching(limits, old, horizon) or [
            replace(limit, match=replace(limit.match, from_month=None, to_month=None))
            for limit in limits_reaching(limits, old, Horizon(last, last))
        ]

    waivers, caps = limits_reaching(after.waivers, new, horizon), limits_reaching(after.caps, new, horizon)
    for limit in held(before.waivers):
        if not any(_alike(limit, other) and other.amount >= limit.amount for other in waivers):
            yield PriceRise("waiver", "", "", comparable=any(_alike(limit, other) for other in waivers))
    for limit in held(before.caps):
        if not any(_alike(limit, other) and other.amount <= limit.amount * factor for other in caps):
            yield PriceRise("cap", "", "", comparable=any(_alike(limit, other) for other in caps))
    owed = [each for each in before.minimums if each.licences is None or old.code in each.licences]
    for each in after.minimums:
        if each.amount == 0 or (each.licences is not None and new.code not in each.licences):
            continue
        if not any(_alike(other, each) and each.amount <= other.amount * factor for other in owed):
            yield PriceRise("minimum", "", each.id, comparable=True)


def _alike(one: Limit | Minimum, other: Limit | Minimum) -> bool:
    """Whether two limits differ by their amount alone, and by whom they are written for."""
    if isinstance(one, Minimum) and isinstance(other, Minimum):
        return replace(one, id="", licences=None, amount=_NOTHING) == replace(
            other, id="", licences=None, amount=_NOTHING
        )
    if isinstance(one, Limit) and isinstance(other, Limit):
        return replace(one, amount=_NOTHING) == replace(other, amount=_NOTHING)
    return False


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
        # Whoever sells in few months pays a longer span's amount whole.
        if after.months > before.months:
            yield before.amount, after.amount
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
