"""Down the tree: who gets what of a bucket's billed micros.

Buckets are not walked one by one: for each node they are grouped by what its weights depend on, the weight vectors
are worked out once per group, and all buckets are then split at once.

Source: the close specification, section 6.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Final

import numpy as np

from licensing.engine.buckets import Buckets, Flags, distinct, word_flags
from licensing.engine.exact import (
    Ints,
    add,
    apportion_rows,
    common_scale,
    ints,
    wide,
    zeros,
)
from licensing.engine.limits import Billed
from licensing.engine.model import (
    AnyNode,
    ColumnNode,
    CoverageNode,
    EqualNode,
    MemberNode,
    PatentsNode,
    PointsNode,
    ReserveNode,
    SegmentNode,
    SplitNode,
    Territory,
    When,
    first_day,
)
from licensing.engine.patents import PatentBook
from licensing.engine.tables import Member
from platform_core.money import round_half_away

FEE: Final = "~fee"
RESERVE: Final = "~reserve:"
UNDISTRIBUTED: Final = "~undistributed"
SHARE_SCALE: Final = 10**12

Restriction = tuple[int, ...]
"""Members by their number in ascending order of member_id: those a node may give to."""


@dataclass(frozen=True, slots=True)
class Weights:
    """For each bucket one of a few weight vectors over the members of a restriction."""

    vectors: Ints
    which: Ints

    @property
    def positive(self) -> Flags:
        """For each bucket, whether some weight is above 0."""
        if self.vectors.shape[0] == 0:
            return np.zeros(self.which.size, dtype=bool)
        return np.asarray(np.any(self.vectors > 0, axis=1))[self.which]


@dataclass(frozen=True, slots=True)
class _Context:
    """What the weights of one group of buckets depend on. A bucket without sales has no product and no countries."""

    product: str | None
    made_in: str | None
    sold_in: str | None
    month: int
    special: bool


class Tree:
    """The allocation of one set of buckets. Answers about nodes are remembered."""

    def __init__(self, root: AnyNode, members: Mapping[str, Member], patents: PatentBook, billed: Billed) -> None:
        self.root = root
        self.members = list(members.values())
        self.patents = patents
        self.billed = billed
        self.buckets: Buckets = billed.buckets
        self.everyone: Restriction = tuple(range(len(self.members)))
        self._number = {member.id: number for number, member in enumerate(self.members)}
        self._weights: dict[tuple[str, Restriction], Weights] = {}
        self._filled: dict[tuple[str, Restriction], Flags] = {}
        self._present_in: dict[int, Flags] = {}

    # -- who takes part -------------------------------------------------------------------------------------------

    def present(self, month: int) -> Flags:
        """By member: whether it is in on the month's first day."""
        if month not in self._present_in:
            day = first_day(month)
            self._present_in[month] = np.array([member.is_in(day) for member in self.members], dtype=bool)
        return self._present_in[month]

    def member(self, name: str) -> Member:
        """The member of that id."""
        return self.members[self._number[name]]

    def segment(self, within: Restriction, name: str) -> Restriction:
        """Those of the restriction that belong to the segment."""
        return tuple(number for number in within if self.members[number].segment == name)

    # -- emptiness ------------------------------------------------------------------------------------------------

    def filled(self, node: AnyNode, within: Restriction) -> Flags:
        """For each bucket, whether the node, or what stands in for it, has somebody to give to."""
        own = self.filled_itself(node, within)
        return own if node.otherwise is None else own | self.filled(node.otherwise, within)

    def filled_itself(self, node: AnyNode, within: Restriction) -> Flags:
        """For each bucket, whether the node itself has somebody to give to."""
        key = (node.path, within)
        if key not in self._filled:
            flags = self._find_filled(node, within)
            self._filled[key] = flags if node.when is None else flags & self.matches(node.when)
        return self._filled[key]

    def _find_filled(self, node: AnyNode, within: Restriction) -> Flags:
        if isinstance(node, MemberNode | ReserveNode):
            return np.ones(self.buckets.size, dtype=bool)
        if isinstance(node, SegmentNode | SplitNode):
            flags = np.zeros(self.buckets.size, dtype=bool)
            for share, child, restriction in self.children(node, within):
                if share > 0:
                    flags = flags | self.filled(child, restriction)
            return flags
        return self.weights(node, within).positive

    def children(
        self, node: SegmentNode | SplitNode, within: Restriction
    ) -> list[tuple[Fraction, AnyNode, Restriction]]:
        """Share, node and restriction of each child: segments by name, branches as written."""
        if isinstance(node, SegmentNode):
            return [(node.shares[name], node.within, self.segment(within, name)) for name in sorted(node.shares)]
        return [(share, child, within) for share, child in zip(node.shares, node.branches, strict=True)]

    def matches(self, when: When) -> Flags:
        """Which buckets the node is for. One without sales has no countries, and a minimum no product either."""
        names = self.buckets.names
        flags = np.ones(self.buckets.size, dtype=bool)
        special = self.billed.special == 1
        if when.licences is not None:
            flags &= word_flags(when.licences, names.licences)[self.buckets.licence]
        if when.products is not None:
            named = [word in when.products and not word.startswith("~minimum:") for word in names.products]
            flags &= np.array(named, dtype=bool)[self.buckets.product]
        if when.made_in is not None:
            flags &= word_flags(when.made_in, names.countries)[self.buckets.made_in] & ~special
        if when.sold_in is not None:
            flags &= word_flags(when.sold_in, names.countries)[self.buckets.sold_in] & ~special
        return flags

    # -- weights of the nodes that give to members ----------------------------------------------------------------

    def weights(self, node: AnyNode, within: Restriction) -> Weights:
        """Each bucket's weight vector over the restriction."""
        key = (node.path, within)
        if key not in self._weights:
            self._weights[key] = self._find_weights(node, within)
        return self._weights[key]

    def _find_weights(self, node: AnyNode, within: Restriction) -> Weights:
        buckets, special = self.buckets, self.billed.special
        if isinstance(node, PatentsNode | CoverageNode):
            use_made, use_sold = _roles(node.territory)
            # Buckets without sales ask for any product in any country, so their codes tell nothing.
            ordinary = 1 - special
            nothing = zeros(buckets.size)
            first, which = distinct(
                special,
                buckets.month,
                buckets.product * ordinary,
                buckets.made_in * ordinary if use_made else nothing,
                buckets.sold_in * ordinary if use_sold else nothing,
            )
            finder = self._coverage if isinstance(node, CoverageNode) else self._by_patents
        else:
            first, which = distinct(buckets.month)
            finder = self._by_agreement
        vectors: dict[tuple[int, ...], int] = {}
        number_of = []
        for row in first.tolist():
            context = self._context(row)
            vector = finder(node, context, within)
            present = self.present(context.month)
            vector = [weight if present[number] else 0 for number, weight in zip(within, vector, strict=True)]
            cap = getattr(node, "cap_percent", None)
            if cap is not None:
                vector = capped(vector, cap)
            number_of.append(vectors.setdefault(tuple(_reduced(vector)), len(vectors)))
        table = ints(weight for vector in vectors for weight in vector).reshape(len(vectors), len(within))
        return Weights(table, np.array(number_of, dtype=np.int64)[which] if number_of else zeros(0))

    def _context(self, row: int) -> _Context:
        buckets, names = self.buckets, self.buckets.names
        month = int(buckets.month[row])
        if self.billed.special[row]:
            return _Context(None, None, None, month, special=True)
        return _Context(
            names.products[int(buckets.product[row])],
            names.countries[int(buckets.made_in[row])],
            names.countries[int(buckets.sold_in[row])],
            month,
            special=False,
        )

    def _by_agreement(self, node: AnyNode, context: _Context, within: Restriction) -> list[int]:
        if isinstance(node, EqualNode):
            return [1] * len(within)
        if isinstance(node, PointsNode):
            exact = [node.points.get(self.members[number].id, Fraction(0)) for number in within]
        elif isinstance(node, ColumnNode):
            exact = [self.members[number].weights[node.column] for number in within]
        else:
            raise TypeError(f"{node.path} gives to no members")
        scale = common_scale(exact)
        return [int(weight * scale) for weight in exact]

    def _coverage(self, node: AnyNode, context: _Context, within: Restriction) -> list[int]:
        if not isinstance(node, CoverageNode):
            raise TypeError(f"{node.path} is no coverage")
        owners: set[str] = set()
        for countries in _countries(node.territory, context):
            for country in countries:
                rows = self.patents.counting(country, context.product, first_day(context.month))
                owners |= {self.patents.patents[number].owner for number in rows}
        return [int(self.members[number].id in owners) for number in within]

    def _by_patents(self, node: AnyNode, context: _Context, within: Restriction) -> list[int]:
        if not isinstance(node, PatentsNode):
            raise TypeError(f"{node.path} does not count patents")
        count: Callable[[PatentsNode, Iterable[int]], dict[str, Fraction]] = {
            "families": self._families,
            "publications": self._publications,
            "reach": self._reach,
        }[node.count]
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for countries in _countries(node.territory, context):
            for rows, days in self._counting_rows(node, countries, context):
                for owner, weight in count(node, rows).items():
                    sums[owner] += weight * days
        exact = [sums.get(self.members[number].id, Fraction(0)) for number in within]
        scale = common_scale(exact)
        return [int(weight * scale) for weight in exact]

    def _counting_rows(
        self, node: PatentsNode, countries: tuple[str | None, ...], context: _Context
    ) -> list[tuple[tuple[int, ...], int]]:
        """Patents that count in at least one of the countries, and for how many days (1 for the first day alone)."""
        runs = [(first_day(context.month), 1)]
        if node.days:
            starts = {day for country in countries for day, _ in self.patents.day_runs(country, context.month)}
            length = sum(days for _, days in self.patents.day_runs(countries[0], context.month))
            ordered = sorted(starts)
            ends = [*((day - ordered[0]).days for day in ordered[1:]), length]
            runs = [(day, end - (day - ordered[0]).days) for day, end in zip(ordered, ends, strict=True)]
        found = []
        for day, days in runs:
            rows: dict[int, None] = {}
            for country in countries:
                rows.update(dict.fromkeys(self.patents.counting(country, context.product, day)))
            found.append((tuple(rows), days))
        return found

    def _families(self, node: PatentsNode, rows: Iterable[int]) -> dict[str, Fraction]:
        heaviest: dict[tuple[str, str], Fraction] = {}
        for number in rows:
            patent = self.patents.patents[number]
            weight = node.class_weights.get(patent.class_label, Fraction(1)) * patent.share
            key = (patent.owner, patent.family)
            if weight > heaviest.get(key, -1):
                heaviest[key] = weight
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for (owner, _), weight in heaviest.items():
            sums[owner] += weight
        return sums

    def _publications(self, node: PatentsNode, rows: Iterable[int]) -> dict[str, Fraction]:
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for number in rows:
            patent = self.patents.patents[number]
            sums[patent.owner] += node.class_weights.get(patent.class_label, Fraction(1)) * patent.share
        return sums

    def _reach(self, node: PatentsNode, rows: Iterable[int]) -> dict[str, Fraction]:
        reach = node.reach
        if reach is None:
            raise TypeError(f"{node.path} has no reach")
        countries: dict[tuple[str, str], set[str]] = defaultdict(set)
        share: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for number in rows:
            patent = self.patents.patents[number]
            key = (patent.owner, patent.family)
            countries[key].add(patent.country)
            share[key] = max(share[key], patent.share)
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for key, found in countries.items():
            base = reach.major_base if found & reach.major else reach.base
            further = min(len(found) - 1, reach.extra_max)
            sums[key[0]] += (base + reach.extra * further) * share[key]
        return sums


