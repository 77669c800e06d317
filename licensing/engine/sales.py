"""Reading sales: any number of lines in any number of files, summed to buckets by DuckDB, every line checked.

There are two ways through a file. The *quick* one lets DuckDB read, check and sum in one pass; it either accepts
every line or stops at the first doubt. The *careful* one reads line by line in Python, refuses each bad cell by
file, line and column, and hands DuckDB the sound lines with their positions. A close takes the quick way, and goes
back to the careful one only where something is to be refused, so that both give the same sums.

Summing is a function of one file (`sum_file`) and a merge (`merge_sums`), so it can be spread over machines.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from licensing.engine import cells
from licensing.engine.model import Month, month_text
from licensing.engine.rejects import BundleError, Rejects
from licensing.engine.tables import check_header
from licensing.engine.textfile import UnreadableError, encoding_of, rows_of

KEY: Final = ("licence_id", "product", "made_in", "sold_in", "month", "currency")
COLUMNS: Final = (*KEY, "units", "net_amount")
_HEADER: Final = [(name, name != "net_amount") for name in COLUMNS]
_BATCH: Final = 100_000
_POSITION_BITS: Final = 40
_HELD_AT_MOST: Final = 1_000_000
"""Lines of several files that are kept at hand, rather than read again from the files."""
_READ_AT_ONCE: Final = 64
"""Files that one query reads."""
_SMALL_FILE: Final = 1 << 20
"""Bytes of a Parquet file that is read together with others."""

_READ: Final = {
    "licence_id": cells.text,
    "product": cells.code,
    "made_in": cells.country,
    "sold_in": cells.country,
    "month": cells.month,
    "currency": cells.currency,
    "units": cells.units,
    "net_amount": cells.net_amount,
}


class DoubtError(Exception):
    """The quick way met something it does not accept: the file is to be read the careful way."""


@dataclass(frozen=True, slots=True)
class SalesFile:
    """One sales file of the bundle, by its name within it."""

    name: str
    path: Path

    @property
    def is_parquet(self) -> bool:
        """Parquet, or else CSV."""
        return self.path.suffix == ".parquet"


@dataclass(slots=True)
class Fingerprint:
    """What one pass over a file's bytes tells."""

    sha256: str
    commas: int = 0
    has_quotes: bool = False
    has_nul: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The months whose sales count: from the first (None: from the beginning of the records) to the last."""

    first: Month | None
    last: Month

    def holds(self, month: Month) -> bool:
        """Whether sales of that month count."""
        return month <= self.last and (self.first is None or month >= self.first)

    @property
    def condition(self) -> str:
        """As SQL over a column `month`. What is not a month stays in, so that it can be refused."""
        first = "0001-01" if self.first is None else month_text(self.first)
        inside = f"month BETWEEN '{first}' AND '{month_text(self.last)}'"
        return f"({inside} OR month IS NULL OR NOT regexp_full_match(month, '{cells.MONTH_PATTERN}'))"


@dataclass(slots=True)
class Sales:
    """A bundle's sales while they are being closed: where the lines are, and their sums by bucket.

    `sums` has the key columns, `units` and `net` (decimals), `lines`, `priced` (lines with a net amount) and, after
    a careful reading, `position` (file and line of the bucket's first line).
    """

    files: list[SalesFile]
    window: Window
    connection: duckdb.DuckDBPyConnection
    sources: list[str] = field(default_factory=list)
    sums: pa.Table | None = None
    careful: bool = False
    notes: list[str] = field(default_factory=list)
    held: tuple[str, ...] = ()
    """The sources whose lines are kept in one table."""

    def place(self, position: int) -> tuple[str, int]:
        """File name and line of a position."""
        return self.files[position >> _POSITION_BITS].name, position & ((1 << _POSITION_BITS) - 1)


def find_sales(bundle: Path, rejects: Rejects) -> list[SalesFile]:
    """The bundle's sales files, lowest name first."""
    single, folder = bundle / "sales.csv", bundle / "sales"
    inside = []
    if folder.is_dir():
        inside = sorted(path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet"))
    if single.is_file() and inside:
        message = "there is a sales.csv and a sales folder: keep one of them"
        rejects.add("sales.csv", 0, "", "bad_value", "", message, fatal=True)
        return []
    if single.is_file():
        return [SalesFile("sales.csv", single)]
    if not inside:
        message = "there is no sales.csv, and no file in a sales folder"
        rejects.add("sales.csv", 0, "", "missing_file", "", message, fatal=True)
    return [SalesFile(f"sales/{name}", folder / name) for name in inside]


def fingerprint(path: Path) -> Fingerprint:
    """Hash a file and count what tells whether its lines are as wide as they seem."""
    digest = sha256()
    seen = Fingerprint("")
    with path.open("rb") as file:
        while piece := file.read(1 << 22):
            digest.update(piece)
            if path.suffix == ".csv":
                seen.commas += piece.count(b",")
                seen.has_quotes = seen.has_quotes or b'"' in piece
                seen.has_nul = seen.has_nul or b"\0" in piece
    seen.sha256 = digest.hexdigest()
    return seen


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into `scratch` and never reaches for anything else."""
    connection = duckdb.connect(":memory:")
    for setting in (
        "memory_limit = '2GB'",
        f"temp_directory = {_text(str(scratch))}",
        "preserve_insertion_order = false",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "enable_progress_bar = false",
    ):
        run_sql(connection, f"SET {setting}")
    return connection


def run_sql(connection: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[Any, ...]]:
    """Run a statement to its end: a result left open would keep the connection from the next one."""
    return connection.execute(statement).fetchall()


def check_headers(files: Sequence[SalesFile], rejects: Rejects) -> None:
    """Refuse files without a needed column, or with a Parquet column of a kind that cannot be exact."""
    for file in files:
        if file.is_parquet:
            _check_parquet(file, rejects)
            continue
        try:
            header = next(rows_of(file.path, encoding_of_head(file.path)), None)
        except UnreadableError as error:
            rejects.add(file.name, error.line, "", "bad_value", "", f"{file.name} {error}", fatal=True)
            continue
        check_header(file.name, [] if header is None else header[1], _HEADER, rejects)


def encoding_of_head(path: Path) -> str:
    """The encoding that the file's first megabyte seems to be in; what follows is checked as it is read."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A character cut in two by the end of what was read says nothing.
        return "utf-8-sig" if error.start >= len(head) - 3 and len(head) == 1 << 20 else encoding_of(path)
    return "utf-8-sig"


def _check_parquet(file: SalesFile, rejects: Rejects) -> None:
    try:
        schema = pq.read_schema(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        message = f"{file.name} is not a readable Parquet file: {str(error).splitlines()[0]}"
        rejects.add(file.name, 0, "", "bad_value", "", message, fatal=True)
        return
    if check_header(file.name, list(schema.names), _HEADER, rejects) is None:
        return
    for name in COLUMNS:
        if name not in schema.names:
            continue
        kind = schema.field(name).type
        value = kind.value_type if pa.types.is_dictionary(kind) else kind
        is_text = pa.types.is_string(value) or pa.types.is_large_string(value)
        if name == "units":
            sound, wanted = pa.types.is_integer(kind), "whole numbers"
        elif name == "net_amount":
            sound, wanted = is_text or pa.types.is_decimal(kind) or pa.types.is_null(kind), "decimals or text"
        else:
            sound, wanted = is_text, "text"
        if not sound:
            message = f"column {name} holds {kind}; it must hold {wanted}"
            rejects.add(file.name, 0, name, "bad_value", str(kind), message, fatal=True)


# -- line by line ---------------------------------------------------------------------------------------------


def gathered(sales: Sales) -> list[str]:
    """The lines of all files as few tables to select from: keys, units and net.

    A query costs more than the lines of a small file do, and a percentage asks one for each rate: the lines of many
    small files are therefore kept in one table of the connection, those of big ones read again a few at a time.
    """
    if len(sales.sources) == 1:
        return list(sales.sources)
    wanted = ", ".join((*KEY, "units", "net"))
    selects = [f"SELECT {wanted} FROM {source} AS f" for source in sales.sources]
    if sales.sums is None or lines_total(sales.sums) > _HELD_AT_MOST:
        groups = [selects[start : start + _READ_AT_ONCE] for start in range(0, len(selects), _READ_AT_ONCE)]
        return [f"({' UNION ALL '.join(group)})" for group in groups]
    if sales.held != tuple(sales.sources):
        sales.connection.execute("DROP TABLE IF EXISTS held_lines")
        for number, start in enumerate(range(0, len(selects), _READ_AT_ONCE)):
            lines = " UNION ALL ".join(selects[start : start + _READ_AT_ONCE])
            into = "INSERT INTO held_lines" if number else "CREATE TABLE held_lines AS"
            sales.connection.execute(f"{into} {lines}")
        sales.held = tuple(sales.sources)
    return ["held_lines"]


# -- the quick way --------------------------------------------------------------------------------------------


def sum_quickly(sales: Sales, prints: Sequence[Future[Fingerprint]]) -> None:
    """Sum all files to buckets. Raises DoubtError where some line may be one to refuse."""
    parts = []
    sales.sources = [_quick_source(file, sales.window) for file in sales.files]
    try:
        small: list[str] = []
        for file, source, seen in zip(sales.files, sales.sources, prints, strict=True):
            if file.is_parquet and file.path.stat().st_size <= _SMALL_FILE:
                small.append(f"SELECT * FROM {source} AS f")
                continue
            part = sum_file(sales.connection, source)
            if not file.is_parquet:
                _check_widths(sales, file, seen.result(), lines_total(part))
            parts.append(part)
        # A query costs more than the lines of a small file do.
        for start in range(0, len(small), _READ_AT_ONCE):
            parts.append(sum_file(sales.connection, f"({' UNION ALL '.join(small[start : start + _READ_AT_ONCE])})"))
    except (duckdb.Error, pa.ArrowInvalid) as error:
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            raise BundleError(f"reading the sales failed: {str(error).splitlines()[0]}") from error
        raise DoubtError(str(error)) from error
    sales.sums = merge_sums(sales.connection, parts)


def _quick_source(file: SalesFile, window: Window) -> str:
    """A SELECT of the file's lines in exact types, which fails at a value that may not be sound."""
    if file.is_parquet:
        schema = pq.read_schema(file.path)
        table = f"read_parquet({_text(str(file.path))})"
        names: dict[str, str] = {name: name for name in COLUMNS if name in schema.names}
        kind = schema.field("net_amount").type if "net_amount" in names else pa.null()
        most = cells.MOST_UNITS - 1
        units = f"CASE WHEN units BETWEEN -{most} AND {most} THEN units::BIGINT ELSE error('units') END"
        if pa.types.is_null(kind):
            net = "NULL::DECIMAL(21, 6)"
        elif isinstance(kind, pa.Decimal128Type):
            net = _checked_decimal(kind)
        else:
            net = _checked_text("net_amount")
    else:
        encoding = encoding_of_head(file.path)
        if encoding != "utf-8-sig":
            raise DoubtError("not UTF-8")
        header = next(rows_of(file.path, encoding))[1]
        table = _csv_table(file.path, len(header))
        names = {name: f"c{header.index(name)}" for name in COLUMNS if name in header}
        units = "CASE WHEN regexp_full_match(units, '-?[0-9]{1,12}') THEN units::BIGINT ELSE error('units') END"
        net = _checked_text("net_amount") if "net_amount" in names else "NULL::DECIMAL(21, 6)"
    renamed = ", ".join(f"{column} AS {name}" for name, column in names.items())
    keys = ", ".join(KEY)
    return (
        f"(SELECT {keys}, {units} AS units, {net} AS net FROM (SELECT {renamed} FROM {table}) WHERE {window.condition})"
    )


def _checked_text(name: str) -> str:
    pattern = r"-?[0-9]{1,15}(\.[0-9]{1,6}0*)?"
    return (
        f"CASE WHEN {name} IS NULL OR {name} = '' THEN NULL "
        f"WHEN regexp_full_match({name}, '{pattern}') THEN {name}::DECIMAL(21, 6) ELSE error('{name}') END"
    )


def _checked_decimal(kind: pa.Decimal128Type) -> str:
    precision, scale = kind.precision, kind.scale
    conditions = []
    if precision - scale > 15:
        conditions.append(f"abs(net_amount) < {cells.MOST_NET}")
    if scale > 6:
        conditions.append(f"net_amount::DECIMAL(38, 6)::DECIMAL(38, {scale}) = net_amount")
    if not conditions:
        return "net_amount"
    checked = "net_amount" if scale <= 6 else "net_amount::DECIMAL(38, 6)"
    return (
        f"CASE WHEN net_amount IS NULL THEN NULL WHEN {' AND '.join(conditions)} THEN {checked} ELSE error('net') END"
    )


def _check_widths(sales: Sales, file: SalesFile, seen: Fingerprint, lines: int) -> None:
    """Make sure that no line is longer than the header: DuckDB passes over one more delimiter at a line's end."""
    if seen.has_nul:
        raise DoubtError("NUL")
    header = next(rows_of(file.path, "utf-8-sig"))[1]
    if seen.has_quotes:
        kinds = arrow_csv.ConvertOptions(column_types={name: pa.string() for name in header})
        options = arrow_csv.ParseOptions(newlines_in_values=True)
        with arrow_csv.open_csv(file.path, parse_options=options, convert_options=kinds) as reader:
            for _ in reader:
                pass
        return
    delimiters = len(header) - 1
    if seen.commas == (lines + 1) * delimiters:
        return
    # Lines of other months were left out of the sums; count them all.
    ((counted,),) = run_sql(sales.connection, f"SELECT count(*) FROM {_csv_table(file.path, len(header))}")
    if seen.commas != (int(counted) + 1) * delimiters:
        raise DoubtError("a long line")


def _csv_table(path: Path, width: int) -> str:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    return (
        f"read_csv({_text(str(path))}, auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', strict_mode = true, null_padding = false, columns = {{{columns}}})"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


# -- the careful way ------------------------------------------------------------------------------------------


def sum_carefully(
    sales: Sales, known: Container[str], refused: Container[str], scratch: Path, rejects: Rejects
) -> None:
    """Read every line, refuse the bad ones, and sum the others with the position of each bucket's first line."""
    sales.careful = True
    sales.sources = []
    parts = []
    for number, file in enumerate(sales.files):
        target = scratch / f"lines-{number}.parquet"
        checker = _LineChecker(file, sales.window, known, refused, rejects)
        with pq.ParquetWriter(target, _CAREFUL_SCHEMA) as writer:
            lines = _lines_of(file, checker, sales.notes)
            while batch := list(islice(lines, _BATCH)):
                rows = [(*keys, units, net, (number << _POSITION_BITS) | line) for line, keys, units, net in batch]
                columns = [
                    pa.array(column, kind)
                    for column, kind in zip(zip(*rows, strict=True), _CAREFUL_SCHEMA.types, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=_CAREFUL_SCHEMA))
        source = f"(SELECT * FROM read_parquet({_text(str(target))}))"
        sales.sources.append(source)
        parts.append(sum_file(sales.connection, source, positions=True))
    sales.sums = merge_sums(sales.connection, parts)


_CAREFUL_SCHEMA: Final = pa.schema(
    [(name, pa.string()) for name in KEY]
    + [("units", pa.int64()), ("net", pa.decimal128(21, 6)), ("position", pa.int64())]
)


_Line = tuple[int, tuple[str, ...], int, Decimal | None]


def _lines_of(file: SalesFile, checker: "_LineChecker", notes: list[str]) -> Iterator[_Line]:
    """The file's sound lines of the months that count."""
    for line, raw in _raw_parquet(file) if file.is_parquet else _raw_csv(file, checker.rejects, notes):
        sound = checker.check(line, raw)
        if sound is not None:
            yield sound


def _raw_parquet(file: SalesFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    line = 0
    with pq.ParquetFile(file.path) as parquet:
        names = [name for name in COLUMNS if name in parquet.schema_arrow.names]
        for batch in parquet.iter_batches(batch_size=_BATCH, columns=names):
            for row in batch.to_pylist():
                line += 1
                yield line, {name: _as_text(value) for name, value in row.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _raw_csv(file: SalesFile, rejects: Rejects, notes: list[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        encoding = encoding_of(file.path)
        if encoding != "utf-8-sig":
            notes.append(f"{file.name} is not UTF-8; it was read as GB18030")
        rows = rows_of(file.path, encoding)
        header = next(rows)[1]
        places = {name: header.index(name) for name in COLUMNS if name in header}
        for line, row in rows:
            if len(row) == len(header):
                yield line, {name: row[place] for name, place in places.items()}
            else:
                message = f"has {len(row)} cells where the header has {len(header)}"
                rejects.add(file.name, line, "", "bad_value", str(len(row)), message)
    except UnreadableError as error:
        # Part of a report is worse than none: what follows the break would be missing from every band and cap.
        rejects.add(file.name, error.line, "", "bad_value", "", f"{file.name} {error}", fatal=True)


class _LineChecker:
    """Checks single lines of one file."""

    def __init__(
        self, file: SalesFile, window: Window, known: Container[str], refused: Container[str], rejects: Rejects
    ) -> None:
        self.file = file
        self.window = window
        self.known = known
        self.refused = refused
        self.rejects = rejects

    def check(self, line: int, raw: Mapping[str, str]) -> _Line | None:
        """The line in exact values; None where it was refused, or is of a month that does not count."""
        try:
            if not self.window.holds(cells.month(raw["month"])):
                return None
        except ValueError:
            pass  # refused below, with the line's other cells
        sound = True
        read: dict[str, Any] = {}
        for name, reader in _READ.items():
            cell = raw.get(name, "")
            try:
                if cell:
                    read[name] = reader(cell)
                elif name != "net_amount":
                    raise ValueError("must not be blank")
            except ValueError as error:
                sound = False
                self.rejects.add(self.file.name, line, name, "bad_value", cell, f"{name} {error}")
        licence = raw["licence_id"]
        if licence and licence not in self.known:
            sound = False
            if licence not in self.refused:
                message = f"licence {licence!r} is not in licences.csv"
                self.rejects.add(self.file.name, line, "licence_id", "unknown_licence", licence, message)
        if not sound:
            return None
        net: Fraction | None = read.get("net_amount")
        amount = None if net is None else Decimal(int(net * 10**6)).scaleb(-6)
        return line, tuple(raw[name] for name in KEY), read["units"], amount


# -- sums -----------------------------------------------------------------------------------------------------


def sum_file(connection: duckdb.DuckDBPyConnection, source: str, *, positions: bool = False) -> pa.Table:
    """One file's lines summed by bucket."""
    first = ", min(position) AS position" if positions else ""
    return _arrow(
        connection,
        f"SELECT {', '.join(KEY)}, sum(units) AS units, sum(net)::DECIMAL(38, 6) AS net, count(*) AS lines, "
        f"count(net) AS priced{first} FROM {source} GROUP BY {', '.join(KEY)}",
    )


def merge_sums(connection: duckdb.DuckDBPyConnection, parts: Sequence[pa.Table]) -> pa.Table:
    """The sums of several files as one table."""
    if len(parts) == 1:
        return parts[0]
    together = pa.concat_tables(parts)
    first = ", min(position)::BIGINT AS position" if "position" in together.schema.names else ""
    connection.register("parts", together)
    try:
        return _arrow(
            connection,
            f"SELECT {', '.join(KEY)}, sum(units) AS units, sum(net)::DECIMAL(38, 6) AS net, "
            f"sum(lines)::BIGINT AS lines, sum(priced)::BIGINT AS priced{first} FROM parts GROUP BY {', '.join(KEY)}",
        )
    finally:
        connection.unregister("parts")


def lines_total(sums: pa.Table) -> int:
    """How many lines the sums were made of."""
    return int(pc.sum(sums["lines"]).as_py() or 0)


def _arrow(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    table: pa.Table = connection.sql(query).to_arrow_table()
    return table
