"""Checks of a sales report's lines: what came in as a file goes out as checked lines or as errors by line. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from licensing.engine import cells, period_months
from licensing.engine.model import first_day
from licensing.engine.textfile import UnreadableError, rows_of

LINE_COLUMNS: Final = ("licence_id", "month", "product", "made_in", "sold_in", "units", "net_amount", "currency")
"""The columns of a sales line in the order in which they are stored."""

OPTIONAL_COLUMNS: Final = frozenset({"licence_id", "net_amount"})
"""Columns a file may lack: the report itself names the licence, and amounts matter under percentage rates only."""

_COLUMN_TYPES: "Final[list[pa.Field[Any]]]" = [
    pa.field("licence_id", pa.string(), nullable=False),
    pa.field("month", pa.string(), nullable=False),
    pa.field("product", pa.string(), nullable=False),
    pa.field("made_in", pa.string(), nullable=False),
    pa.field("sold_in", pa.string(), nullable=False),
    pa.field("units", pa.int64(), nullable=False),
    pa.field("net_amount", pa.decimal128(21, 6), nullable=True),
    pa.field("currency", pa.string(), nullable=False),
]
LINES_SCHEMA: Final = pa.schema(_COLUMN_TYPES)
"""How checked lines are kept as Parquet; money is an exact decimal."""

MOST_ERRORS: Final = 200
"""How many errors are told one by one; beyond, they are only counted."""

BATCH_LINES: Final = 50_000

_PLAIN_UNITS: Final = re.compile(r"-?\d{1,12}", re.ASCII)
_PLAIN_AMOUNT: Final = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_MICRO: Final = Decimal("0.000001")
_SHOWN: Final = 60


def months_of_period(period: str) -> tuple[date, date]:
    """Return the first days of the first and last month of a period written 2025-03, 2025Q1, 2025H1 or 2025.

    Raises ValueError for anything else.
    """
    months = period_months(period)
    if months is None:
        raise ValueError("Write the period as a month, quarter, half or year: 2025-03, 2025Q1, 2025H1 or 2025.")
    return first_day(months[0]), first_day(months[1])


@dataclass(frozen=True, slots=True)
class LineError:
    """One mistake in a report: its line (the header is 1; in Parquet the row from 1), column, value and what to do."""

    line: int
    column: str
    code: str
    value: str
    message: str


class LinesError(Exception):
    """The report's lines cannot be taken in; `errors` are the first of `count` mistakes."""

    def __init__(self, errors: Sequence[LineError], count: int) -> None:
        super().__init__(f"{count} mistakes, the first: line {errors[0].line}: {errors[0].message}")
        self.errors = tuple(errors)
        self.count = count


@dataclass(frozen=True, slots=True)
class ReportScope:
    """What a report may speak of: one licence, and whole months from the first to the last (2025-01), inclusive."""

    licence_code: str
    first_month: str
    last_month: str
    licence_from: str = ""
    licence_to: str = ""
    """First and last month the licence touches; blank is open."""


@dataclass(slots=True)
class _Bucket:
    line: int
    units: int = 0
    net: Decimal = Decimal(0)


