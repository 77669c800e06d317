"""Writing a close's results: every file in full, in one order, so that equal inputs give equal bytes.

Source: the close specification, section 7.
"""

import csv
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from licensing.engine.buckets import coded_column, key_columns, plain_column
from licensing.engine.compute import Computed
from licensing.engine.exact import Ints
from licensing.engine.rejects import Rejects
from licensing.engine.shares import Sharing, Slice

RESULT_FILES: Final = ("royalties.csv", "invoices.csv", "payees.csv", "allocations.parquet", "run.json", "rejected.csv")

_ALLOCATIONS: Final = pa.schema(
    [
        (name, pa.dictionary(pa.int32(), pa.string()))
        for name in ("licence_id", "product", "made_in", "sold_in", "month", "currency", "payee")
    ]
    + [("micros", pa.decimal128(38, 0))]
)


def write_results(
    computed: Computed, target: Path, engine_version: str, progress: Callable[[str], None]
) -> dict[str, int]:
    """Share the period out and write all result files into an empty folder. Returns the totals of `run.json`."""
    sharing = Sharing(computed.terms, computed.tables, computed.tariff.patents, computed.billed)
    progress("sharing out")
    with (
        ThreadPoolExecutor(1) as beside,
        pq.ParquetWriter(target / "allocations.parquet", _ALLOCATIONS, compression="zstd") as writer,
    ):
        royalties = beside.submit(write_royalties, computed, target / "royalties.csv")
        for part in sharing.slices():
            writer.write_table(allocation_table(part))
        royalties.result()
    progress("writing results")
    shared = sharing.result
    _write_csv(
        target / "invoices.csv",
        ("licence_id", "licensee", "royalty_minor", "credit_minor", "due_minor"),
        ((each.licence_id, each.licensee, each.royalty, each.credit, each.due) for each in shared.licences),
    )
    _write_csv(target / "payees.csv", ("payee", "amount_minor"), shared.payee_minor.items())
    totals = {
        "lines": computed.lines,
        "buckets": computed.billed.buckets.size,
        "royalty_minor": sum(each.royalty for each in shared.licences),
        "credit_minor": sum(each.credit for each in shared.licences),
        "due_minor": sum(each.due for each in shared.licences),
        "distributed_minor": sum(shared.payee_minor.values()),
    }
    run: dict[str, Any] = {
        "programme": computed.terms.id,
        "period": computed.terms.period,
        "currency": computed.terms.currency,
        "totals": totals,
        "inputs": computed.hashes,
        "engine_version": engine_version,
    }
    if computed.terms.collected:
        run["overpaid_minor"] = {each.licence_id: each.overpaid for each in shared.licences if each.overpaid}
        # Payments of licences that have no bucket in the period are outside the close altogether.
        in_close = {each.licence_id for each in shared.licences}
        for licence_id, amount in sorted(computed.tables.payments.items()):
            if licence_id not in in_close and amount:
                run["overpaid_minor"][licence_id] = amount
    if len(computed.rejects):
        run["rejected"] = computed.rejects.counts()
        write_rejects(computed.rejects, target / "rejected.csv")
    text = json.dumps(run, ensure_ascii=False, indent=2, sort_keys=True)
    (target / "run.json").write_text(text + "\n", encoding="utf-8")
    return totals


def write_royalties(computed: Computed, path: Path) -> None:
    """`royalties.csv`: the period's buckets with what they bear and are billed."""
    billed = computed.billed
    everything = np.ones(billed.buckets.size, dtype=bool)
    columns = {name: column.dictionary_decode() for name, column in key_columns(billed.buckets, everything).items()}
    columns["rate_id"] = coded_column(billed.rate, billed.rate_ids).dictionary_decode()
    for name, values in (
        ("units", billed.buckets.units),
        ("royalty_micros", billed.royalty),
        ("billed_micros", billed.billed),
    ):
        columns[name] = whole_column(values)
    columns["reason"] = coded_column(billed.not_bearing, ("", "no_patent_in_force")).dictionary_decode()
    write_table_csv(pa.table(columns), path)


def write_table_csv(table: pa.Table, path: Path) -> None:
    """A table as CSV with line feeds, quoted only where it must be."""
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
    with path.open("wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        arrow_csv.write_csv(table, file, options)


def allocation_table(part: Slice) -> pa.Table:
    """One row per bucket and payee that gets something, in the order of both."""
    rows, payees = np.nonzero(part.micros)
    everything = np.ones(part.billed.buckets.size, dtype=bool)
    repeated = plain_column(rows)
    columns = {name: column.take(repeated) for name, column in key_columns(part.billed.buckets, everything).items()}
    columns["payee"] = coded_column(payees, part.payees)
    columns["micros"] = decimal_column(part.micros[rows, payees])
    return pa.table(columns, schema=_ALLOCATIONS)


def decimal_column(values: Ints) -> Any:
    """Whole numbers of any size as DECIMAL(38, 0)."""
    if values.dtype == object:
        return pa.array(values.tolist(), pa.decimal128(38, 0))
    halves = np.empty((values.size, 2), dtype=np.int64)
    halves[:, 0] = values
    halves[:, 1] = values >> 63
    return pa.Array.from_buffers(pa.decimal128(38, 0), values.size, [None, pa.py_buffer(halves.tobytes())])


def whole_column(values: Ints) -> Any:
    """Whole numbers of any size, for text output."""
    return pa.array([str(value) for value in values.tolist()]) if values.dtype == object else pa.array(values)


def write_rejects(rejects: Rejects, path: Path) -> None:
    """`rejected.csv`, by file and line."""
    rows = sorted(rejects.rows)
    header = ("file", "line", "column", "code", "value", "message")
    _write_csv(path, header, ((row.file, row.line, row.column, row.code, row.value, row.message) for row in rows))


def _write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
