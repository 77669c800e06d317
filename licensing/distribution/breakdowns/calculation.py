"""Which shares by product and country may stand on a statement, and how they add up to it. Pure: no database, no clock.

A member knows from the close what it earns of each product and country, as far as that may be told. What of it was
paid says more: taken from what was earned, it leaves what those earn it who have not paid. Only where everybody paid
one and the same part, it is that part of what was told, and says nothing new of anybody.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from platform_core.access.aggregates.calculation import Group, Place
from platform_core.money import apportion

Shares = Mapping[Place, int]
"""What a payee is due in all of each product and country, in minor units."""

Part = tuple[Group, Group]
"""Products and countries that are told together."""


class Unshown(StrEnum):
    """Why a statement's amount is told in one sum, and not by product and country."""

    PAYMENTS_DIFFER = "payments_differ"
    """Some licensees paid another part of what they owe than others: the rest would tell what these sold."""
    CORRECTED = "corrected"
    """A period was corrected since the statement that it goes on from: the difference is a licensee's."""
    UNKNOWN_BEFORE = "unknown_before"
    """Of what was given before, here or elsewhere, it is not known what it was made of."""
    NOT_OF_CLOSES = "not_of_closes"
    """The statements of the closes do not tell it either."""
    HELD = "held"
    """What is held back is told once it is due to the member."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one period stood for a payee once a distribution had been made; before the first one, nothing stands."""

    close: UUID | None = None
    given_minor: int = 0
    """What the payee was given of it in all."""
    shares: Shares | None = field(default_factory=dict)
    """What that was made of; none where it is not known."""
    is_even: bool = True
    """Whether all licensees but the payee's own have paid the same part of what they owe."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A period from one distribution to another, and what its close tells the payee."""

    before: Standing
    after: Standing
    parts: Collection[Part]
    """Products and countries of which the close's statement tells what the payee earns of them."""

    @property
    def amount_minor(self) -> int:
        """What the payee was given of it in between."""
        return self.after.given_minor - self.before.given_minor


@dataclass(frozen=True, slots=True)
class Shown:
    """A payee's amount by product and country, and what is told in one sum; together they are the amount."""

    cells: Sequence[tuple[Part, int]]
    others_minor: int


NOTHING: Final = Standing()


def shares_in_minor(given_minor: int, micros: Mapping[Place, int]) -> dict[Place, int]:
    """Share out what was given of a period over products and countries, by the micros it is the rounded sum of."""
    places = sorted(micros)
    weights = [micros[place] for place in places]
    if not any(weights):
        return {}
    return dict(zip(places, apportion(given_minor, weights), strict=True))


def is_even(paid: Mapping[UUID, int], due: Mapping[UUID, int], *, own: Collection[UUID]) -> bool:
    """Say whether every licence but the reader's own had the same part of what is due under it paid."""
    return len({Fraction(paid.get(key, 0), amount) for key, amount in due.items() if amount and key not in own}) <= 1


def shown(progress: Sequence[Progress]) -> Shown | Unshown:
    """Return what a payee may know of what its amount over some periods is made of, or why nothing but the sum."""
    moved = [one for one in progress if one.amount_minor]
    for one in moved:
        if one.before.shares is None:
            return Unshown.UNKNOWN_BEFORE
        if one.before.close not in (None, one.after.close):
            return Unshown.CORRECTED
    if moved and not any(one.parts for one in moved):
        # Nothing could be told however everybody paid, so that it is not said how they did.
        return Unshown.NOT_OF_CLOSES
    if not all(one.before.is_even and one.after.is_even for one in moved):
        return Unshown.PAYMENTS_DIFFER
    sums: defaultdict[Part, int] = defaultdict(int)
    for one in moved:
        for part, amount in _by_part(one).items():
            sums[part] += amount
    if moved and not sums:
        return Unshown.NOT_OF_CLOSES
    return Shown(
        cells=[(part, amount) for part, amount in sorted(sums.items()) if amount],
        others_minor=sum(one.amount_minor for one in moved) - sum(sums.values()),
    )


def _by_part(one: Progress) -> dict[Part, int]:
    """Add up what is new of each part that is told; all else stays in the one sum."""
    of = {(product, country): part for part in one.parts for product in part[0] for country in part[1]}
    sums: defaultdict[Part, int] = defaultdict(int)
    for standing, sign in ((one.after, 1), (one.before, -1)):
        for place, amount in (standing.shares or {}).items():
            if place in of:
                sums[of[place]] += sign * amount
    return dict(sums)
