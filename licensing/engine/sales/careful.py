"""The careful way through sales: line by line, every bad cell refused by file, line and column."""

from collections.abc import Container, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from licensing.engine import cells
from licensing.engine.rejects import Rejects
from licensing.engine.sales.files import COLUMNS, KEY, SalesFile
from licensing.engine.sales.sums import POSITION_BITS, Sales, Window, merge_sums, path_sql, sum_file
from licensing.engine.textfile import UnreadableError, encoding_of, rows_of

_BATCH: Final = 100_000

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
                rows = [(*keys, units, net, (number << POSITION_BITS) | line) for line, keys, units, net in batch]
                columns = [
                    pa.array(column, kind)
                    for column, kind in zip(zip(*rows, strict=True), _CAREFUL_SCHEMA.types, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=_CAREFUL_SCHEMA))
        source = f"(SELECT * FROM read_parquet({path_sql(target)}))"
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
