"""Writing tables as CSV that is the same to the byte for the same rows."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

Cell = str | int | bool | date | Decimal | None


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write rows under a header as CSV in UTF-8 with line feeds; None is a blank cell, and decimals are plain."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def plain_decimal(value: Decimal) -> str:
    """Write a decimal without exponent and without zeros at its end: 12.5, 100, 0."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case Decimal():
            return plain_decimal(cell)
        case date():
            return cell.isoformat()
    return str(cell)
