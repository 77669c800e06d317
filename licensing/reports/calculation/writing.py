"""Keeping checked lines: as the close counts them, and beside them what else was said of each. Pure."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from licensing.reports.calculation.headings import DETAIL_COLUMNS

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

DETAILS_SCHEMA: Final = pa.schema([pa.field(name, pa.string(), nullable=False) for name in DETAIL_COLUMNS])
"""How the details are kept: a row for each line, in the same order."""

BATCH_LINES: Final = 50_000


class Details:
    """Where the details of a report's lines are written; a report without any of their columns has no such file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: pq.ParquetWriter | None = None

    def write(self, columns: Sequence[Sequence[str]]) -> None:
        """Write the details of some lines, column by column."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self.path, DETAILS_SCHEMA, compression="zstd", version="2.6", store_schema=False
            )
        arrays = [pa.array(values, pa.string()) for values in columns]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=DETAILS_SCHEMA))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()


def write_lines(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    """Write checked lines as Parquet, with the same bytes for the same lines, and return how many there are."""
    count = 0
    with pq.ParquetWriter(path, LINES_SCHEMA, compression="zstd", version="2.6", store_schema=False) as writer:
        for batch in batches:
            count += batch.num_rows
            writer.write_batch(batch)
    return count
