"""All that a licence may report, in as few cases as the rates of two versions tell apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from licensing.engine.model import Limit, Match, Month, Rate, Steps, Tiers

Dimension = Literal["products", "made_in", "sold_in", "month", "standing", "option"]
Value = str | Month
OTHER: Final = "\0other"
"""Whatever no rate names."""

_DIMENSIONS: Final[tuple[Dimension, ...]] = ("products", "made_in", "sold_in", "month", "standing", "option")
_MOST_CASES: Final = 100_000


class TooManyCases(Exception):
    """The terms tell so many cases apart that they cannot be compared one by one."""


@dataclass(frozen=True, slots=True)
class Licensed:
    """What the rates of a licence depend on that does not change; standing and option may, so every one is looked at.

    `ends` is its last month; None is open.
    """

    code: str
    signed_on: date | None
    ends: Month | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Things sold that no rate of either version tells apart, by one of them."""

    product: str
    made_in: str
    sold_in: str
    month: Month


@dataclass(frozen=True, slots=True)
class Horizon:
    """The months that count: from January of the year in which terms come into force, or from ever, to the end."""

    first: Month
    last: Month


def horizon_of(licensed: Licensed, in_force: Month, rates: Sequence[Rate]) -> Horizon:
    """Return the months whose sales decide what a licence is billed once terms are in force.

    A close works out the whole calendar year by the version of its period; where something never starts again, all
    years.
    """
    never_ends = any(isinstance(rate.form, Tiers | Steps) and rate.form.never_resets for rate in rates)
    first = 0 if never_ends else in_force - in_force % 12
    return Horizon(first, licensed.ends if licensed.ends is not None else 12 * 9999)


def reaches(match: Match, licensed: Licensed, horizon: Horizon) -> bool:
    """Whether an entry can ever be for a licence."""
    if match.licences is not None and licensed.code not in match.licences:
        return False
    signed = licensed.signed_on
    if match.signed_from is not None and (signed is None or signed < match.signed_from):
        return False
    if match.signed_to is not None and (signed is None or signed > match.signed_to):
        return False
    if frozenset() in (match.products, match.made_in, match.sold_in, match.option):
        return False
    return (match.from_month is None or match.from_month <= horizon.last) and (
        match.to_month is None or match.to_month >= horizon.first
    )


def reaching(rates: Sequence[Rate], licensed: Licensed, horizon: Horizon) -> list[Rate]:
    """Return the rates that can ever be for a licence, in their order."""
    return [rate for rate in rates if reaches(rate.match, licensed, horizon)]


def limits_reaching(limits: Sequence[Limit], licensed: Licensed, horizon: Horizon) -> list[Limit]:
    """Return the waivers or caps that can ever be for a licence, as far as they differ for it."""
    return [
        replace(
            limit,
            id="",
            match=replace(
                limit.match,
                licences=None,
                signed_from=None,
                signed_to=None,
                from_month=_within(limit.match.from_month, after=horizon.first),
                to_month=_within(limit.match.to_month, before=horizon.last),
            ),
        )
        for limit in limits
        if reaches(limit.match, licensed, horizon)
    ]


def cases_of(
    before: Sequence[Rate], after: Sequence[Rate], horizon: Horizon
) -> Iterator[tuple[Case, Rate | None, Rate | None]]:
    """Yield every case with the rate that is for it in each version; None where none is. Raises TooManyCases."""
    for found, (values, one, other) in enumerate(_split(list(before), list(after), 0, horizon, ())):
        if found == _MOST_CASES:
            raise TooManyCases
        product, made_in, sold_in, month = (*values, *_REST[len(values) :])[:4]
        case = Case(str(product), str(made_in), str(sold_in), month if isinstance(month, int) else horizon.first)
        yield case, one, other


_REST: Final[tuple[Value, ...]] = (OTHER, OTHER, OTHER, OTHER)

_Found = tuple[tuple[Value, ...], Rate | None, Rate | None]


def _split(
    before: list[Rate], after: list[Rate], depth: int, horizon: Horizon, values: tuple[Value, ...]
) -> Iterator[_Found]:
    """Take one dimension after the other, and each value of it that some entry tells from others."""
    # Products are always looked at, for what they weigh.
    if depth > 0 and _is_open(before, depth) and _is_open(after, depth):
        yield values, next(iter(before), None), next(iter(after), None)
        return
    dimension = _DIMENSIONS[depth]
    together = [*before, *after]
    for value in _told_apart(dimension, together, horizon):
        yield from _split(
            [rate for rate in before if _allows(rate, dimension, value)],
            [rate for rate in after if _allows(rate, dimension, value)],
            depth + 1,
            horizon,
            (*values, value),
        )


def _is_open(rates: Sequence[Rate], depth: int) -> bool:
    """Whether the first of some rates is for every value of the dimensions that are left, or there is none."""
    if not rates:
        return True
    match = rates[0].match
    bounds = {"month": (match.from_month, match.to_month), "standing": (match.standing,)}
    return all(
        all(bound is None for bound in bounds.get(dimension, (getattr(match, dimension, None),)))
        for dimension in _DIMENSIONS[depth:]
    )


def _told_apart(dimension: Dimension, rates: Sequence[Rate], horizon: Horizon) -> list[Value]:
    """Return values of a dimension, one for all that the rates treat alike."""
    candidates: set[Value] = set()
    if dimension == "month":
        candidates.add(horizon.first)
        for rate in rates:
            candidates |= {rate.match.from_month} if rate.match.from_month is not None else set()
            candidates |= {rate.match.to_month + 1} if rate.match.to_month is not None else set()
        candidates = {month for month in candidates if isinstance(month, int) and month in _span(horizon)}
    elif dimension == "standing":
        candidates = {"standard", "compliant"}
    else:
        candidates.add(OTHER)
        for rate in rates:
            candidates |= getattr(rate.match, dimension) or frozenset()
            if dimension == "products":
                candidates |= set(_weights(rate))
    if len(candidates) * len(rates) > _MOST_CASES * 20:
        raise TooManyCases
    seen: dict[tuple[object, ...], Value] = {}
    weights = [_weights(rate) for rate in rates]
    for value in sorted(candidates, key=str):
        alike = tuple(
            (_allows(rate, dimension, value), weight.get(str(value)))
            for rate, weight in zip(rates, weights, strict=True)
        )
        seen.setdefault(alike, value)
    return list(seen.values())


def _span(horizon: Horizon) -> range:
    return range(horizon.first, horizon.last + 1)


def _allows(rate: Rate, dimension: Dimension, value: Value) -> bool:
    match = rate.match
    if dimension == "month":
        month = int(value)
        return (match.from_month is None or match.from_month <= month) and (
            match.to_month is None or month <= match.to_month
        )
    if dimension == "standing":
        return match.standing is None or match.standing == value
    wanted: frozenset[str] | None = getattr(match, dimension)
    return wanted is None or value in wanted


def _weights(rate: Rate) -> Mapping[str, object]:
    return rate.form.weights if isinstance(rate.form, Tiers | Steps) else {}


def _within(month: Month | None, *, after: Month = -1, before: Month = 12 * 10_000) -> Month | None:
    """A bound that the horizon sets anyway is none."""
    return None if month is None or month <= after or month >= before else month