def _roles(territory: Territory) -> tuple[bool, bool]:
    """Whether weights depend on the country of manufacture, and on that of sale."""
    return territory in ("made_in", "either", "both"), territory in ("sold_in", "either", "both")


def _countries(territory: Territory, context: _Context) -> list[tuple[str | None, ...]]:
    """The sets of countries whose counts are added up; None is any country."""
    if context.special or territory == "any":
        return [(None,)]
    made, sold = context.made_in, context.sold_in
    match territory:
        case "made_in":
            return [(made,)]
        case "sold_in":
            return [(sold,)]
        case "both":
            return [(made,), (sold,)]
        case "either":
            return [(made,) if made == sold else (made, sold)]


def _reduced(vector: list[int]) -> list[int]:
    """The same proportions in the smallest whole numbers, so that equal ones are recognised and products stay small."""
    common = gcd(*vector) if vector else 0
    return [weight // common for weight in vector] if common > 1 else vector


def capped(weights: list[int], cap_percent: Fraction) -> list[int]:
    """Shares of which none is above the cap, as whole numbers of 10^-12; all 0 where no weight is above 0."""
    if not any(weights):
        return weights
    cap = cap_percent / 100
    fixed: set[int] = set()
    takers = [number for number, weight in enumerate(weights) if weight]
    while True:
        left = 1 - cap * len(fixed)
        free = [number for number in takers if number not in fixed]
        whole = sum(weights[number] for number in free)
        shares = {number: left * weights[number] / whole for number in free}
        above = {number for number, share in shares.items() if share > cap}
        if not above:
            break
        fixed |= above
        if len(fixed) == len(takers):
            # Nobody is left to take what is above the cap: the fixed share equally.
            equal = Fraction(1, len(fixed))
            return [round_half_away(equal * SHARE_SCALE) if number in fixed else 0 for number in range(len(weights))]
    exact = [cap if number in fixed else shares.get(number, Fraction(0)) for number in range(len(weights))]
    return [round_half_away(share * SHARE_SCALE) for share in exact]


@dataclass(slots=True)
class Distribution:
    """Micros of each bucket by payee: one array per payee, as long as there are buckets."""

    size: int
    amounts: dict[str, Ints]

    def give(self, payee: str, amounts: Ints) -> None:
        """Add to what the payee gets of each bucket."""
        had = self.amounts.get(payee)
        self.amounts[payee] = amounts if had is None else add(had, amounts)


Visit = Callable[[AnyNode, Restriction, Ints], None]


def distribute(tree: Tree, amounts: Ints, visit: Visit | None = None) -> Distribution:
    """Let each bucket's amount flow down the tree; what an empty root leaves goes to `~undistributed`.

    `visit` is told of every node that gives, with the amounts that reach it (for explanations).
    """
    result = Distribution(tree.buckets.size, {})
    filled = tree.filled(tree.root, tree.everyone)
    lost = np.where(filled, 0, amounts)
    if np.any(lost):
        result.give(UNDISTRIBUTED, lost)
    _flow(tree, tree.root, tree.everyone, np.where(filled, amounts, 0), result, visit)
    return result


def _flow(
    tree: Tree, node: AnyNode, within: Restriction, amounts: Ints, result: Distribution, visit: Visit | None
) -> None:
    """Give amounts through a node that is not empty where they are not 0."""
    if not np.any(amounts):
        return
    if node.otherwise is not None:
        own = tree.filled_itself(node, within)
        _flow(tree, node.otherwise, within, np.where(own, 0, amounts), result, visit)
        amounts = np.where(own, amounts, 0)
        if not np.any(amounts):
            return
    if visit is not None:
        visit(node, within, amounts)
    if isinstance(node, MemberNode):
        result.give(tree.member(node.id).payee, amounts)
    elif isinstance(node, ReserveNode):
        result.give(f"{RESERVE}{node.name}", amounts)
    elif isinstance(node, SegmentNode | SplitNode):
        children = tree.children(node, within)
        scale = common_scale(share for share, _, _ in children)
        shares = ints(int(share * scale) for share, _, _ in children)
        filled = np.stack([tree.filled(child, restriction) for _, child, restriction in children], axis=1)
        parts = apportion_rows(amounts, np.where(filled, shares[None, :], 0))
        for number, (_, child, restriction) in enumerate(children):
            _flow(tree, child, restriction, parts[:, number], result, visit)
    else:
        rows = np.flatnonzero(amounts)
        weights = tree.weights(node, within)
        parts = apportion_rows(amounts[rows], weights.vectors[weights.which[rows]])
        for number, member in enumerate(within):
            given = zeros(amounts.size)
            if parts.dtype == object:
                given = wide(given)
            given[rows] = parts[:, number]
            result.give(tree.members[member].payee, given)
