"""The columns of the small tables: how each cell is read, and what a blank one means."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from licensing.engine import cells
from licensing.engine.rejects import Rejects

REQUIRED_FILES: Final = ("programme.toml", "members.csv", "patents.csv", "licences.csv")
OPTIONAL_FILES: Final = ("licence_changes.csv", "charges.csv", "bilaterals.csv", "fx.csv")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how a cell is read, whether it must be there, what a blank cell means."""

    name: str
    read: Callable[[str], Any] = cells.text
    needed: bool = False
    blank: Any = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line, its cells as written, their values, and whether one of them is bad."""

    line: int
    raw: Mapping[str, str]
    values: Mapping[str, Any]
    bad: bool

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


MEMBERS: Final = (
    Column("member_id", cells.code, needed=True),
    Column("name", blank=""),
    Column("segment", needed=True),
    Column("held", cells.yes_or_no, blank=False),
    Column("enters", cells.day),
    Column("leaves", cells.day),
)
PATENTS: Final = (
    Column("publication", needed=True),
    Column("family"),
    Column("owner", needed=True),
    Column("country", cells.country, needed=True),
    Column("granted", cells.day),
    Column("ends", cells.day),
    Column("enters", cells.day),
    Column("leaves", cells.day),
    Column("class", blank=""),
    Column("products", cells.products),
    Column("share", cells.owner_share, blank=Fraction(1)),
)
LICENCES: Final = (
    Column("licence_id", needed=True),
    Column("licensee", needed=True),
    Column("enterprise"),
    Column("signed", cells.day),
    Column("starts", cells.day),
    Column("ends", cells.day),
    Column("standing", cells.standing, needed=True),
    Column("option", blank=""),
)
CHANGES: Final = (
    Column("licence_id", needed=True),
    Column("from", cells.month, needed=True),
    Column("standing", cells.standing),
    Column("enterprise"),
    Column("option"),
)
CHARGES: Final = (
    Column("licence_id", needed=True),
    Column("month", cells.month, needed=True),
    Column("kind", needed=True),
    Column("amount", cells.charge_amount, needed=True),
    Column("currency", cells.currency, needed=True),
)
BILATERALS: Final = (
    Column("licence_id", needed=True),
    Column("member_id", needed=True),
    Column("starts", cells.day),
    Column("ends", cells.day),
)
FX: Final = (
    Column("month", cells.month, needed=True),
    Column("currency", cells.currency, needed=True),
    Column("rate", cells.rate, needed=True),
)
PAYMENTS: Final = (
    Column("licence_id", needed=True),
    Column("amount", cells.net_amount, needed=True),
)


@dataclass(slots=True)
class Source:
    """An opened table: its columns, which cell of a row each is, and its rows still to read."""

    file: str
    columns: tuple[Column, ...]
    places: Mapping[str, int]
    width: int
    rows: Iterator[tuple[int, list[str]]]


def check_header(
    file: str, names: list[str], columns: list[tuple[str, bool]], rejects: Rejects
) -> dict[str, int] | None:
    """Where each known column stands; None (and fatal rejects) where a needed one is missing or one is there twice."""
    sound = True
    places: dict[str, int] = {}
    for name, needed in columns:
        found = names.count(name)
        if found:
            places[name] = names.index(name)
        if found > 1:
            sound = False
            rejects.add(file, 1, name, "bad_value", name, f"column {name} is there {found} times", fatal=True)
        elif not found and needed:
            sound = False
            message = f"column {name} is missing" if names else f"{file} is empty: column {name} is missing"
            rejects.add(file, 1, name, "missing_column", "", message, fatal=True)
    return places if sound else None
