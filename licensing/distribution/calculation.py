"""What of the money received is new to each payee, and who may know how much it was. Pure: no database, no clock."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from platform_core.access.aggregates.calculation import AggregateRule, Withheld
from platform_core.money import round_half_away


@dataclass(frozen=True, slots=True)
class Share:
    """What a payee is due of one period with all that was received for it, and how much of it was distributed before.

    In minor units. The difference is below 0 where it was given more than it is due now: a claw-back.
    """

    payee: str
    cumulative_minor: int
    before_minor: int

    @property
    def amount_minor(self) -> int:
        """What is new."""
        return self.cumulative_minor - self.before_minor


def new_shares(cumulative: Mapping[str, int], before: Mapping[str, int]) -> list[Share]:
    """Return what is new for each payee of a period, in the order of payees; those with nothing at all are left out.

    The new amounts add up to what was received since, whatever rounding did to single payees.
    """
    return [
        Share(payee, cumulative.get(payee, 0), before.get(payee, 0))
        for payee in sorted({*cumulative, *before})
        if cumulative.get(payee, 0) or before.get(payee, 0)
    ]


def totals_by_payee(shares: Iterable[Share]) -> dict[str, int]:
    """Return what is new for each payee over several periods, in the order of payees."""
    sums: dict[str, int] = {}
    for share in shares:
        sums[share.payee] = sums.get(share.payee, 0) + share.amount_minor
    return dict(sorted(sums.items()))


@dataclass(frozen=True, slots=True)
class Received:
    """What was received for a period under one licence, in minor units, and what of it was distributed before."""

    licence: str
    received_minor: int


def payments_table(received: Sequence[Received], *, digits: int) -> list[tuple[str, str]]:
    """Return the rows of a bundle's payments: licences with money above 0, in major units, in their order."""
    return [
        (row.licence, _major(row.received_minor, digits))
        for row in sorted(received, key=lambda row: row.licence)
        if row.received_minor > 0
    ]


def _major(minor: int, digits: int) -> str:
    text = str(minor).rjust(digits + 1, "0")
    return text if digits == 0 else f"{text[:-digits]}.{text[-digits:]}"


class Untold(StrEnum):
    """Why a payee does not get the proof of its amount, which tells what was distributed in all."""

    TOO_FEW_PAYEES = "too_few_payees"
    """There is none: with so few payees the total would tell what the others get."""
    TOO_FEW = Withheld.TOO_FEW.value
    """Fewer paid than have to, the reader and its affiliates left out."""
    DOMINATED = Withheld.DOMINATED.value
    """One of them paid too large a part of it."""
    REST = "rest_of_few"
    """What is left of the periods' royalties would follow from it, and be of too few."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a distribution gave out: by period and group of licensees, in minor units, what of their money was new."""

    money: Mapping[str, Mapping[str, int]]

    @property
    def periods(self) -> frozenset[str]:
        """Those of which it gave something."""
        return frozenset(period for period, amounts in self.money.items() if any(amounts.values()))


def total_untold(
    given: Given,
    *,
    told: Sequence[Given],
    due: Mapping[str, Mapping[str, int]],
    rule: AggregateRule,
    own: Collection[str],
) -> Untold | None:
    """Say why the total of a distribution may not be told to a reader who was told those of earlier ones; None: it may.

    `due`: what is owed for each period by each group. The reader may know the royalties of every period, so that what
    is left of them, once all totals it was told are taken off, must be nobody's, its own, or tellable as well. Totals
    are of all periods of a distribution together: those that share a period are looked at in one.
    """
    refused = rule.refusal(_over(given.money.values()), own=own)
    if refused is not None:
        return Untold(refused.value)
    periods = set(given.periods)
    known = [given]
    waiting = list(told)
    while joined := [one for one in waiting if one.periods & periods]:
        known += joined
        waiting = [one for one in waiting if one not in joined]
        periods.update(*(one.periods for one in joined))
    rest = _over([due.get(period, {}) for period in periods])
    for one in known:
        for name, amount in _over(one.money.values()).items():
            rest[name] -= amount
    others = {name: amount for name, amount in rest.items() if amount and name not in own}
    return Untold.REST if others and rule.refusal(others) is not None else None


TAX_TOLERANCE_MINOR: Final = 1
"""How far the tax on a tax invoice may be from ours: offices' software rounds line by line."""

AGE_BOUNDS: Final = ((30, "to_30"), (60, "to_60"), (90, "to_90"))
"""Up to how many days something has waited; longer is `over_90`."""


def still_waiting(shares: Iterable[tuple[int, int, bool]]) -> int:
    """Return what of the shares on an account waits, in minor units: each with what stood there before, oldest first.

    A share waits for as much as it adds to what is owed: what it only sets off is paid to nobody. What is taken back
    later is taken off what may be paid first, and then off what waits.
    """
    waiting = 0
    for before_minor, amount_minor, waits in shares:
        if waits:
            waiting += amount_minor
        waiting = min(waiting, max(0, before_minor + amount_minor))
    return waiting


def tax_within(gross_minor: int, percent: Decimal) -> int:
    """Return the tax within an amount that includes it: the tax is rounded, the net is the difference."""
    rate = Fraction(percent)
    return round_half_away(gross_minor * rate / (100 + rate))


def age_of(days: int) -> str:
    """Name the age that something has which waits for so many days."""
    return next((name for bound, name in AGE_BOUNDS if days <= bound), "over_90")


def one_name_each(groups: Iterable[Collection[str]]) -> dict[str, str]:
    """Return one name for each of those that belong together: a licence that changed hands ties two groups."""
    of: dict[str, set[str]] = {}
    for group in groups:
        tied = set(group).union(*(of.get(name, set()) for name in group))
        of.update(dict.fromkeys(tied, tied))
    return {name: min(tied) for name, tied in of.items()}


def _over(found: Iterable[Mapping[str, int]]) -> defaultdict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for amounts in found:
        for name, amount in amounts.items():
            sums[name] += amount
    return sums