@dataclass(slots=True)
class LineCheck:
    """Checks lines one by one, remembers the sums per bucket, and collects the mistakes."""

    scope: ReportScope
    errors: list[LineError] = field(default_factory=list)
    error_count: int = 0
    line_count: int = 0
    _buckets: dict[tuple[str, ...], _Bucket | None] = field(default_factory=dict)

    def refuse(self, line: int, column: str, code: str, value: str, message: str) -> None:
        """Note one mistake."""
        self.error_count += 1
        if len(self.errors) < MOST_ERRORS:
            shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
            self.errors.append(LineError(line, column, code, shown, message))

    def line(
        self, number: int, licence_id: str, key: tuple[str, ...], units: str, net_amount: str
    ) -> tuple[int, Decimal | None] | None:
        """Check one line, its key (month, product, made_in, sold_in, currency), and return units and amount."""
        self.line_count += 1
        before = self.error_count
        if licence_id != self.scope.licence_code:
            self.refuse(
                number,
                "licence_id",
                "unknown_licence",
                licence_id,
                f"this report is for licence {self.scope.licence_code}: report other licences on their own",
            )
        bucket = self._buckets.get(key)
        if bucket is None and key not in self._buckets:
            bucket = _Bucket(number) if self._check_key(number, key) else None
            self._buckets[key] = bucket
        elif bucket is None:
            # The same mistake again: it is counted at each of its lines.
            self._check_key(number, key)
        for column, cell, plain, reader in (
            ("units", units, _PLAIN_UNITS, cells.units),
            ("net_amount", net_amount, _PLAIN_AMOUNT, cells.net_amount),
        ):
            # Nearly every cell is plain; only the others pay for the engine's own reading.
            if plain.fullmatch(cell) is None and (cell or column == "units"):
                self._read(number, column, cell, reader)
        if self.error_count > before or bucket is None:
            return None
        count = int(units)
        net = Decimal(net_amount).quantize(_MICRO) if net_amount else None
        bucket.units += count
        if net is not None:
            bucket.net += net
        return count, net

    def finish(self) -> None:
        """Check the sums per bucket, and raise LinesError if anything was wrong."""
        for key, bucket in self._buckets.items():
            if bucket is None or (bucket.units >= 0 and bucket.net >= 0):
                continue
            month, product, made_in, sold_in, currency = key
            if bucket.units < 0:
                column, total = "units", str(bucket.units)
            else:
                column, total = "net_amount", f"{bucket.net.normalize():f}"
            self.refuse(
                bucket.line,
                column,
                "negative_total",
                total,
                f"{product} made in {made_in}, sold in {sold_in}, {month}, {currency} adds up to less than 0: "
                "report returns of earlier sales by superseding the earlier report",
            )
        if self.error_count:
            raise LinesError(sorted(self.errors, key=lambda error: error.line), self.error_count)

    def _read(self, number: int, column: str, cell: str, reader: Callable[[str], object]) -> bool:
        """Whether a cell is what the engine takes; it is refused in the engine's own words where it is not."""
        try:
            if not cell:
                raise ValueError("must not be blank")
            reader(cell)
        except ValueError as error:
            self.refuse(number, column, "bad_value", cell, f"{column} {error}")
            return False
        return True

    def _check_key(self, number: int, key: tuple[str, ...]) -> bool:
        before = self.error_count
        month, product, made_in, sold_in, currency = key
        scope = self.scope
        if self._read(number, "month", month, cells.month):
            if not scope.first_month <= month <= scope.last_month:
                months = (
                    scope.first_month
                    if scope.first_month == scope.last_month
                    else f"{scope.first_month} to {scope.last_month}"
                )
                message = f"this report is for {months}: leave other months out"
                self.refuse(number, "month", "bad_value", month, message)
            elif month < scope.licence_from or (scope.licence_to and month > scope.licence_to):
                dates = f"from {scope.licence_from or 'the beginning'} to {scope.licence_to or 'further notice'}"
                message = f"the licence runs {dates}: leave this month out"
                self.refuse(number, "month", "outside_licence", month, message)
        self._read(number, "product", product, cells.code)
        self._read(number, "made_in", made_in, cells.country)
        self._read(number, "sold_in", sold_in, cells.country)
        self._read(number, "currency", currency, cells.currency)
        return self.error_count == before


def csv_batches(path: Path, encoding: str, scope: ReportScope) -> Iterator[pa.RecordBatch]:
    """Read and check a CSV report, batch by batch; raises LinesError after the last when anything was wrong."""
    check = LineCheck(scope)
    batch = _Batch(scope.licence_code)
    places: list[int] | None = None
    width = 0
    try:
        for number, row in rows_of(path, encoding):
            if places is None:
                places = _header(row, check)
                width = len(row)
            elif len(row) != width:
                check.line_count += 1
                check.refuse(
                    number,
                    "",
                    "bad_value",
                    str(len(row)),
                    f"this line has {len(row)} cells where the header has {width}: quote cells that hold a comma",
                )
            else:
                batch.take(check, number, [row[at] if at >= 0 else None for at in places])
                if batch.full:
                    yield batch.flush()
    except UnreadableError as error:
        check.refuse(error.line, "", "bad_value", "", f"the file {error}")
    if places is None and not check.error_count:
        check.refuse(1, "", "missing_column", "", "the file is empty: it needs a header line with the column names")
    check.finish()
    yield batch.flush()


