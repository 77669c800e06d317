"""Comparing a bundle's rows with what is recorded. Pure: texts in, texts out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its line in the file, what tells it from others, and its further cells as plain texts."""

    line: int
    key: Key
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the bundle and the records disagree; line 0 and a blank column: the row is missing there."""

    file: str
    line: int
    row: str
    column: str
    recorded: str
    given: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        if not self.column:
            return f"{place}: {self.row}: {self.recorded or self.given}"
        return f"{place}: {self.row}: {self.column} is “{self.given}”, recorded is “{self.recorded}”"


@dataclass(slots=True)
class Compared:
    """What comparing one table came to: the rows that are new, how many are recorded already, and what differs."""

    new: list[Row] = field(default_factory=list)
    unchanged: int = 0
    differences: list[Difference] = field(default_factory=list)


def compare(
    file: str, given: Iterable[Row], recorded: Mapping[Key, Mapping[str, str]], *, may_lack: bool = False
) -> Compared:
    """Compare rows with a key of their own; cells the bundle does not name are not asked for.

    A recorded row that the bundle lacks is a difference, unless `may_lack`.
    """
    result = Compared()
    seen: set[Key] = set()
    for row in given:
        seen.add(row.key)
        known = recorded.get(row.key)
        if known is None:
            result.new.append(row)
            continue
        differing = [
            Difference(file, row.line, name_of(row.key), column, known[column], cell)
            for column, cell in row.cells.items()
            if known.get(column, "") != cell
        ]
        result.differences.extend(differing)
        result.unchanged += not differing
    if not may_lack:
        result.differences.extend(_lacking(file, key) for key in sorted(recorded.keys() - seen))
    return result


def compare_counts(file: str, given: Sequence[Row], recorded: Counter[Key]) -> Compared:
    """Compare rows that may be there several times over: those beyond the recorded number are new."""
    result = Compared()
    left = Counter(recorded)
    for row in given:
        if left[row.key]:
            left[row.key] -= 1
            result.unchanged += 1
        else:
            result.new.append(row)
    result.differences.extend(_lacking(file, key) for key in sorted((+left).elements()))
    return result


def name_of(key: Key) -> str:
    """Write a row's key for people: its parts that are not blank."""
    return " ".join(part for part in key if part)


def _lacking(file: str, key: Key) -> Difference:
    return Difference(file, 0, name_of(key), "", "recorded, but missing from the bundle", "")
