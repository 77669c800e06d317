"""Reading a report's table, whatever file it stands in: CSV, Parquet or a workbook. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from licensing.engine.textfile import UnreadableError, rows_of
from licensing.reports.calculation.headings import (
    DETAIL_COLUMNS,
    KNOWN_HEADINGS,
    LINE_COLUMNS,
    OPTIONAL_COLUMNS,
    column_named,
)
from licensing.reports.calculation.lines import LineCheck, LineError, LinesError, ReportScope
from licensing.reports.calculation.writing import BATCH_LINES, LINES_SCHEMA, Details
from platform_core.exchange.reading import Table, UnreadableFile, open_table

MOST_LINES: Final = 50_000_000
"""Lines of a Parquet report at most: of equal ones a small file holds any number."""

MOST_BYTES: Final = 4 * 2**30
"""Bytes of a Parquet report, unpacked."""

LONGEST_CELL: Final = 131_072
"""Characters of a cell of text, as of one in CSV."""

MOST_NAMES: Final = 1_000
"""Ways of writing the names of products in one report; they are kept with it."""

_ALL_COLUMNS: Final = (*LINE_COLUMNS, *DETAIL_COLUMNS)
_REQUIRED: Final = frozenset(LINE_COLUMNS) - OPTIONAL_COLUMNS
_UNITS, _NET_AMOUNT = 5, 6
_FRACTION: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?", re.ASCII)
_MONTH_AS_TYPED: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})-01|/([0-9]{1,2})|年([0-9]{1,2})月)", re.ASCII)


@dataclass(slots=True)
class Reading:
    """What goes along with reading a report: what products are called, and where the details of lines are kept."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    """Product codes by the names that stand for them, as `alias_key` writes these."""
    details: Details | None = None
    products: frozenset[str] = frozenset()
    """Codes of products, which stand for themselves whatever was named."""
    used: dict[str, str] = field(default_factory=dict)
    """The names that were read as products, as they stood in the file."""
    _products: dict[str, str] = field(default_factory=dict)

    def product(self, cell: str) -> str:
        """Return the product that a cell stands for; the cell itself, where it is no name that stands for another."""
        known = self._products.get(cell)
        if known is None:
            known = cell if cell in self.products else self.aliases.get(alias_key(cell), cell)
            if len(self._products) < MOST_NAMES:
                # More than that is looked up again each time: any number of others may follow.
                self._products[cell] = known
            if known != cell:
                self.used[cell] = known
        return known

    @property
    def has_too_many(self) -> bool:
        """Whether names were written in more ways than are kept."""
        return len(self.used) > MOST_NAMES


def alias_key(name: str) -> str:
    """Return a name so that those that differ in case and blanks are the same."""
    return " ".join(name.split()).casefold()


def csv_batches(
    path: Path, encoding: str, scope: ReportScope, reading: Reading | None = None
) -> Iterator[pa.RecordBatch]:
    """Read and check a CSV report, batch by batch; raises LinesError after the last when anything was wrong."""
    check = LineCheck(scope)
    batch: _Batch | None = None
    width = 0
    try:
        for number, row in rows_of(path, encoding):
            if batch is None:
                batch = _Batch(scope.licence_code, _header(row, check), reading or Reading())
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
                batch.take(check, number, row)
                if batch.full:
                    yield batch.flush()
    except UnreadableError as error:
        check.refuse(error.line, "", "bad_value", "", f"the file {error}")
    if batch is None and not check.error_count:
        check.refuse(1, "", "missing_column", "", "the file is empty: it needs a header line with the column names")
    check.finish()
    if batch is not None:
        yield batch.flush()


def workbook_batches(path: Path, scope: ReportScope, reading: Reading | None = None) -> Iterator[pa.RecordBatch]:
    """Read and check the first sheet of a workbook, batch by batch; raises LinesError where anything was wrong.

    Raises UnreadableFile for what is no workbook, or costs too much to read.
    """
    table = open_table(path, known=KNOWN_HEADINGS)
    _refuse_further_sheets(table)
    check = LineCheck(scope)
    batch = _Batch(scope.licence_code, _header(table.headings, check), reading or Reading())
    width = len(table.headings)
    month, units, net_amount = (batch.places[at] for at in (1, _UNITS, _NET_AMOUNT))
    for row in table.rows():
        cells = row.cells[:width]
        cells[month] = _month_typed(cells[month])
        for at in (units, net_amount):
            if at >= 0:
                cells[at] = _as_shown(cells[at])
        batch.take(check, row.line, cells)
        if batch.full:
            yield batch.flush()
    check.finish()
    yield batch.flush()


def _refuse_further_sheets(table: Table) -> None:
    """Refuse a workbook that has lines on a further sheet, which would be passed over without a word."""
    for sheet in table.told.sheets:
        if sheet == table.told.sheet:
            continue
        try:
            further = open_table(table.path, known=KNOWN_HEADINGS, sheet=sheet)
        except UnreadableFile:
            # Nothing that is a table stands there.
            continue
        given = {column_named(heading) for heading in further.headings}
        if given >= _REQUIRED and any(True for _ in further.rows()):
            raise UnreadableFile(
                "several_sheets",
                f"The sheet “{sheet}” has lines too, and only the first sheet is read: put all lines on one sheet.",
            )


def parquet_batches(path: Path, scope: ReportScope, reading: Reading | None = None) -> Iterator[pa.RecordBatch]:
    """Read and check a Parquet report, batch by batch; raises LinesError after the last when anything was wrong."""
    check = LineCheck(scope)
    try:
        schema = pq.ParquetFile(path).schema_arrow
        texts = [name for name in schema.names if _is_text(schema.field(name).type)]
        # Equal texts stay one: a small file may repeat a long one any number of times.
        table = pq.ParquetFile(path, read_dictionary=texts)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise LinesError(
            [LineError(1, "", "bad_value", "", f"the file cannot be read as Parquet ({error})")], 1
        ) from error
    found = _header(list(schema.names), check)
    _check_types(schema, found, check)
    _check_size(table.metadata, check)
    if check.error_count:
        check.finish()
    columns = [schema.names[at] for at in found if at >= 0]
    # Only these are read, in this order: the places are those within what is read.
    places = [columns.index(schema.names[at]) if at >= 0 else -1 for at in found]
    batch = _Batch(scope.licence_code, places, reading or Reading())
    number = 0
    try:
        for piece in table.iter_batches(batch_size=BATCH_LINES, columns=columns):
            values = [_cells(piece.column(name), name, number, check) for name in columns]
            for row in zip(*values, strict=True):
                number += 1
                batch.take(check, number, row)
                if batch.full:
                    yield batch.flush()
    except (pa.ArrowException, OSError) as error:
        check.refuse(number + 1, "", "bad_value", "", f"the file cannot be read further ({error})")
    check.finish()
    yield batch.flush()


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _check_size(metadata: Any, check: LineCheck) -> None:
    unpacked = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    if metadata.num_rows > MOST_LINES or unpacked > MOST_BYTES:
        check.refuse(
            1,
            "",
            "too_many",
            str(metadata.num_rows),
            f"the file has more than {MOST_LINES} lines, or more than {MOST_BYTES // 2**30} GB unpacked: "
            "send it in parts",
        )


def _cells(column: Any, name: str, before: int, check: LineCheck) -> list[str]:
    """The values of a Parquet column as the texts CSV cells would hold; a text that is too long ends the reading."""
    if not pa.types.is_dictionary(column.type):
        return [_cell(value) for value in column.to_pylist()]
    known = column.dictionary
    longest = pc.max(pc.utf8_length(known)).as_py() or 0
    if longest > LONGEST_CELL:
        message = f"a cell has at most {LONGEST_CELL} characters"
        check.refuse(before + 1, column_named(name), "bad_value", "", message)
        check.finish()
    texts = [_cell(value) for value in known.to_pylist()]
    return ["" if at is None else texts[at] for at in column.indices.to_pylist()]


class _Batch:
    """Checked lines on their way to Parquet."""

    def __init__(self, licence_code: str, places: Sequence[int], reading: Reading) -> None:
        self._licence_code = licence_code
        self._reading = reading
        self._columns: dict[str, list[object]] = {name: [] for name in LINE_COLUMNS[1:]}
        self.places = places[: len(LINE_COLUMNS)]
        said = places[len(LINE_COLUMNS) :]
        self._said = said if reading.details is not None and any(at >= 0 for at in said) else None
        self._details: list[list[str]] = [[] for _ in DETAIL_COLUMNS]

    @property
    def full(self) -> bool:
        return len(self._columns["units"]) >= BATCH_LINES

    def take(self, check: LineCheck, number: int, row: Sequence[str]) -> None:
        licence_id, month, product, made_in, sold_in, units, net_amount, currency = (
            row[at] if at >= 0 else "" for at in self.places
        )
        if not (units or net_amount or made_in or sold_in):
            # A row of the template that nobody filled in.
            return
        licence_id = licence_id or self._licence_code
        key = (month, self._reading.product(product), made_in, sold_in, currency)
        if self._reading.has_too_many:
            message = f"names of products are written in more than {MOST_NAMES} ways: write each in one"
            check.refuse(number, "product", "too_many", product, message)
            check.finish()
        read = check.line(number, licence_id, key, units, net_amount)
        said: list[str] = []
        if self._said is not None:
            said = [row[at].strip() if at >= 0 else "" for at in self._said]
            check.details(number, said)
        if read is None or check.error_count:
            return
        for name, value in zip(LINE_COLUMNS[1:], (*key[:4], *read, key[4]), strict=True):
            self._columns[name].append(value)
        for values, cell in zip(self._details, said, strict=False):
            values.append(cell)

    def flush(self) -> pa.RecordBatch:
        count = len(self._columns["units"])
        arrays = [
            pa.array([self._licence_code] * count if item.name == "licence_id" else self._columns[item.name], item.type)
            for item in LINES_SCHEMA
        ]
        if self._said is not None and self._reading.details is not None:
            self._reading.details.write(self._details)
        for values in self._columns.values():
            values.clear()
        for said in self._details:
            said.clear()
        return pa.RecordBatch.from_arrays(arrays, schema=LINES_SCHEMA)


def _header(names: Sequence[str], check: LineCheck) -> list[int]:
    """Where each of our columns stands in the file, those of details last; -1 where an optional one is absent."""
    given = [column_named(name) for name in names]
    places: list[int] = []
    for name in _ALL_COLUMNS:
        found = [at for at, column in enumerate(given) if column == name]
        if len(found) > 1:
            check.refuse(1, name, "bad_value", name, f"the column {name} is there {len(found)} times: keep one")
        if not found and name not in OPTIONAL_COLUMNS and name not in DETAIL_COLUMNS:
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


def _check_types(schema: pa.Schema, places: Sequence[int], check: LineCheck) -> None:
    for name, at in zip(_ALL_COLUMNS, places, strict=True):
        if at < 0:
            continue
        kind = schema.field(at).type
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


def _cell(value: object) -> str:
    """A Parquet value as the text a CSV cell would hold."""
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _month_typed(cell: str) -> str:
    """A month as a workbook holds it, which makes a day of 2025-03, in the form of ours."""
    read = _MONTH_AS_TYPED.fullmatch(cell)
    if read is None:
        return cell
    return f"{read[1]}-{int(read[2] or read[3] or read[4]):02d}"


def _as_shown(cell: str) -> str:
    """A number as the workbook's program shows it: with fifteen digits, which is as many as it keeps exactly."""
    if "." not in cell and "e" not in cell:
        return cell
    read = _FRACTION.fullmatch(cell)
    if read is None:
        return cell
    number = Decimal(cell)
    digits = number.as_tuple().digits
    if len(digits) > 15:
        number = round(number, 15 - number.adjusted() - 1)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
