"""A second figure beside a sum that was told: the same contributions, each weighed by a share the reader may know.

A sum and a weighed sum are two equations. Where all contributions to a sum have one share, the second says nothing
new. Where shares differ, taking one share of the sum from the weighed sum leaves those who have another one, and these
have to pass the rule of aggregates by themselves. Pure arithmetic, no database, no clock.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from platform_core.access.aggregates.calculation import AggregateRule, Withheld

_FINE: Final = 10**15
"""Shares are told apart in parts of this."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a contributor has in a sum, and what of it the second figure counts; neither is below nothing."""

    name: str
    amount: int
    weighed: int
    blur: int = 0
    """By how much the weighed amount may be off its share because it was rounded."""


Weighed = Sequence[Contribution]
"""The contributions to one sum that was told."""


class _Sum:
    """A sum that is known: what each contributor has in it at each share."""

    def __init__(self, by_share: Mapping[int, Mapping[str, int]]) -> None:
        self.by_share = by_share
        self.ascending = sorted(by_share)
        self.least, self.most = self.ascending[0], self.ascending[-1]
        of_shares = {share: sum(amounts.values()) for share, amounts in by_share.items()}
        self.amount = sum(of_shares.values())
        self.weighed = sum(share * amount for share, amount in of_shares.items())
        self.heaviest = max(of_shares, key=lambda share: (of_shares[share], share))
        self.shares: defaultdict[str, list[int]] = defaultdict(list)
        self.of: defaultdict[str, int] = defaultdict(int)
        for share in self.ascending:
            for name, amount in by_share[share].items():
                self.shares[name].append(share)
                self.of[name] += amount

    def beside(self, share: int, fewer_than: int) -> frozenset[str] | None:
        """Those who have anything at another share, where they are few."""
        found: set[str] = set()
        for other in self.ascending:
            if other != share:
                if len(self.by_share[other]) >= fewer_than:
                    return None
                found.update(self.by_share[other])
        return frozenset(found) if len(found) < fewer_than else None

    def reach_without(self, name: str) -> tuple[int, int] | None:
        """The least and the largest share that anybody else has."""
        shares = self.ascending
        least = next((share for share in shares if self.by_share[share].keys() != {name}), None)
        most = next((share for share in reversed(shares) if self.by_share[share].keys() != {name}), None)
        return None if least is None or most is None else (least, most)


def proportional(parts: Iterable[Weighed], *, own: Collection[str] = frozenset()) -> bool:
    """Say whether within each sum everybody but the reader has one share, so that the weighed sum says nothing new."""
    return all(len(_by_share(part, own)) <= 1 for part in parts)


def weighed_refusal(
    parts: Sequence[Weighed], rule: AggregateRule, *, own: Collection[str] = frozenset()
) -> Withheld | None:
    """Say why the weighed sum of some parts may not be told to whoever knows the plain sum of each; None: it may.

    The reader is taken to know every share. Whatever it takes away, as many as have to report are left in what
    remains, and nobody is bounded more narrowly than the rule bounds it in a plain sum.
    """
    sums = [_Sum(found) for part in parts if (found := _by_share(part, own))]
    if all(len(one.by_share) == 1 for one in sums):
        return None
    if _leaves_few(sums, rule):
        return Withheld.TOO_FEW
    if any(_dominated(remainder, rule) for remainder in _remainders(sums)) or not _bounded_by(sums, rule):
        return Withheld.DOMINATED
    return None


def _by_share(part: Weighed, own: Collection[str]) -> dict[int, dict[str, int]]:
    """Put contributions together whose shares cannot be told apart but by rounding."""
    spans = sorted(
        (
            (one.weighed - one.blur) * _FINE // one.amount,
            -(-(one.weighed + one.blur) * _FINE // one.amount),
            number,
        )
        for number, one in enumerate(part)
        if one.amount > 0 and one.name not in own
    )
    classes: list[list[Contribution]] = []
    reach = -1
    for begins, ends, number in spans:
        if not classes or begins > reach:
            classes.append([])
            reach = ends
        reach = min(reach, ends)
        classes[-1].append(part[number])
    found: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for alike in classes:
        share = sum(one.weighed for one in alike) * _FINE // sum(one.amount for one in alike)
        for one in alike:
            found[share][one.name] += one.amount
    return {**found}


def _leaves_few(sums: Sequence[_Sum], rule: AggregateRule) -> bool:
    """Whether one share can be taken from each sum so that what is left is of fewer than have to report."""
    left: set[frozenset[str]] = {frozenset()}
    for one in sums:
        options = [names for share in one.by_share if (names := one.beside(share, rule.reporters)) is not None]
        left = {both for few in left for names in options if len(both := few | names) < rule.reporters}
        if not left:
            return False
    return any(left)


def _remainders(sums: Sequence[_Sum]) -> Iterator[Mapping[str, int]]:
    """What is left of each contributor where nothing, or the least, the largest or the commonest share is taken."""
    for taken in (
        [0 for _ in sums],
        [one.least for one in sums],
        [one.most for one in sums],
        [one.heaviest for one in sums],
    ):
        left: defaultdict[str, int] = defaultdict(int)
        for one, at in zip(sums, taken, strict=True):
            for share, amounts in one.by_share.items():
                if by := abs(share - at):
                    for name, amount in amounts.items():
                        left[name] += by * amount
        yield left


def _dominated(remainder: Mapping[str, int], rule: AggregateRule) -> bool:
    return bool(remainder) and 100 * max(remainder.values()) > rule.percent * sum(remainder.values())


def _bounded_by(sums: Sequence[_Sum], rule: AggregateRule) -> bool:
    """Whether every contributor could have nothing of a sum, and enough more of it than it has, at every share.

    Each sum is known and the weighed one of all together, so that the mean share of one sum lies between what the
    others leave to it at most and at least.
    """
    weighed = sum(one.weighed for one in sums)
    low, high = (sum(at * one.amount for one, at in zip(sums, ends, strict=True)) for ends in _ends(sums))
    for one in sums:
        least = max(Fraction(one.least), Fraction(weighed - high, one.amount) + one.most)
        most = min(Fraction(one.most), Fraction(weighed - low, one.amount) + one.least)
        at_most: dict[tuple[int, int], Fraction] = {}
        for name, shares in one.shares.items():
            others = one.reach_without(name)
            if others is None or others[1] < least or others[0] > most:
                return False
            reach = shares[0], shares[-1]
            if reach not in at_most:
                at_most[reach] = rule.percent * one.amount * _part_at(*reach, least, most, one)
            if 100 * one.of[name] > at_most[reach]:
                return False
        for share, amounts in one.by_share.items():
            if 100 * max(amounts.values()) > rule.percent * one.amount * _part_at(share, share, least, most, one):
                return False
    return True


def _ends(sums: Sequence[_Sum]) -> tuple[list[int], list[int]]:
    return [one.least for one in sums], [one.most for one in sums]


def _part_at(low: int, high: int, least: Fraction, most: Fraction, one: _Sum) -> Fraction:
    """How much of a sum can have a share from low to high, where its mean share lies from least to most."""
    if high < least:
        return (one.most - least) / (one.most - high)
    if low > most:
        return (most - one.least) / (low - one.least)
    return Fraction(1)
