"""The quick way through sales: DuckDB reads, checks and sums in one pass, and stops at the first doubt."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from licensing.engine import cells
from licensing.engine.rejects import BundleError
from licensing.engine.sales.files import COLUMNS, KEY, Fingerprint, SalesFile, encoding_of_head
from licensing.engine.sales.sums import (
    READ_AT_ONCE,
    Sales,
    Window,
    lines_total,
    merge_sums,
    path_sql,
    run_sql,
    sum_file,
)
from licensing.engine.textfile import rows_of

_SMALL_FILE: Final = 1 << 20
"""Bytes of a Parquet file that is read together with others."""


class DoubtError(Exception):
    """The quick way met something it does not accept: the file is to be read the careful way."""


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
        for start in range(0, len(small), READ_AT_ONCE):
            parts.append(sum_file(sales.connection, f"({' UNION ALL '.join(small[start : start + READ_AT_ONCE])})"))
    except (duckdb.Error, pa.ArrowInvalid) as error:
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            raise BundleError(f"reading the sales failed: {str(error).splitlines()[0]}") from error
        raise DoubtError(str(error)) from error
    sales.sums = merge_sums(sales.connection, parts)


def _quick_source(file: SalesFile, window: Window) -> str:
    """A SELECT of the file's lines in exact types, which fails at a value that may not be sound."""
    if file.is_parquet:
        schema = pq.read_schema(file.path)
        table = f"read_parquet({path_sql(file.path)})"
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
        f"read_csv({path_sql(path)}, auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', strict_mode = true, null_padding = false, columns = {{{columns}}})"
    )
