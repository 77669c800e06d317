"""Adding up checked lines, as those who sign them look at them. Pure."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from licensing.engine.sales import connect, run_sql
from licensing.engine.sales.sums import path_sql

MOST_ROWS: Final = 500
"""Rows of one table of totals; the rest is told by how many there are."""

_BY: Final = {"product": "product", "country": "sold_in", "month": "month"}


@dataclass(frozen=True, slots=True)
class Total:
    """What was sold of one product, in one country or month, in one currency."""

    key: str
    currency: str
    units: int
    net_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The lines added up in three ways; of each at most `MOST_ROWS`, the largest first but for months."""

    by_product: Sequence[Total]
    by_country: Sequence[Total]
    by_month: Sequence[Total]
    counts: dict[str, int]
    """How many rows there are of each."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a report says of a product beside the one before it."""

    product: str
    currency: str
    units: int
    units_before: int
    net_amount: Decimal | None
    net_amount_before: Decimal | None


def totals_of(lines: Path) -> Totals:
    """Add up a report's lines by product, by country of sale, and by month."""
    found: dict[str, list[Total]] = {}
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as scratch:
        connection = connect(Path(scratch))
        for name, column in _BY.items():
            order = "key" if name == "month" else "units DESC, key"
            rows = run_sql(
                connection,
                f"SELECT {column} AS key, currency, sum(units)::BIGINT AS units, sum(net_amount)::DECIMAL(38, 6), "  # noqa: S608
                f"count(*) OVER () FROM read_parquet({path_sql(lines)}) GROUP BY key, currency "
                f"ORDER BY {order}, currency LIMIT {MOST_ROWS}",
            )
            found[name] = [Total(*row[:4]) for row in rows]
            counts[name] = int(rows[0][4]) if rows else 0
        connection.close()
    return Totals(found["product"], found["country"], found["month"], counts)


def differences(lines: Path, before: Path | None) -> list[Difference]:
    """Set a report's products beside those of another report, or of none, those that differ most first."""
    with tempfile.TemporaryDirectory() as scratch:
        connection = connect(Path(scratch))
        rows = run_sql(
            connection,
            "SELECT product, currency, coalesce(a.units, 0), coalesce(b.units, 0), a.net, b.net "  # noqa: S608
            f"FROM {_sums(lines)} AS a FULL JOIN {_sums(before)} AS b USING (product, currency) "
            "ORDER BY abs(coalesce(a.units, 0) - coalesce(b.units, 0)) DESC, product, currency "
            f"LIMIT {MOST_ROWS}",
        )
        connection.close()
    return [Difference(*row) for row in rows]


def months_told(lines: Path) -> tuple[str, str] | None:
    """Return the first and last month that lines are of; None where there are none."""
    with tempfile.TemporaryDirectory() as scratch:
        connection = connect(Path(scratch))
        ((first, last),) = run_sql(
            connection,
            f"SELECT min(month), max(month) FROM read_parquet({path_sql(lines)})",  # noqa: S608
        )
        connection.close()
    return None if first is None else (first, last)


def lines_between(lines: Path, details: Path | None, offset: int, limit: int) -> list[dict[str, Any]]:
    """Return some lines in their order, each with its details."""
    kept = _rows(lines, offset, limit)
    for row, said in zip(kept, _rows(details, offset, limit) if details is not None else [], strict=False):
        row.update(said)
    return kept


def _rows(path: Path, offset: int, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with pq.ParquetFile(path) as table:
        for batch in table.iter_batches(batch_size=max(limit, 1_000)):
            if offset >= batch.num_rows:
                offset -= batch.num_rows
                continue
            found += batch.slice(offset, limit - len(found)).to_pylist()
            offset = 0
            if len(found) >= limit:
                break
    return found


def _sums(path: Path | None) -> str:
    if path is None:
        return "(SELECT '' AS product, '' AS currency, 0::BIGINT AS units, 0::DECIMAL(38, 6) AS net WHERE false)"
    return (
        "(SELECT product, currency, sum(units)::BIGINT AS units, sum(net_amount)::DECIMAL(38, 6) AS net "  # noqa: S608
        f"FROM read_parquet({path_sql(path)}) GROUP BY product, currency)"
    )
