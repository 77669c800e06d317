"""Section 2 of the reference: the files of a bundle, and what is refused in them."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.closes.oracle.calendar import is_month
from tests.closes.oracle.cells import Cells
from tests.closes.oracle.numbers import spelled
from tests.closes.oracle.records import (
    Bilateral,
    Bundle,
    Charge,
    Licence,
    Line,
    Member,
    Patent,
    Reject,
    Row,
    State,
    StoppedError,
)
from tests.closes.oracle.terms import Node, Terms, TermsRefusedError, read_terms


@contextmanager
def _large_cells() -> Iterator[None]:
    """Let the csv module take any cell a file may hold; its limit is the whole process's, so put it back."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def read_bundle(folder: Path) -> Bundle:
    """Everything in the folder; rows that are refused are left out and listed."""
    return _Reader(folder).read()


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rejects: list[Reject] = []
        self.refused_licences: set[str] = set()
        self.refused_members: set[str] = set()
        self.lost_payee = False  # the tree pays a member whose own row is refused: nothing can be closed

    def reject(self, file: str, line: int, column: str, code: str, value: str) -> None:
        self.rejects.append(Reject(file, line, column, code, value))

    def stop(self) -> StoppedError:
        return StoppedError(self.rejects)

    # -- the files

    def read(self) -> Bundle:
        sales_files = self.sales_files()
        needed = ["programme.toml", "members.csv", "patents.csv", "licences.csv"]
        for file in needed:
            if not (self.folder / file).is_file():
                self.reject(file, 0, "", "missing_file", "")
        if not sales_files:
            self.reject("sales.csv", 0, "", "missing_file", "")
        if (self.folder / "sales.csv").is_file() and (self.folder / "sales").is_dir():
            self.reject("sales.csv", 0, "", "bad_value", "")
            raise self.stop()
        if self.rejects:
            raise self.stop()

        try:
            terms = read_terms(_text(self.folder / "programme.toml"))
        except TermsRefusedError as refused:
            for problem in refused.problems:
                self.reject("programme.toml", 0, problem.path, problem.code, problem.value)
            raise self.stop() from refused
        if terms.basis == "collected" and not (self.folder / "payments.csv").is_file():
            self.reject("payments.csv", 0, "", "missing_file", "")
            raise self.stop()
        tables = self.tables(terms, sales_files)

        members = self.members(terms, tables["members.csv"])
        self.known_members(terms.allocation, "allocation", members)
        patents = self.patents(tables["patents.csv"], members)
        licences = self.licences(tables["licences.csv"])
        self.changes(tables.get("licence_changes.csv", []), licences)
        lines = self.sales(terms, {file: tables[file] for file in sales_files}, licences)
        charges = self.charges(terms, tables.get("charges.csv", []), licences)
        bilaterals = self.bilaterals(tables.get("bilaterals.csv", []), licences, members)
        fx = self.fx(terms, tables.get("fx.csv", []))
        payments = self.payments(terms, tables.get("payments.csv", []), licences)
        return Bundle(
            terms, members, patents, licences, lines, charges, bilaterals, fx, payments, self.rejects, self.lost_payee
        )

    def sales_files(self) -> list[str]:
        files = ["sales.csv"] if (self.folder / "sales.csv").is_file() else []
        if (self.folder / "sales").is_dir():
            found = [path for path in (self.folder / "sales").iterdir() if path.suffix in (".csv", ".parquet")]
            files += [f"sales/{path.name}" for path in found]
        return sorted(files)

    def tables(self, terms: Terms, sales_files: list[str]) -> dict[str, list[Row]]:
        """Every table of the bundle; a column missing that may not be stops the close."""
        required = {
            "members.csv": ["member_id", "segment"],
            "patents.csv": ["publication", "owner", "country"],
            "licences.csv": ["licence_id", "licensee", "standing"],
            "licence_changes.csv": ["licence_id", "from"],
            "charges.csv": ["licence_id", "month", "kind", "amount", "currency"],
            "bilaterals.csv": ["licence_id", "member_id"],
            "fx.csv": ["month", "currency", "rate"],
        }
        if terms.basis == "collected":
            required["payments.csv"] = ["licence_id", "amount"]
        for file in sales_files:
            required[file] = ["licence_id", "month", "product", "made_in", "sold_in", "units", "currency"]
        missing = False
        tables: dict[str, list[Row]] = {}
        for file, columns in required.items():
            if not (self.folder / file).is_file():
                continue
            header, rows = self.table(file)
            for column in columns:
                if column not in header:
                    self.reject(file, 1, column, "missing_column", "")
                    missing = True
            tables[file] = rows
        if missing:
            raise self.stop()
        return tables

    @_large_cells()
    def table(self, file: str) -> tuple[list[str], list[Row]]:
        if file.endswith(".parquet"):
            return self.parquet_table(file)
        reader = csv.reader(io.StringIO(_text(self.folder / file), newline=""))
        header: list[str] | None = None
        rows: list[Row] = []
        line = 1
        for cells in reader:
            if header is None and cells:
                header = cells
            elif header is not None and cells:
                if len(cells) == len(header):
                    rows.append((line, dict(zip(header, cells, strict=True))))
                else:
                    self.reject(file, line, "", "bad_value", str(len(cells)))
            line = reader.line_num + 1
        return header or [], rows

    def parquet_table(self, file: str) -> tuple[list[str], list[Row]]:
        table = pq.read_table(self.folder / file)
        header = list(table.column_names)
        known = ["licence_id", "month", "product", "made_in", "sold_in", "units", "net_amount", "currency"]
        for name in known:
            if name in header and not _parquet_type_fits(name, table.schema.field(name).type):
                self.reject(file, 0, name, "bad_value", str(table.schema.field(name).type))
        columns = {name: table.column(name).to_pylist() for name in known if name in header}
        rows = []
        for index in range(table.num_rows):
            rows.append((index + 1, {name: _spelled_cell(values[index]) for name, values in columns.items()}))
        return header, rows

    # -- the cells

    def cells(self, file: str, row: Row) -> Cells:
        return Cells(self, file, row[0], row[1])

    def refuse_repeats(self, file: str, row: Row, columns: list[str], seen: set[tuple[str, ...]]) -> bool:
        key = tuple(row[1].get(column, "") for column in columns)
        if key in seen:
            self.reject(file, row[0], columns[0], "duplicate_id", key[0])
            return True
        seen.add(key)
        return False

    # -- the tables

    def members(self, terms: Terms, rows: list[Row]) -> dict[str, Member]:
        members: dict[str, Member] = {}
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            cells = self.cells("members.csv", row)
            member = Member(
                id=cells.code("member_id"),
                segment=cells.text("segment"),
                held=cells.among("held", ["yes", "no", ""]) == "yes",
                enters=cells.day("enters"),
                leaves=cells.day("leaves"),
                weights={column: cells.weight(column) for column in sorted(terms.columns)},
            )
            repeated = bool(member.id) and self.refuse_repeats("members.csv", row, ["member_id"], seen)
            if cells.bad or repeated:
                self.refused_members.add(row[1]["member_id"])
            else:
                members[member.id] = member
        for refused in self.refused_members:
            members.pop(refused, None)
        return members

    def known_members(self, node: Node, path: str, members: dict[str, Member]) -> None:
        """A tree that names a member who is not there cannot be used."""
        known = set(members) | self.refused_members
        named = [(f"{path}.points.{name}", name) for name in node.points]
        if node.by == "member":
            named.append((f"{path}.id", node.member))
        unknown = [(where, name) for where, name in named if name not in known]
        for where, name in unknown:
            self.reject("programme.toml", 0, where, "bad_terms", name)
        if node.within:
            self.known_members(node.within, f"{path}.within", members)
        for index, (_, branch) in enumerate(node.branches):
            self.known_members(branch, f"{path}.branches[{index}].to", members)
        if node.otherwise:
            self.known_members(node.otherwise, f"{path}.otherwise", members)
        if node.by == "member" and node.member in self.refused_members:
            self.lost_payee = True
        if any(reject.code == "bad_terms" for reject in self.rejects):
            self.rejects = [reject for reject in self.rejects if reject.code == "bad_terms"]
            raise self.stop()

    def patents(self, rows: list[Row], members: dict[str, Member]) -> list[Patent]:
        patents = []
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            cells = self.cells("patents.csv", row)
            publication = cells.text("publication")
            products = cells.optional("products") or "*"
            patent = Patent(
                family=cells.optional("family") or publication,
                owner=cells.text("owner"),
                country=cells.country("country"),
                granted=cells.day("granted"),
                ends=cells.day("ends"),
                enters=cells.day("enters"),
                leaves=cells.day("leaves"),
                label=cells.optional("class"),
                products=products.split("|"),
                share=cells.share("share"),
            )
            if patent.owner and patent.owner not in members and patent.owner not in self.refused_members:
                cells.refuse("owner", "unknown_owner")
            repeated = self.refuse_repeats("patents.csv", row, ["publication", "country", "owner", "enters"], seen)
            if not cells.bad and not repeated and patent.owner in members:
                patents.append(patent)
        return patents

    def licences(self, rows: list[Row]) -> dict[str, Licence]:
        licences: dict[str, Licence] = {}
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            cells = self.cells("licences.csv", row)
            licensee = cells.text("licensee")
            licence = Licence(
                id=cells.text("licence_id"),
                licensee=licensee,
                signed=cells.day("signed"),
                starts=cells.day("starts"),
                ends=cells.day("ends"),
                first=State(
                    standing=cells.among("standing", ["standard", "compliant"]),
                    enterprise=cells.optional("enterprise") or licensee,
                    option=cells.optional("option"),
                ),
            )
            repeated = bool(licence.id) and self.refuse_repeats("licences.csv", row, ["licence_id"], seen)
            if cells.bad or repeated:
                self.refused_licences.add(row[1]["licence_id"])
            else:
                licences[licence.id] = licence
        for refused in self.refused_licences:
            licences.pop(refused, None)
        return licences

    def changes(self, rows: list[Row], licences: dict[str, Licence]) -> None:
        file = "licence_changes.csv"
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            cells = self.cells(file, row)
            licence_id = cells.licence(licences)
            since = cells.month("from")
            change = State(
                standing=cells.among("standing", ["standard", "compliant", ""]),
                enterprise=cells.optional("enterprise"),
                option=cells.optional("option"),
            )
            repeated = self.refuse_repeats(file, row, ["licence_id", "from"], seen)
            if not cells.bad and not repeated and licence_id in licences:
                licences[licence_id].changes.append((since, change))

    def sales(self, terms: Terms, tables: dict[str, list[Row]], licences: dict[str, Licence]) -> list[Line]:
        lines = []
        for file, rows in sorted(tables.items()):
            for row in rows:
                month = row[1]["month"]
                if is_month(month) and (
                    month > terms.months[-1] or (month[:4] < terms.year and not terms.never_resets)
                ):
                    continue
                cells = self.cells(file, row)
                line = Line(
                    file=file,
                    line=row[0],
                    licence_id=cells.licence(licences),
                    month=cells.month("month"),
                    product=cells.code("product"),
                    made_in=cells.country("made_in"),
                    sold_in=cells.country("sold_in"),
                    units=cells.units("units"),
                    net=cells.net("net_amount"),
                    currency=cells.currency("currency"),
                )
                if not cells.bad and line.licence_id in licences:
                    lines.append(line)
        return lines

    def charges(self, terms: Terms, rows: list[Row], licences: dict[str, Licence]) -> list[Charge]:
        charges = []
        for row in rows:
            cells = self.cells("charges.csv", row)
            charge = Charge(
                line=row[0],
                licence_id=cells.licence(licences),
                month=cells.month("month"),
                kind=cells.text("kind"),
                amount=cells.charge("amount"),
                currency=cells.currency("currency"),
            )
            if not cells.bad and charge.licence_id in licences and charge.month in terms.months:
                charges.append(charge)
        return charges

    def bilaterals(self, rows: list[Row], licences: dict[str, Licence], members: dict[str, Member]) -> list[Bilateral]:
        bilaterals = []
        for row in rows:
            cells = self.cells("bilaterals.csv", row)
            bilateral = Bilateral(
                licence_id=cells.licence(licences),
                member_id=cells.text("member_id"),
                starts=cells.day("starts"),
                ends=cells.day("ends"),
            )
            member = bilateral.member_id
            if member and member not in members and member not in self.refused_members:
                cells.refuse("member_id", "unknown_owner")
            if not cells.bad:
                bilaterals.append(bilateral)
        return bilaterals

    def fx(self, terms: Terms, rows: list[Row]) -> dict[tuple[str, str], Fraction]:
        fx: dict[tuple[str, str], Fraction] = {}
        seen: set[tuple[str, ...]] = set()
        for row in rows:
            cells = self.cells("fx.csv", row)
            month = cells.month("month")
            currency = cells.currency("currency")
            if currency == terms.currency:
                cells.refuse("currency", "bad_value")
            rate = cells.fx_rate("rate")
            repeated = self.refuse_repeats("fx.csv", row, ["month", "currency"], seen)
            if not cells.bad and not repeated:
                fx[month, currency] = rate
        return fx

    def payments(self, terms: Terms, rows: list[Row], licences: dict[str, Licence]) -> dict[str, Fraction]:
        """What each licence paid, in minor units."""
        payments: dict[str, Fraction] = {}
        first: dict[str, int] = {}
        for row in rows:
            cells = self.cells("payments.csv", row)
            licence_id = cells.licence(licences)
            amount = cells.payment("amount", terms.exponent)
            if not cells.bad and licence_id in licences:
                payments[licence_id] = payments.get(licence_id, Fraction(0)) + amount
                first.setdefault(licence_id, row[0])
        for licence_id, total in list(payments.items()):
            if total < 0:
                value = spelled(total / 10**terms.exponent)
                self.reject("payments.csv", first[licence_id], "amount", "bad_value", value)
                del payments[licence_id]
        return payments


def _text(path: Path) -> str:
    """The text of a file: UTF-8, with or without a byte-order mark, else GB18030."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _parquet_type_fits(name: str, kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    if name == "units":
        return bool(pa.types.is_integer(kind))
    if name == "net_amount":
        return bool(text or pa.types.is_decimal(kind) or pa.types.is_null(kind))
    return bool(text)


def _spelled_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
