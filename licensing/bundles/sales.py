"""A bundle's sales as reports: cut by licence and period, compared with what was reported, and filed."""

import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from licensing.bundles.comparison import Difference
from licensing.engine import cells
from licensing.engine.model import Month, Terms, month_of, month_text
from licensing.engine.rejects import Rejects
from licensing.engine.sales import SalesFile, find_sales
from licensing.engine.textfile import encoding_of, rows_of
from licensing.reports.calculation import LINES_SCHEMA

_COLUMNS = tuple(LINES_SCHEMA.names)
_BATCH = 100_000
Line = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one licence for whole months in a row, from one or more of the bundle's files."""

    licence: str
    first: Month
    last: Month
    lines: pa.Table
    file: str
    """The file the lines are from, the first where there are several."""
    whole_file: Path | None
    """That file itself, where it holds these lines and no others."""

    def months(self) -> list[Month]:
        """List the months."""
        return list(range(self.first, self.last + 1))

    def content(self) -> tuple[str, bytes]:
        """Return a name and the bytes of a file with these lines: the bundle's own file where it holds no others."""
        if self.whole_file is not None:
            return self.whole_file.name, self.whole_file.read_bytes()
        name = f"{month_text(self.first)}-{month_text(self.last)}"
        out = io.BytesIO()
        if self.file.endswith(".parquet"):
            pq.write_table(self.lines, out)
            return f"{name}.parquet", out.getvalue()
        arrow_csv.write_csv(self.lines, out, arrow_csv.WriteOptions(quoting_style="needed"))
        return f"{name}.csv", out.getvalue()


@dataclass(frozen=True, slots=True)
class Sales:
    """The sales a close of the bundle looks at, in the order of its files.

    `lines` has the columns of a report and `file`, the number of the file in `files`; `lengths` says how many lines
    each file has in all, and `left_out` how many lie in months the close does not look at.
    """

    files: Sequence[SalesFile]
    lengths: Sequence[int]
    lines: pa.Table

    @property
    def left_out(self) -> int:
        """How many lines are of other months."""
        return sum(self.lengths) - int(self.lines.num_rows)


def read_sales(folder: Path, terms: Terms) -> Sales:
    """Read the sales of a bundle that closes."""
    files = find_sales(folder, Rejects())
    parts = [LINES_SCHEMA.empty_table().append_column("file", pa.array([], pa.int32()))]
    lengths = []
    for number, file in enumerate(files):
        batches = list(_batches(file))
        lengths.append(sum(int(batch.num_rows) for batch in batches))
        parts += [batch.append_column("file", pa.array([number] * batch.num_rows, pa.int32())) for batch in batches]
    table = pa.concat_tables(parts)
    low = month_text(month_of(1, 1) if terms.needs_earlier_years else terms.year_start)
    month = pc.field("month")
    window = (month >= pc.scalar(low)) & (month <= pc.scalar(month_text(terms.period_end)))
    return Sales(files, lengths, table.filter(window))


