"""The bundle's small tables: members, patents, licences and the rest, as typed rows, every bad cell refused.

Source: the close specification, section 2.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from licensing.engine import cells
from licensing.engine.model import ColumnNode, MemberNode, Month, PointsNode, Terms, month_text, walk
from licensing.engine.rejects import Rejects
from licensing.engine.textfile import UnreadableError, encoding_of, rows_of
from platform_core.money import exponent


@dataclass(frozen=True, slots=True)
class Member:
    """Who shares in what the pool earns. `weights` holds the further columns that the allocation names."""

    id: str
    name: str
    segment: str
    held: bool
    enters: date | None
    leaves: date | None
    weights: Mapping[str, Fraction]

    def is_in(self, day: date) -> bool:
        """Whether it is a member on that day."""
        return (self.enters is None or self.enters <= day) and (self.leaves is None or day < self.leaves)

    @property
    def payee(self) -> str:
        """Whom its money goes to: itself, or what is withheld for it."""
        return f"~held:{self.id}" if self.held else self.id


@dataclass(frozen=True, slots=True)
class Patent:
    """One owner's part of one right in one country. `products` None is all."""

    publication: str
    family: str
    owner: str
    country: str
    granted: date | None
    ends: date | None
    enters: date | None
    leaves: date | None
    class_label: str
    products: frozenset[str] | None
    share: Fraction

    def counts_on(self, day: date) -> bool:
        """Whether the right is in force and in the pool on that day."""
        return (
            self.granted is not None
            and self.granted <= day
            and (self.ends is None or day < self.ends)
            and (self.enters is None or self.enters <= day)
            and (self.leaves is None or day < self.leaves)
        )


@dataclass(frozen=True, slots=True)
class Licence:
    """A licensee's contract as it stood when it was made; `Change` rows say what changed later."""

    id: str
    licensee: str
    enterprise: str
    signed: date | None
    starts: date | None
    ends: date | None
    standing: str
    option: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a licence's standing, enterprise or option is from a month on; None changes nothing."""

    licence_id: str
    month: Month
    standing: str | None
    enterprise: str | None
    option: str | None


@dataclass(frozen=True, slots=True)
class Charge:
    """Money owed without sales, in major units of its currency."""

    licence_id: str
    month: Month
    kind: str
    amount: Fraction
    currency: str
    line: int