def parquet_batches(path: Path, scope: ReportScope) -> Iterator[pa.RecordBatch]:
    """Read and check a Parquet report, batch by batch; raises LinesError after the last when anything was wrong."""
    check = LineCheck(scope)
    batch = _Batch(scope.licence_code)
    try:
        table = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise LinesError(
            [LineError(1, "", "bad_value", "", f"the file cannot be read as Parquet ({error})")], 1
        ) from error
    schema = table.schema_arrow
    places = _header(list(schema.names), check)
    _check_types(schema, check)
    if check.error_count:
        check.finish()
    columns = [name for name, at in zip(LINE_COLUMNS, places, strict=True) if at >= 0]
    number = 0
    try:
        for piece in table.iter_batches(batch_size=BATCH_LINES, columns=columns):
            values = {name: piece.column(name).to_pylist() for name in columns}
            rows = zip(*(values.get(name, [None] * piece.num_rows) for name in LINE_COLUMNS), strict=True)
            for row in rows:
                number += 1
                batch.take(check, number, [_cell(value) for value in row])
                if batch.full:
                    yield batch.flush()
    except (pa.ArrowException, OSError) as error:
        check.refuse(number + 1, "", "bad_value", "", f"the file cannot be read further ({error})")
    check.finish()
    yield batch.flush()


class _Batch:
    """Checked lines on their way to Parquet."""

    def __init__(self, licence_code: str) -> None:
        self._licence_code = licence_code
        self._columns: dict[str, list[object]] = {name: [] for name in LINE_COLUMNS[1:]}

    @property
    def full(self) -> bool:
        return len(self._columns["units"]) >= BATCH_LINES

    def take(self, check: LineCheck, number: int, cells: Sequence[str | None]) -> None:
        licence_id, month, product, made_in, sold_in, units, net_amount, currency = cells
        key = (month or "", product or "", made_in or "", sold_in or "", currency or "")
        read = check.line(
            number, self._licence_code if licence_id is None else licence_id, key, units or "", net_amount or ""
        )
        if read is None or check.error_count:
            return
        for name, value in zip(LINE_COLUMNS[1:], (*key[:4], *read, key[4]), strict=True):
            self._columns[name].append(value)

    def flush(self) -> pa.RecordBatch:
        count = len(self._columns["units"])
        arrays = [
            pa.array([self._licence_code] * count if item.name == "licence_id" else self._columns[item.name], item.type)
            for item in LINES_SCHEMA
        ]
        for values in self._columns.values():
            values.clear()
        return pa.RecordBatch.from_arrays(arrays, schema=LINES_SCHEMA)


def _header(names: Sequence[str], check: LineCheck) -> list[int]:
    """Where each of our columns stands in the file, -1 where an optional one is absent."""
    places: list[int] = []
    for name in LINE_COLUMNS:
        found = [at for at, given in enumerate(names) if given == name]
        if len(found) > 1:
            check.refuse(1, name, "bad_value", name, f"the column {name} is there {len(found)} times: keep one")
        if not found and name not in OPTIONAL_COLUMNS:
            check.refuse(
                1,
                name,
                "missing_column",
                "",
                f"the column {name} is missing; the header needs "
                + ", ".join(column for column in LINE_COLUMNS if column not in OPTIONAL_COLUMNS),
            )
        places.append(found[0] if found else -1)
    if check.error_count:
        check.finish()
    return places


def _check_types(schema: pa.Schema, check: LineCheck) -> None:
    for name in LINE_COLUMNS:
        if name not in schema.names:
            continue
        kind = schema.field(name).type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)
        if name == "units":
            right, wanted = pa.types.is_integer(kind), "an integer"
        elif name == "net_amount":
            right, wanted = text or pa.types.is_decimal(kind), "a decimal or a text"
        else:
            right, wanted = text, "a text"
        if not right:
            check.refuse(1, name, "bad_value", str(kind), f"the column {name} must be {wanted} in Parquet")


def _cell(value: object) -> str | None:
    """A Parquet value as the text a CSV cell would hold."""
    if value is None:
        return None
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def write_lines(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    """Write checked lines as Parquet, with the same bytes for the same lines, and return how many there are."""
    count = 0
    with pq.ParquetWriter(path, LINES_SCHEMA, compression="zstd", version="2.6", store_schema=False) as writer:
        for batch in batches:
            count += batch.num_rows
            writer.write_batch(batch)
    return count


def last_quarter(day: date) -> tuple[date, date]:
    """Return the first days of the first and last month of the last calendar quarter that is over on a day."""
    months = day.year * 12 + (day.month - 1) // 3 * 3 - 3
    return date(months // 12, months % 12 + 1, 1), date(months // 12, months % 12 + 3, 1)
