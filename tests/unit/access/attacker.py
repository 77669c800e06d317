"""A reader who adds and subtracts whatever it was told, knows who reported where, and tries to learn of one or two.

It works on what was published alone: sets of hidden figures, and what each set comes to. Its own figures are left out,
as it can subtract them. It knows nothing of how the figures were cut.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

PRIME = 2**61 - 1

Variable = tuple[Hashable, str]
"""A hidden figure: where it stands (step, row, column), and whose it is."""


@dataclass(frozen=True)
class Told:
    """A published sum: the hidden figures it is of, and what they come to."""

    of: frozenset[Variable]
    amount: int


def coalitions_learnt(told: Sequence[Told], figures: Mapping[Variable, int]) -> list[tuple[str, ...]]:
    """Return the single contributors and pairs of whom some sum of their figures follows from what was told.

    A sum follows for a set of contributors if some combination of what was told has no part of anybody else's, which
    is so if the figures of the others alone have a smaller rank than all figures together.
    """
    patterns: defaultdict[str, set[int]] = defaultdict(set)
    for variable in figures:
        pattern = sum(1 << number for number, one in enumerate(told) if variable in one.of)
        if pattern:
            patterns[variable[1]].add(pattern)
    everybody = sorted(patterns)
    whole = _rank(set().union(*patterns.values()), len(told)) if patterns else 0
    learnt = []
    for size in (1, 2):
        for group in combinations(everybody, size):
            others = set().union(*(patterns[name] for name in everybody if name not in group))
            if _rank(others, len(told)) < whole:
                learnt.append(group)
    return learnt


def sums_learnt(told: Sequence[Told]) -> list[Told]:
    """Return the sums that follow by taking one told sum, or two that do not meet, from another; and those told."""
    found = {one.of: one for one in told if one.of}
    for whole in told:
        parts = [one for one in told if one.of < whole.of]
        found |= {whole.of - part.of: Told(whole.of - part.of, whole.amount - part.amount) for part in parts}
        for one, two in combinations(parts, 2):
            if not one.of & two.of and (rest := whole.of - one.of - two.of):
                found[rest] = Told(rest, whole.amount - one.amount - two.amount)
    return list(found.values())


def by_contributor(part: Iterable[Variable], figures: Mapping[Variable, int]) -> dict[str, int]:
    """Return what each contributor has in a set of figures."""
    amounts: defaultdict[str, int] = defaultdict(int)
    for variable in part:
        amounts[variable[1]] += figures[variable]
    return dict(amounts)


def bounds(told: Sequence[Told], figures: Mapping[Variable, int]) -> dict[tuple[str, int], tuple[int, int, int]]:
    """Return how narrowly each contributor's figures can be told, as (least, most, what they are), none below nothing.

    Figures of a contributor that stand in the same told sums cannot be told apart and are one; the bounds are made
    narrower by each sum in turn until nothing moves.
    """
    merged: defaultdict[tuple[str, int], int] = defaultdict(int)
    for variable, amount in figures.items():
        pattern = sum(1 << number for number, one in enumerate(told) if variable in one.of)
        if pattern:
            merged[variable[1], pattern] += amount
    most_of_all = max((one.amount for one in told), default=0)
    least = dict.fromkeys(merged, 0)
    most = dict.fromkeys(merged, most_of_all)
    moved = True
    while moved:
        moved = False
        for number, one in enumerate(told):
            inside = [key for key in merged if key[1] >> number & 1]
            low, high = sum(least[key] for key in inside), sum(most[key] for key in inside)
            for key in inside:
                new_most = min(most[key], one.amount - (low - least[key]))
                new_least = max(least[key], one.amount - (high - most[key]))
                if (new_least, new_most) != (least[key], most[key]):
                    low, high = low + new_least - least[key], high + new_most - most[key]
                    least[key], most[key] = new_least, new_most
                    moved = True
    return {key: (least[key], most[key], amount) for key, amount in merged.items()}


def _rank(columns: Iterable[int], rows: int) -> int:
    """Return the rank of a matrix of zeros and ones whose columns are given as numbers (modulo a large prime)."""
    basis: dict[int, list[int]] = {}
    for pattern in columns:
        vector = [pattern >> row & 1 for row in range(rows)]
        for pivot, known in basis.items():
            if vector[pivot]:
                factor = vector[pivot]
                vector = [(value - factor * other) % PRIME for value, other in zip(vector, known, strict=True)]
        pivot_row = next((row for row, value in enumerate(vector) if value), None)
        if pivot_row is None:
            continue
        inverse = pow(vector[pivot_row], -1, PRIME)
        vector = [value * inverse % PRIME for value in vector]
        for pivot, known in basis.items():
            if known[pivot_row]:
                factor = known[pivot_row]
                basis[pivot] = [(value - factor * other) % PRIME for value, other in zip(known, vector, strict=True)]
        basis[pivot_row] = vector
    return len(basis)