@dataclass(frozen=True, slots=True)
class Bilateral:
    """A licence that the licensee already holds from one member."""

    licence_id: str
    member_id: str
    starts: date | None
    ends: date | None

    def in_force(self, day: date) -> bool:
        """Whether it is in force on that day (the last day counts)."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


@dataclass(slots=True)
class Tables:
    """A bundle without its sales. Dictionaries are in ascending key order."""

    members: dict[str, Member] = field(default_factory=dict)
    patents: list[Patent] = field(default_factory=list)
    licences: dict[str, Licence] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    bilaterals: list[Bilateral] = field(default_factory=list)
    fx: dict[tuple[Month, str], Fraction] = field(default_factory=dict)
    payments: dict[str, int] = field(default_factory=dict)
    refused_licences: set[str] = field(default_factory=set)
    refused_members: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    read: Callable[[str], Any] = cells.text
    needed: bool = False
    blank: Any = None


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    raw: Mapping[str, str]
    values: Mapping[str, Any]
    bad: bool

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


_MEMBERS: Final = (
    _Column("member_id", cells.code, needed=True),
    _Column("name", blank=""),
    _Column("segment", needed=True),
    _Column("held", cells.yes_or_no, blank=False),
    _Column("enters", cells.day),
    _Column("leaves", cells.day),
)
_PATENTS: Final = (
    _Column("publication", needed=True),
    _Column("family"),
    _Column("owner", needed=True),
    _Column("country", cells.country, needed=True),
    _Column("granted", cells.day),
    _Column("ends", cells.day),
    _Column("enters", cells.day),
    _Column("leaves", cells.day),
    _Column("class", blank=""),
    _Column("products", cells.products),
    _Column("share", cells.owner_share, blank=Fraction(1)),
)
_LICENCES: Final = (
    _Column("licence_id", needed=True),
    _Column("licensee", needed=True),
    _Column("enterprise"),
    _Column("signed", cells.day),
    _Column("starts", cells.day),
    _Column("ends", cells.day),
    _Column("standing", cells.standing, needed=True),
    _Column("option", blank=""),
)
_CHANGES: Final = (
    _Column("licence_id", needed=True),
    _Column("from", cells.month, needed=True),
    _Column("standing", cells.standing),
    _Column("enterprise"),
    _Column("option"),
)
_CHARGES: Final = (
    _Column("licence_id", needed=True),
    _Column("month", cells.month, needed=True),
    _Column("kind", needed=True),
    _Column("amount", cells.charge_amount, needed=True),
    _Column("currency", cells.currency, needed=True),
)
_BILATERALS: Final = (
    _Column("licence_id", needed=True),
    _Column("member_id", needed=True),
    _Column("starts", cells.day),
    _Column("ends", cells.day),
)
_FX: Final = (
    _Column("month", cells.month, needed=True),
    _Column("currency", cells.currency, needed=True),
    _Column("rate", cells.rate, needed=True),
)
_PAYMENTS: Final = (
    _Column("licence_id", needed=True),
    _Column("amount", cells.net_amount, needed=True),
)

REQUIRED_FILES: Final = ("programme.toml", "members.csv", "patents.csv", "licences.csv")
OPTIONAL_FILES: Final = ("licence_changes.csv", "charges.csv", "bilaterals.csv", "fx.csv")


def read_tables(bundle: Path, terms: Terms, rejects: Rejects) -> Tables:
    """Read every table but the sales; what is wrong goes to `rejects`, and only sound rows come back.

    A licence or member whose row is refused leaves with all that hangs on it, without a word about each.
    """
    reader = _TableReader(bundle, rejects)
    extra = sorted({node.column for node in walk(terms.allocation) if isinstance(node, ColumnNode)})
    weights = [_Column(name, cells.weight, blank=Fraction(0)) for name in extra]
    files = {
        "members.csv": (*(column for column in _MEMBERS if column.name not in extra), *weights),
        "patents.csv": _PATENTS,
        "licences.csv": _LICENCES,
        "licence_changes.csv": _CHANGES,
        "charges.csv": _CHARGES,
        "bilaterals.csv": _BILATERALS,
        "fx.csv": _FX,
    }
    if terms.collected:
        files["payments.csv"] = _PAYMENTS
    sources = {name: reader.open(name, columns) for name, columns in files.items()}
    tables = reader.tables
    if rejects.stop():
        return tables
    reader.members(sources["members.csv"], extra, terms)
    if rejects.stop():
        return tables
    reader.licences(sources["licences.csv"])
    reader.patents(sources["patents.csv"])
    reader.changes(sources["licence_changes.csv"])
    reader.charges(sources["charges.csv"])
    reader.bilaterals(sources["bilaterals.csv"])
    reader.fx(sources["fx.csv"], terms)
    if terms.collected:
        reader.payments(sources["payments.csv"], terms)
    return tables


@dataclass(slots=True)
class _Source:
    """An opened table: its columns, which cell of a row each is, and its rows still to read."""

    file: str
    columns: tuple[_Column, ...]
    places: Mapping[str, int]
    width: int
    rows: Iterator[tuple[int, list[str]]]


class _TableReader:
    def __init__(self, bundle: Path, rejects: Rejects) -> None:
        self.bundle = bundle
        self.rejects = rejects
        self.tables = Tables()

    def open(self, name: str, columns: tuple[_Column, ...]) -> _Source | None:
        """The file with its header checked; None where it is absent or has none."""
        path = self.bundle / name
        if not path.is_file():
            if name not in OPTIONAL_FILES:
                self.rejects.add(name, 0, "", "missing_file", "", f"{name} is missing from the bundle", fatal=True)
            return None
        try:
            encoding = encoding_of(path)
            rows = rows_of(path, encoding)
            header = next(rows, None)
        except UnreadableError as error:
            self.rejects.add(name, error.line, "", "bad_value", "", f"{name} {error}", fatal=True)
            return None
        if encoding != "utf-8-sig":
            self.tables.notes.append(f"{name} is not UTF-8; it was read as GB18030")
        names = [] if header is None else header[1]
        places = check_header(name, names, [(column.name, column.needed) for column in columns], self.rejects)
        return None if places is None else _Source(name, columns, places, len(names), rows)

    def read(self, source: _Source | None) -> Iterator[_Row]:
        """Each row of the right length; those with a bad cell come too, marked."""
        if source is None:
            return
        try:
            for line, found in source.rows:
                if len(found) != source.width:
                    message = f"has {len(found)} cells where the header has {source.width}"
                    self.rejects.add(source.file, line, "", "bad_value", str(len(found)), message)
                    continue
                raw = {name: found[place] for name, place in source.places.items()}
                yield self.row(source, line, raw)
        except UnreadableError as error:
            message = f"{source.file} {error}"
            self.rejects.add(source.file, error.line, "", "bad_value", "", message, fatal=True)

    def row(self, source: _Source, line: int, raw: Mapping[str, str]) -> _Row:
        values: dict[str, Any] = {}
        bad = False
        for column in source.columns:
            cell = raw.get(column.name, "")
            try:
                if cell:
                    values[column.name] = column.read(cell)
                elif column.needed:
                    raise ValueError("must not be blank")
                else:
                    values[column.name] = column.blank
            except ValueError as error:
                bad = True
                values[column.name] = None
                self.rejects.add(source.file, line, column.name, "bad_value", cell, f"{column.name} {error}")
        return _Row(line, raw, values, bad)

    def duplicate(self, file: str, row: _Row, column: str, what: str) -> None:
        value = row.raw[column]
        self.rejects.add(file, row.line, column, "duplicate_id", value, f"{what} is there already: keep one row")

    def knows_licence(self, file: str, row: _Row) -> bool:
        """Whether the row's licence is one to close; an unknown one is refused, one refused before is not again."""
        name = row.raw["licence_id"]
        if name in self.tables.licences:
            return True
        if name and name not in self.tables.refused_licences:
            message = f"licence {name!r} is not in licences.csv"
            self.rejects.add(file, row.line, "licence_id", "unknown_licence", name, message)
        return False

    def knows_member(self, file: str, row: _Row, column: str) -> bool:
        """As `knows_licence`, for the member that a row names."""
        name = row.raw[column]
        if name in self.tables.members:
            return True
        if name and name not in self.tables.refused_members:
            message = f"{name!r} is not a member_id of members.csv"
            self.rejects.add(file, row.line, column, "unknown_owner", name, message)
        return False

    def keyed(self, source: _Source | None, column: str, refused: set[str]) -> dict[str, _Row]:
        """Rows by a unique id, in ascending order; ids with a bad or repeated row are refused whole."""
        kept: dict[str, _Row] = {}
        seen: set[str] = set()
        for row in self.read(source):
            name = row.raw[column]
            if name in seen and source is not None:
                self.duplicate(source.file, row, column, f"{column} {name!r}")
                refused.add(name)
            elif row.bad:
                refused.add(name)
            else:
                kept[name] = row
            if name:
                seen.add(name)
        return {name: kept[name] for name in sorted(kept) if name not in refused}

    def members(self, source: _Source | None, extra: list[str], terms: Terms) -> None:
        for name, row in self.keyed(source, "member_id", self.tables.refused_members).items():
            weights = {column: row[column] for column in extra}
            self.tables.members[name] = Member(
                name, row["name"], row["segment"], row["held"], row["enters"], row["leaves"], weights
            )
        known = self.tables.members.keys() | self.tables.refused_members
        for node in walk(terms.allocation):
            named: dict[str, str] = {}
            if isinstance(node, MemberNode):
                named = {f"{node.path}.id": node.id}
            elif isinstance(node, PointsNode):
                named = {f"{node.path}.points.{member}": member for member in node.points}
            for path, member in named.items():
                if member in self.tables.refused_members and isinstance(node, MemberNode):
                    # Its row was refused; without it there is nobody to give the node's money to.
                    self.rejects.fatal = True
                if member not in known:
                    message = f"{path}: {member!r} is not a member_id of members.csv"
                    self.rejects.add("programme.toml", 0, path, "bad_terms", member, message, fatal=True)

    def licences(self, source: _Source | None) -> None:
        for name, row in self.keyed(source, "licence_id", self.tables.refused_licences).items():
            self.tables.licences[name] = Licence(
                name,
                row["licensee"],
                row["enterprise"] or row["licensee"],
                row["signed"],
                row["starts"],
                row["ends"],
                row["standing"],
                row["option"],
            )

    def patents(self, source: _Source | None) -> None:
        seen: set[tuple[str, str, str, date | None]] = set()
        for row in self.read(source):
            known = self.knows_member("patents.csv", row, "owner")
            if row.bad:
                continue
            key = (row["publication"], row["country"], row["owner"], row["enters"])
            if key in seen:
                what = f"publication {key[0]!r} in {key[1]} of {key[2]!r}, entering {key[3] or 'without a date'},"
                self.duplicate("patents.csv", row, "publication", what)
                continue
            seen.add(key)
            if known:
                self.tables.patents.append(
                    Patent(
                        row["publication"],
                        row["family"] or row["publication"],
                        row["owner"],
                        row["country"],
                        row["granted"],
                        row["ends"],
                        row["enters"],
                        row["leaves"],
                        row["class"],
                        row["products"],
                        row["share"],
                    )
                )

    def changes(self, source: _Source | None) -> None:
        seen: set[tuple[str, Month]] = set()
        for row in self.read(source):
            known = self.knows_licence("licence_changes.csv", row)
            if row.bad:
                continue
            key = (row["licence_id"], row["from"])
            if key in seen:
                what = f"a change of licence {key[0]!r} from {month_text(key[1])}"
                self.duplicate("licence_changes.csv", row, "licence_id", what)
                continue
            seen.add(key)
            if known:
                change = Change(key[0], key[1], row["standing"], row["enterprise"], row["option"])
                self.tables.changes.append(change)
        self.tables.changes.sort(key=lambda change: (change.licence_id, change.month))

    def charges(self, source: _Source | None) -> None:
        for row in self.read(source):
            if self.knows_licence("charges.csv", row) and not row.bad:
                charge = Charge(row["licence_id"], row["month"], row["kind"], row["amount"], row["currency"], row.line)
                self.tables.charges.append(charge)

    def bilaterals(self, source: _Source | None) -> None:
        for row in self.read(source):
            licence_known = self.knows_licence("bilaterals.csv", row)
            member_known = self.knows_member("bilaterals.csv", row, "member_id")
            if licence_known and member_known and not row.bad:
                bilateral = Bilateral(row["licence_id"], row["member_id"], row["starts"], row["ends"])
                self.tables.bilaterals.append(bilateral)

    def fx(self, source: _Source | None, terms: Terms) -> None:
        seen: set[tuple[Month, str]] = set()
        for row in self.read(source):
            if row.raw["currency"] == terms.currency:
                message = f"{terms.currency} is the programme's own currency: leave the row out"
                self.rejects.add("fx.csv", row.line, "currency", "bad_value", terms.currency, message)
                continue
            if row.bad:
                continue
            key = (row["month"], row["currency"])
            if key in seen:
                self.duplicate("fx.csv", row, "month", f"a rate of {key[1]} for {month_text(key[0])}")
                continue
            seen.add(key)
            self.tables.fx[key] = row["rate"]

    def payments(self, source: _Source | None, terms: Terms) -> None:
        minor = 10 ** exponent(terms.currency)
        first_rows: dict[str, _Row] = {}
        for row in self.read(source):
            known = self.knows_licence("payments.csv", row)
            if row.bad:
                continue
            amount = row["amount"] * minor
            if amount == 0 or amount.denominator != 1:
                message = f"amount must be a whole number of {terms.currency} minor units, and not 0"
                self.rejects.add("payments.csv", row.line, "amount", "bad_value", row.raw["amount"], message)
                continue
            if known:
                name = row["licence_id"]
                first_rows.setdefault(name, row)
                self.tables.payments[name] = self.tables.payments.get(name, 0) + int(amount)
        for name, row in first_rows.items():
            if self.tables.payments[name] < 0:
                value = cells.plain(Fraction(self.tables.payments.pop(name), minor))
                message = f"the payments of licence {name!r} come to less than 0"
                self.rejects.add("payments.csv", row.line, "amount", "bad_value", value, message)


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
