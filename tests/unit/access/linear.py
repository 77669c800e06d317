"""A reader who solves everything it was told at once: weighed sums of hidden figures, none of which is below nothing.

It knows the weights, who reported where, and whatever stands on any of its pages. It knows nothing of how the figures
were cut. What it concludes is exact: whether figures of a few follow, and between which bounds each one lies.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from tests.unit.access.attacker import Variable

ZERO = Fraction(0)


@dataclass(frozen=True)
class Equation:
    """A figure that was told: how much of each hidden figure is in it, and what it comes to."""

    of: Mapping[Variable, Fraction]
    amount: Fraction


def coalitions_learnt(told: Sequence[Equation], names: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the single contributors and pairs of whom some combination of what was told speaks alone."""
    variables = sorted({variable for one in told for variable in one.of}, key=repr)
    whole = rank(_columns(told, variables))
    learnt = []
    for size in (1, 2):
        for group in combinations(sorted(names), size):
            others = [variable for variable in variables if variable[1] not in group]
            if rank(_columns(told, others)) < whole:
                learnt.append(group)
    return learnt


def _columns(told: Sequence[Equation], variables: Sequence[Variable]) -> list[list[Fraction]]:
    return [list(column) for column in {tuple(one.of.get(variable, ZERO) for one in told) for variable in variables}]


def rank(rows: list[list[Fraction]]) -> int:
    """Return the rank of a matrix."""
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in range(found, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for row in range(found + 1, len(rows)):
            if factor := rows[row][column] / rows[found][column]:
                rows[row] = [left - factor * right for left, right in zip(rows[row], rows[found], strict=True)]
        found += 1
    return found


def most_of(told: Sequence[Equation], wanted: Iterable[Variable]) -> Fraction:
    """Return the most that some hidden figures can come to together, by the simplex method with Bland's rule."""
    variables = sorted({variable for one in told for variable in one.of}, key=repr)
    inside = set(wanted)
    table = [[one.of.get(variable, ZERO) for variable in variables] + [one.amount] for one in told]
    basis = _feasible(table)
    goal = [Fraction(variable in inside) for variable in variables]
    return _maximise(table, basis, goal)


def least_of(told: Sequence[Equation], wanted: Iterable[Variable]) -> Fraction:
    """Return the least that some hidden figures can come to together."""
    variables = sorted({variable for one in told for variable in one.of}, key=repr)
    inside = set(wanted)
    table = [[one.of.get(variable, ZERO) for variable in variables] + [one.amount] for one in told]
    basis = _feasible(table)
    return -_maximise(table, basis, [-Fraction(variable in inside) for variable in variables])


def _feasible(table: list[list[Fraction]]) -> list[int]:
    """Bring a system into a form from which it can be solved, dropping what follows from the rest; return its basis."""
    width = len(table[0]) - 1
    count = len(table)
    for number, row in enumerate(table):
        right = row.pop()
        sign = -1 if right < 0 else 1
        row[:] = (
            [sign * value for value in row] + [Fraction(other == number) for other in range(count)] + [sign * right]
        )
    basis = [width + number for number in range(count)]
    left = _maximise(table, basis, [ZERO] * width + [Fraction(-1)] * count)
    assert left == 0, "what was told contradicts itself"
    for number in reversed(range(count)):
        if basis[number] < width:
            continue
        column = next((place for place in range(width) if table[number][place]), None)
        if column is None:
            del table[number], basis[number]
        else:
            _pivot(table, basis, number, column)
    for row in table:
        del row[width:-1]
    return basis


def _maximise(table: list[list[Fraction]], basis: list[int], goal: Sequence[Fraction]) -> Fraction:
    while True:
        gains = [
            value - sum((goal[at] * row[place] for at, row in zip(basis, table, strict=True) if goal[at]), ZERO)
            for place, value in enumerate(goal)
        ]
        column = next((place for place, gain in enumerate(gains) if gain > 0), None)
        if column is None:
            return sum((goal[at] * row[-1] for at, row in zip(basis, table, strict=True)), ZERO)
        ratios = [(row[-1] / row[column], basis[number], number) for number, row in enumerate(table) if row[column] > 0]
        assert ratios, "nothing bounds it"
        _pivot(table, basis, min(ratios)[2], column)


def _pivot(table: list[list[Fraction]], basis: list[int], number: int, column: int) -> None:
    head = table[number]
    factor = head[column]
    head[:] = [value / factor for value in head]
    for other, row in enumerate(table):
        if other != number and (by := row[column]):
            row[:] = [left - by * right if right else left for left, right in zip(row, head, strict=True)]
    basis[number] = column