def cut(
    sales: Sales, *, span: int, reported: Mapping[tuple[str, Month], Counter[Line]]
) -> tuple[list[Part], int, list[Difference]]:
    """Cut sales into reports by licence and span of months, leaving out months that were reported with equal lines.

    Returns what is to be filed, the number of licences' months that were reported already, and what differs from it.
    """
    table = sales.lines
    rows: dict[str, dict[Month, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, (licence, month_cell) in enumerate(
        zip(_texts(table, "licence_id"), _texts(table, "month"), strict=True)
    ):
        rows[licence][cells.month(month_cell)].append(place)
    spans_with_sales = {month // span for months in rows.values() for month in months}
    parts: list[Part] = []
    unchanged = 0
    differences: list[Difference] = []
    for licence, month in sorted(reported):
        if month // span in spans_with_sales and reported[licence, month] and month not in rows.get(licence, {}):
            differences.append(
                Difference(
                    "sales", 0, f"{licence} {month_text(month)}", "", "reported, but missing from the bundle", ""
                )
            )
    for licence in sorted(rows):
        months = rows[licence]
        for start in sorted({month - month % span for month in months}):
            pending: list[Month] = []
            for month in range(start, start + span):
                if (licence, month) not in reported:
                    pending.append(month)
                    continue
                given = lines_of(table.take(pa.array(months.get(month, []), pa.int64())))
                if given == reported[licence, month]:
                    unchanged += 1
                elif month in months:
                    place = sales.files[table["file"][months[month][0]].as_py()].name
                    differences.append(
                        Difference(
                            place,
                            0,
                            f"{licence} {month_text(month)}",
                            "",
                            "the lines are not those that were reported: supersede the report instead",
                            "",
                        )
                    )
            parts.extend(
                _part(sales, licence, run, months) for run in _runs(pending) if any(month in months for month in run)
            )
    return parts, unchanged, differences


def lines_of(table: pa.Table) -> Counter[Line]:
    """Count equal lines, whatever their order."""
    columns = [table[name].to_pylist() for name in _COLUMNS if name not in ("licence_id", "month")]
    return Counter(zip(*columns, strict=True))


def _part(sales: Sales, licence: str, run: Sequence[Month], months: Mapping[Month, list[int]]) -> Part:
    places = sorted(place for month in run for place in months.get(month, []))
    lines = sales.lines.take(pa.array(places, pa.int64()))
    sources = {int(number) for number in lines["file"].to_pylist() if number is not None}
    number = min(sources)
    whole = len(sources) == 1 and sales.lengths[number] == len(places)
    return Part(
        licence=licence,
        first=run[0],
        last=run[-1],
        lines=lines.drop_columns(["file"]),
        file=sales.files[number].name,
        whole_file=sales.files[number].path if whole else None,
    )


def _texts(table: pa.Table, column: str) -> list[str]:
    return [str(cell) for cell in table[column].to_pylist()]


def _runs(months: Sequence[Month]) -> Iterator[list[Month]]:
    run: list[Month] = []
    for month in months:
        if run and month != run[-1] + 1:
            yield run
            run = []
        run.append(month)
    if run:
        yield run


def _batches(file: SalesFile) -> Iterator[pa.Table]:
    raw = _parquet_columns(file.path) if file.is_parquet else _csv_columns(file.path)
    for columns in raw:
        arrays = []
        for field in LINES_SCHEMA:
            values = columns[field.name]
            if field.name == "units":
                arrays.append(pa.array([int(str(value)) for value in values], field.type))
            elif field.name == "net_amount":
                arrays.append(pa.array([_amount(value) for value in values], field.type))
            else:
                arrays.append(pa.array([str(value) for value in values], field.type))
        yield pa.Table.from_arrays(arrays, schema=LINES_SCHEMA)


def _csv_columns(path: Path) -> Iterator[dict[str, Sequence[object]]]:
    rows = rows_of(path, encoding_of(path))
    _, header = next(rows)
    places = {name: header.index(name) if name in header else -1 for name in _COLUMNS}
    batch: list[list[str]] = []
    for _, row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield _columns(batch, places)
            batch = []
    if batch:
        yield _columns(batch, places)


def _columns(batch: list[list[str]], places: dict[str, int]) -> dict[str, Sequence[object]]:
    return {name: [row[place] if place >= 0 else "" for row in batch] for name, place in places.items()}


def _parquet_columns(path: Path) -> Iterator[dict[str, Sequence[object]]]:
    source = pq.ParquetFile(path)
    present = [name for name in _COLUMNS if name in source.schema_arrow.names]
    for batch in source.iter_batches(batch_size=_BATCH, columns=present):
        yield {
            name: batch.column(name).to_pylist() if name in present else [None] * batch.num_rows for name in _COLUMNS
        }


def _amount(value: object) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value)).quantize(Decimal("0.000001"))
