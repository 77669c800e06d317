"""What an estimate comes to by terms: the sales of earlier months, so many months later, by a percentage. Pure."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa

from licensing.reports.calculation.writing import LINES_SCHEMA
from platform_core.money import round_half_away

_MICROS = 1_000_000


def later(month: str, months: int) -> str:
    """Return a month such as 2025-11 so many months later."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def estimated_lines(
    batches: Iterable[pa.RecordBatch], *, months: int, percent: Decimal, wanted: Collection[str]
) -> list[pa.RecordBatch]:
    """Return the sales of earlier months as they are estimated for later ones, of those that are wanted.

    Sales of the same product, countries, month and currency are summed first, returns among them, so that no sum falls
    below nothing; units are rounded to whole ones and net amounts to six decimals, each half away from zero.
    """
    sums: dict[tuple[str, ...], tuple[int, Decimal | None]] = {}
    for batch in batches:
        for row in batch.to_pylist():
            month = later(row["month"], months)
            if month in wanted:
                key = (row["licence_id"], month, row["product"], row["made_in"], row["sold_in"], row["currency"])
                units, net = sums.get(key, (0, None))
                sums[key] = (units + row["units"], _sum(net, row["net_amount"]))
    part = Fraction(percent) / 100
    rows = [
        {
            **dict(zip(("licence_id", "month", "product", "made_in", "sold_in", "currency"), key, strict=True)),
            "units": round_half_away(units * part),
            "net_amount": None if net is None else _rounded(Fraction(net) * part),
        }
        for key, (units, net) in sorted(sums.items())
    ]
    return [pa.RecordBatch.from_pylist(rows, schema=LINES_SCHEMA)] if rows else []


def _sum(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second


def _rounded(amount: Fraction) -> Decimal:
    return Decimal(round_half_away(amount * _MICROS)).scaleb(-6)
