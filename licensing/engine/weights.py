"""What patents weigh for their owners, and shares under a cap.

Source: the close specification, section 6 (`patents`, `coverage`, `cap_percent`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import gcd
from typing import Final

from licensing.engine.exact import common_scale
from licensing.engine.model import CoverageNode, Month, PatentsNode, Territory, first_day
from licensing.engine.patents import PatentBook, Rows
from platform_core.money import round_half_away

SHARE_SCALE: Final = 10**12

Countries = tuple[str | None, ...]
"""Countries in at least one of which a patent must count; None is any country."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the weights of one group of buckets depend on. A bucket without sales has no product and no countries."""

    product: str | None
    made_in: str | None
    sold_in: str | None
    month: Month


def roles(territory: Territory) -> tuple[bool, bool]:
    """Whether weights depend on the country of manufacture, and on that of sale."""
    return territory in ("made_in", "either", "both"), territory in ("sold_in", "either", "both")


def country_sets(territory: Territory, context: Context) -> list[Countries]:
    """The sets of countries whose counts are added up."""
    made, sold = context.made_in, context.sold_in
    if context.product is None or territory == "any":
        return [(None,)]
    match territory:
        case "made_in":
            return [(made,)]
        case "sold_in":
            return [(sold,)]
        case "both":
            return [(made,), (sold,)]
        case "either":
            return [(made,) if made == sold else (made, sold)]


class PatentCounter:
    """Weighs one node's patents for every member, in whole numbers (all on one scale). Answers are remembered."""

    def __init__(self, node: PatentsNode | CoverageNode, book: PatentBook, member_ids: Sequence[str]) -> None:
        self.node = node
        self.book = book
        number_of = {member_id: number for number, member_id in enumerate(member_ids)}
        self._nobody = [0] * len(member_ids)
        self._owner = [number_of[patent.owner] for patent in book.patents]
        # Co-owners have a row each in one family: what counts once is the pair of owner and family.
        pairs: dict[tuple[str, str], int] = {}
        self._pair = [pairs.setdefault((patent.owner, patent.family), len(pairs)) for patent in book.patents]
        self._owner_of_pair = [number_of[owner] for owner, _ in pairs]
        reach = node.reach if isinstance(node, PatentsNode) else None
        if isinstance(node, CoverageNode):
            exact = [Fraction(1)] * len(book.patents)
        elif reach is not None:
            exact = [patent.share for patent in book.patents]
        else:
            exact = [node.class_weights.get(patent.class_label, Fraction(1)) * patent.share for patent in book.patents]
        scale = common_scale(set(exact))
        self._weight = [int(weight * scale) for weight in exact]
        if reach is not None:
            reach_scale = common_scale((reach.base, reach.major_base, reach.extra))
            self._base = int(reach.base * reach_scale)
            self._major_base = int(reach.major_base * reach_scale)
            self._extra = int(reach.extra * reach_scale)
        self._remembered: dict[tuple[Rows, ...], list[int]] = {}

    def weights(self, context: Context) -> list[int]:
        """Each member's weight in the context, members in ascending order."""
        counted = [
            (self._counted(countries, context, day), days)
            for countries in country_sets(self.node.territory, context)
            for day, days in self._runs(countries, context)
        ]
        if len(counted) == 1 and counted[0][1] == 1:
            sums = counted[0][0]
        else:
            sums = [
                sum(weight * days for weight, days in zip(column, (days for _, days in counted), strict=True))
                for column in zip(*(weights for weights, _ in counted), strict=True)
            ]
        if isinstance(self.node, CoverageNode):
            return [int(weight > 0) for weight in sums]
        return sums

    def _runs(self, countries: Countries, context: Context) -> list[tuple[date, int]]:
        """The days that are asked, and for how many days each speaks (1 for the first day alone)."""
        if isinstance(self.node, PatentsNode) and self.node.days:
            return self.book.joint_day_runs(countries, context.month)
        return [(first_day(context.month), 1)]

    def _counted(self, countries: Countries, context: Context, day: date) -> list[int]:
        """Members' weights by the patents that count in at least one of the countries on the day."""
        # Countries with the same patents, and products and days with the same answer, share one result.
        key = tuple(sorted({self.book.counting(country, context.product, day) for country in countries}))
        if key not in self._remembered:
            self._remembered[key] = self._count(sorted(set().union(*key)))
        return self._remembered[key]

    def _count(self, rows: Iterable[int]) -> list[int]:
        if isinstance(self.node, CoverageNode) or self.node.count == "publications":
            return self._publications(rows)
        return self._families(rows) if self.node.reach is None else self._reach(rows)

    def _publications(self, rows: Iterable[int]) -> list[int]:
        sums = list(self._nobody)
        for number in rows:
            sums[self._owner[number]] += self._weight[number]
        return sums

    def _families(self, rows: Iterable[int]) -> list[int]:
        heaviest: dict[int, int] = {}
        for number in rows:
            pair, weight = self._pair[number], self._weight[number]
            if weight > heaviest.get(pair, 0):
                heaviest[pair] = weight
        sums = list(self._nobody)
        for pair, weight in heaviest.items():
            sums[self._owner_of_pair[pair]] += weight
        return sums

    def _reach(self, rows: Iterable[int]) -> list[int]:
        reach = self.node.reach if isinstance(self.node, PatentsNode) else None
        if reach is None:
            raise TypeError(f"{self.node.path} has no reach")
        countries: dict[int, set[str]] = defaultdict(set)
        share: dict[int, int] = defaultdict(int)
        for number in rows:
            pair = self._pair[number]
            countries[pair].add(self.book.patents[number].country)
            share[pair] = max(share[pair], self._weight[number])
        sums = list(self._nobody)
        for pair, found in countries.items():
            base = self._major_base if found & reach.major else self._base
            further = min(len(found) - 1, reach.extra_max)
            sums[self._owner_of_pair[pair]] += (base + self._extra * further) * share[pair]
        return sums


def reduced(vector: Sequence[int]) -> tuple[int, ...]:
    """The same proportions in the smallest whole numbers, so that equal ones are recognised and products stay small."""
    common = gcd(*vector) if vector else 0
    return tuple(weight // common for weight in vector) if common > 1 else tuple(vector)


def capped(weights: Sequence[int], cap_percent: Fraction) -> list[int]:
    """Shares of which none is above the cap, as whole numbers of 10^-12; all 0 where no weight is above 0."""
    takers = [number for number, weight in enumerate(weights) if weight]
    if not takers:
        return list(weights)
    cap = cap_percent / 100
    fixed: set[int] = set()
    while True:
        free = [number for number in takers if number not in fixed]
        if not free:
            # Nobody is left to take what is above the cap: the fixed share equally.
            equal = round_half_away(Fraction(SHARE_SCALE, len(fixed)))
            return [equal if number in fixed else 0 for number in range(len(weights))]
        left = 1 - cap * len(fixed)
        whole = sum(weights[number] for number in free)
        shares = {number: left * weights[number] / whole for number in free}
        above = {number for number, share in shares.items() if share > cap}
        if not above:
            break
        fixed |= above
    exact = [cap if number in fixed else shares.get(number, Fraction(0)) for number in range(len(weights))]
    return [round_half_away(share * SHARE_SCALE) for share in exact]
