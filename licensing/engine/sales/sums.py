"""Sums of sales by bucket: where the lines are while a bundle is closed, and how they are added up."""

import glob
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from licensing.engine import cells
from licensing.engine.model import Month, month_text
from licensing.engine.sales.files import KEY, SalesFile

POSITION_BITS: Final = 40
READ_AT_ONCE: Final = 64
"""Files that one query reads."""
_HELD_AT_MOST: Final = 1_000_000
"""Lines of several files that are kept at hand, rather than read again from the files."""


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
        return self.files[position >> POSITION_BITS].name, position & ((1 << POSITION_BITS) - 1)


def quoted(value: str) -> str:
    """A text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def path_sql(path: Path) -> str:
    """A path as SQL, read as it is and not as a pattern."""
    return quoted(glob.escape(str(path)))


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into `scratch` and never reaches for anything else."""
    connection = duckdb.connect(":memory:")
    for setting in (
        "memory_limit = '2GB'",
        f"temp_directory = {quoted(str(scratch))}",
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
        groups = [selects[start : start + READ_AT_ONCE] for start in range(0, len(selects), READ_AT_ONCE)]
        return [f"({' UNION ALL '.join(group)})" for group in groups]
    if sales.held != tuple(sales.sources):
        run_sql(sales.connection, "DROP TABLE IF EXISTS held_lines")
        for number, start in enumerate(range(0, len(selects), READ_AT_ONCE)):
            lines = " UNION ALL ".join(selects[start : start + READ_AT_ONCE])
            into = "INSERT INTO held_lines" if number else "CREATE TABLE held_lines AS"
            run_sql(sales.connection, f"{into} {lines}")
        sales.held = tuple(sales.sources)
    return ["held_lines"]
