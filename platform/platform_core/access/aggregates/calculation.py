"""Cutting figures of several contributors into parts that may be published: pure arithmetic, no database, no clock.

Amounts are whole numbers of one unit; they may be negative where something is corrected. A contributor is a group of
affiliates, counted as one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Generic, TypeVar

Amounts = Mapping[str, int]
"""What each contributor has in a cell."""

Place = tuple[str, str]
"""Where a cell stands in a table of two ways: its row and its column, such as a product and a country."""

Cells = Mapping[Place, Amounts]
Group = tuple[str, ...]
"""Labels of rows (or of columns) that are told together, in order."""

K = TypeVar("K")


class Withheld(StrEnum):
    """Why a figure is not told."""

    TOO_FEW = "too_few_reporters"
    """Fewer contributed than have to, the reader and its affiliates left out."""
    DOMINATED = "one_dominates"
    """One of them has too large a part of it."""


@dataclass(frozen=True, slots=True)
class AggregateRule:
    """How many have to contribute to a figure, and how much of it one of them may have at most, in percent."""

    reporters: int = 3
    percent: int = 60

    def __post_init__(self) -> None:
        if self.reporters < 3 or not 0 < self.percent <= 60:
            raise ValueError("an aggregate is of at least 3 reporters, none of whom has more than 60 % of it")

    def refusal(self, amounts: Amounts, *, own: Collection[str] = frozenset()) -> Withheld | None:
        """Say why a figure may not be told to a reader to whom some contributors belong; None: it may.

        What others than the reader contributed decides, for the reader can subtract its own. Sizes count, not signs,
        so that a correction downwards weighs as much as one upwards; a contribution of nothing is none.
        """
        others = [abs(amount) for name, amount in amounts.items() if amount and name not in own]
        if len(others) < self.reporters:
            return Withheld.TOO_FEW
        if 100 * max(others) > self.percent * sum(others):
            return Withheld.DOMINATED
        return None


RULE: Final = AggregateRule()
"""The rule where no setting makes it stricter."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A part of a table that may be published by itself: rows and columns told together, and their sum."""

    rows: Group
    columns: Group
    amount: int


def total_of(cells: Cells) -> dict[str, int]:
    """Return what each contributor has in all cells together."""
    return _sum(cells.values())


def cut(cells: Cells, rule: AggregateRule, *, own: Collection[str] = frozenset()) -> list[Atom] | Withheld:
    """Cut a table into atoms that may each be told to a reader, as fine as can be; or say why not even its sum may.

    Rows are merged with rows and columns with columns, the smallest first, until no atom is refused: a cell that may
    not be told thereby takes a second one with it, and no row, column or sum gives it away by subtraction.
    """
    refused = rule.refusal(total_of(cells), own=own)
    if refused is not None:
        return refused
    rows: dict[str, Group] = {label: (label,) for label, _ in cells}
    columns: dict[str, Group] = {label: (label,) for _, label in cells}
    while True:
        atoms = _atoms(cells, rows, columns)
        unsafe = [place for place, amounts in atoms.items() if rule.refusal(amounts, own=own) is not None]
        if not unsafe:
            break
        worst = min(unsafe, key=lambda place: (_size(atoms[place]), place))
        _merge(worst, atoms, rows, columns)
    return [Atom(*place, sum(amounts.values())) for place, amounts in sorted(atoms.items())]


@dataclass(frozen=True, slots=True)
class Step(Generic[K]):
    """Figures that became known at once, such as those of one close or what a correction changed of one."""

    key: K
    cells: Cells


@dataclass(frozen=True, slots=True)
class Block(Generic[K]):
    """Steps that are told together, and the atoms of their sum."""

    keys: tuple[K, ...]
    atoms: tuple[Atom, ...]


@dataclass(slots=True)
class Blocks(Generic[K]):
    """What may be told of a sequence of steps, and the steps at its end that wait for more, with the reason."""

    told: list[Block[K]] = field(default_factory=list)
    waiting: tuple[K, ...] = ()
    reason: Withheld | None = None


def blocks(steps: Sequence[Step[K]], rule: AggregateRule, *, own: Collection[str] = frozenset()) -> Blocks[K]:
    """Put steps together, in the order in which they became known, until their sum may be told; then begin anew.

    A block never changes by what comes after it, so a reader who compares periods, closes before and after a
    correction, or answers of different days, compares sums that might each be told. A correction that few caused is
    part of the block that is being made when it becomes known.
    """
    made: Blocks[K] = Blocks()
    waiting: list[Step[K]] = []
    for step in steps:
        waiting.append(step)
        found = cut(_added(waiting), rule, own=own)
        if isinstance(found, Withheld):
            made.reason = found
        else:
            made.told.append(Block(tuple(one.key for one in waiting), tuple(found)))
            made.reason = None
            waiting.clear()
    made.waiting = tuple(one.key for one in waiting)
    return made


def difference(after: Cells, before: Cells) -> dict[Place, dict[str, int]]:
    """Return what has to be added to a table to come to another; what did not change is left out."""
    changed: dict[Place, dict[str, int]] = {}
    for place in sorted({*after, *before}):
        new, old = after.get(place, {}), before.get(place, {})
        amounts = {name: new.get(name, 0) - old.get(name, 0) for name in sorted({*new, *old})}
        kept = {name: amount for name, amount in amounts.items() if amount}
        if kept:
            changed[place] = kept
    return changed


def _added(steps: Iterable[Step[K]]) -> dict[Place, dict[str, int]]:
    by_place: defaultdict[Place, list[Amounts]] = defaultdict(list)
    for step in steps:
        for place, amounts in step.cells.items():
            by_place[place].append(amounts)
    return {place: _sum(found) for place, found in by_place.items()}


def _atoms(cells: Cells, rows: Mapping[str, Group], columns: Mapping[str, Group]) -> dict[tuple[Group, Group], Amounts]:
    by_place: defaultdict[tuple[Group, Group], list[Amounts]] = defaultdict(list)
    for (row, column), amounts in cells.items():
        by_place[rows[row], columns[column]].append(amounts)
    return {place: _sum(found) for place, found in by_place.items()}


def _merge(
    worst: tuple[Group, Group],
    atoms: Mapping[tuple[Group, Group], Amounts],
    rows: dict[str, Group],
    columns: dict[str, Group],
) -> None:
    """Merge the row or the column of an atom that may not be told with the smallest other one, whichever costs less."""
    options: list[tuple[int, int, Group, Group]] = []
    for way in (0, 1):
        sizes: defaultdict[Group, int] = defaultdict(int)
        for place, amounts in atoms.items():
            sizes[place[way]] += _size(amounts)
        here = worst[way]
        for other in sorted(sizes, key=lambda group: (sizes[group], group)):
            if other != here:
                options.append((sizes[here] + sizes[other], way, here, other))
                break
    # The sum of everything may be told, so where one atom may not there is another row or another column.
    _, way, here, other = min(options)
    merged = tuple(sorted((*here, *other)))
    groups = (rows, columns)[way]
    groups.update(dict.fromkeys(merged, merged))


def _sum(found: Iterable[Amounts]) -> dict[str, int]:
    total: defaultdict[str, int] = defaultdict(int)
    for amounts in found:
        for name, amount in amounts.items():
            total[name] += amount
    return dict(total)


def _size(amounts: Amounts) -> int:
    return sum(map(abs, amounts.values()))
