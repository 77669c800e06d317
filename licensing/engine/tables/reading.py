"""Reading the small tables: every bad cell refused, only sound rows kept."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from licensing.engine import cells
from licensing.engine.model import ColumnNode, MemberNode, PointsNode, Terms, walk
from licensing.engine.rejects import Rejects
from licensing.engine.tables.columns import (
    BILATERALS,
    CHANGES,
    CHARGES,
    FX,
    LICENCES,
    MEMBERS,
    OPTIONAL_FILES,
    PATENTS,
    PAYMENTS,
    Column,
    Row,
    Source,
    check_header,
)
from licensing.engine.tables.rows import Bilateral, Change, Charge, Licence, Member, Patent, Tables
from licensing.engine.textfile import UnreadableError, encoding_of, rows_of
from platform_core.money import exponent


def read_tables(bundle: Path, terms: Terms, rejects: Rejects) -> Tables:
    """Read every table but the sales; what is wrong goes to `rejects`, and only sound rows come back.

    A licence or member whose row is refused leaves with all that hangs on it, without a word about each.
    """
    reader = _TableReader(bundle, rejects)
    extra = sorted({node.column for node in walk(terms.allocation) if isinstance(node, ColumnNode)})
    weights = [Column(name, cells.weight, blank=Fraction(0)) for name in extra]
    files = {
        "members.csv": (*(column for column in MEMBERS if column.name not in extra), *weights),
        "patents.csv": PATENTS,
        "licences.csv": LICENCES,
        "licence_changes.csv": CHANGES,
        "charges.csv": CHARGES,
        "bilaterals.csv": BILATERALS,
        "fx.csv": FX,
    }
    if terms.collected:
        files["payments.csv"] = PAYMENTS
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


class _TableReader:
    def __init__(self, bundle: Path, rejects: Rejects) -> None:
        self.bundle = bundle
        self.rejects = rejects
        self.tables = Tables()

    def open(self, name: str, columns: tuple[Column, ...]) -> Source | None:
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
        return None if places is None else Source(name, columns, places, len(names), rows)

    def read(self, source: Source | None) -> Iterator[Row]:
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

    def row(self, source: Source, line: int, raw: Mapping[str, str]) -> Row:
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
        return Row(line, raw, values, bad)

    def duplicate(self, file: str, row: Row, column: str, what: str) -> None:
        value = row.raw[column]
        self.rejects.add(file, row.line, column, "duplicate_id", value, f"{what} is there already: keep one row")

    def knows_licence(self, file: str, row: Row) -> bool:
        """Whether the row's licence is one to close; an unknown one is refused, one refused before is not again."""
        name = row.raw["licence_id"]
        if name in self.tables.licences:
            return True
        if name and name not in self.tables.refused_licences:
            message = f"licence {name!r} is not in licences.csv"
            self.rejects.add(file, row.line, "licence_id", "unknown_licence", name, message)
        return False

    def knows_member(self, file: str, row: Row, column: str) -> bool:
        """As `knows_licence`, for the member that a row names."""
        name = row.raw[column]
        if name in self.tables.members:
            return True
        if name and name not in self.tables.refused_members:
            message = f"{name!r} is not a member_id of members.csv"
            self.rejects.add(file, row.line, column, "unknown_owner", name, message)
        return False

    def keyed(self, source: Source | None, column: str, refused: set[str]) -> dict[str, Row]:
        """Rows by a unique id, in ascending order; ids with a bad or repeated row are refused whole."""
        kept: dict[str, Row] = {}
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

    def members(self, source: Source | None, extra: list[str], terms: Terms) -> None:
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

    def licences(self, source: Source | None) -> None:
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

    def patents(self, source: Source | None) -> None:
        seen: set[tuple[str, ...]] = set()
        for row in self.read(source):
            known = self.knows_member("patents.csv", row, "owner")
            key = tuple(row.raw.get(column, "") for column in ("publication", "country", "owner", "enters"))
            repeated = key in seen
            if repeated:
                what = f"publication {key[0]!r} in {key[1]} of {key[2]!r}, entering {key[3] or 'without a date'},"
                self.duplicate("patents.csv", row, "publication", what)
            seen.add(key)
            if known and not row.bad and not repeated:
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

    def changes(self, source: Source | None) -> None:
        seen: set[tuple[str, str]] = set()
        for row in self.read(source):
            known = self.knows_licence("licence_changes.csv", row)
            key = (row.raw["licence_id"], row.raw["from"])
            repeated = key in seen
            if repeated:
                what = f"a change of licence {key[0]!r} from {key[1]}"
                self.duplicate("licence_changes.csv", row, "licence_id", what)
            seen.add(key)
            if known and not row.bad and not repeated:
                change = Change(row["licence_id"], row["from"], row["standing"], row["enterprise"], row["option"])
                self.tables.changes.append(change)
        self.tables.changes.sort(key=lambda change: (change.licence_id, change.month))

    def charges(self, source: Source | None) -> None:
        for row in self.read(source):
            if self.knows_licence("charges.csv", row) and not row.bad:
                charge = Charge(row["licence_id"], row["month"], row["kind"], row["amount"], row["currency"], row.line)
                self.tables.charges.append(charge)

    def bilaterals(self, source: Source | None) -> None:
        for row in self.read(source):
            licence_known = self.knows_licence("bilaterals.csv", row)
            member_known = self.knows_member("bilaterals.csv", row, "member_id")
            if licence_known and member_known and not row.bad:
                bilateral = Bilateral(row["licence_id"], row["member_id"], row["starts"], row["ends"])
                self.tables.bilaterals.append(bilateral)

    def fx(self, source: Source | None, terms: Terms) -> None:
        seen: set[tuple[str, str]] = set()
        for row in self.read(source):
            own = row.raw["currency"] == terms.currency
            if own:
                message = f"{terms.currency} is the programme's own currency: leave the row out"
                self.rejects.add("fx.csv", row.line, "currency", "bad_value", terms.currency, message)
            key = (row.raw["month"], row.raw["currency"])
            repeated = key in seen
            if repeated:
                self.duplicate("fx.csv", row, "month", f"a rate of {key[1]} for {key[0]}")
            seen.add(key)
            if not own and not row.bad and not repeated:
                self.tables.fx[row["month"], row["currency"]] = row["rate"]

    def payments(self, source: Source | None, terms: Terms) -> None:
        minor = 10 ** exponent(terms.currency)
        first_rows: dict[str, Row] = {}
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
