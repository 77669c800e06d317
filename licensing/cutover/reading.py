"""Reading what an old workbook came to: every mistake is told by file, line and column before anything is compared."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Final

from licensing.cutover.calculation import OldInvoice, OldLine
from licensing.engine.textfile import UnreadableError, encoding_of, rows_of
from platform_core.money import exponent
from platform_core.problems import Problem

INVOICES: Final = "old_invoices.csv"
PAYEES: Final = "old_payees.csv"
_COLUMNS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    INVOICES: (("licence_id", "royalty", "credit", "due"), ("product", "units", "rate")),
    PAYEES: (("payee", "amount"), ()),
}
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?")
_UNITS: Final = re.compile(r"[0-9]{1,15}")
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something in a file that cannot be taken as it is."""

    file: str
    line: int
    column: str
    code: str
    value: str
    message: str
    sheet: str = ""


class WorkbookRejected(Problem):
    """What the old workbook is said to have come to has mistakes."""

    code: ClassVar[str] = "workbook_rejected"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The tables of the old workbook have mistakes"

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(
            "Nothing was compared: correct the mistakes and try again.",
            rejected=[
                {
                    "file": each.file,
                    "sheet": each.sheet,
                    "line": each.line,
                    "column": each.column,
                    "code": each.code,
                    "value": each.value,
                    "message": each.message,
                }
                for each in self.mistakes[:MOST_SHOWN]
            ],
            count=len(self.mistakes),
        )


@dataclass(slots=True)
class OldFigures:
    """What the old workbook came to for a period, in minor units."""

    invoices: dict[str, OldInvoice] = field(default_factory=dict)
    payees: dict[str, int] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    """Name and SHA-256 of each file."""


def read_figures(folder: Path, currency: str) -> OldFigures:
    """Read both tables of a folder. Raises WorkbookRejected with every mistake of both."""
    reader = _Reader(folder, currency)
    figures = OldFigures()
    lines: dict[str, list[tuple[OldLine, int, int]]] = {}
    for line, row in reader.rows(INVOICES):
        told = (
            reader.amount(INVOICES, line, "royalty", row),
            reader.amount(INVOICES, line, "credit", row, blank=0),
            reader.amount(INVOICES, line, "due", row),
        )
        licence = reader.text(INVOICES, line, "licence_id", row)
        royalty, credit, due = told
        if royalty is None or credit is None or due is None or not licence:
            continue
        if royalty - credit != due:
            reader.mistake(INVOICES, line, "due", "does_not_add_up", row["due"], "due is not royalty less credit")
        product = row.get("product", "")
        before = lines.setdefault(licence, [])
        if any(each.product == product for each, _, _ in before):
            message = "the licence is there already, with the same product"
            reader.mistake(INVOICES, line, "licence_id", "twice", licence, message)
        units = row.get("units", "")
        if units and not _UNITS.fullmatch(units):
            reader.mistake(INVOICES, line, "units", "bad_value", units, "units are whole numbers")
            units = ""
        before.append((OldLine(product, royalty, int(units) if units else None, row.get("rate", "")), credit, due))
    for licence, told_lines in lines.items():
        figures.invoices[licence] = OldInvoice(
            credit=sum(credit for _, credit, _ in told_lines),
            due=sum(due for _, _, due in told_lines),
            lines=tuple(line for line, _, _ in told_lines),
        )
    for line, row in reader.rows(PAYEES):
        payee = reader.text(PAYEES, line, "payee", row)
        amount = reader.amount(PAYEES, line, "amount", row)
        if amount is None or not payee:
            continue
        if payee in figures.payees:
            reader.mistake(PAYEES, line, "payee", "twice", payee, "the payee is there already")
        figures.payees[payee] = amount
    if reader.mistakes:
        raise WorkbookRejected(reader.mistakes)
    figures.files = reader.files
    return figures


class _Reader:
    """Reads tables of a folder, and keeps what is wrong with them."""

    def __init__(self, folder: Path, currency: str) -> None:
        self._folder = folder
        self._scale = Decimal(10) ** exponent(currency)
        self._currency = currency
        self.mistakes: list[Mistake] = []
        self.files: list[dict[str, str]] = []

    def mistake(self, file: str, line: int, column: str, code: str, value: str, message: str) -> None:
        """Keep a mistake."""
        self.mistakes.append(Mistake(file, line, column, code, value[:200], message))

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Read the rows of a table with their lines; without its columns there are none."""
        path = self._folder / name
        try:
            self.files.append({"name": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
            yield from self._rows(name, rows_of(path, encoding_of(path)))
        except FileNotFoundError:
            self.mistake(name, 0, "", "missing_file", "", "the file is not in the folder")
        except UnreadableError as error:
            self.mistake(name, error.line, "", "unreadable", "", str(error))

    def _rows(self, name: str, lines: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, dict[str, str]]]:
        first, header = next(lines, (1, []))
        header = [cell.strip() for cell in header]
        needed, further = _COLUMNS[name]
        for column in needed:
            if column not in header:
                self.mistake(name, first, column, "missing_column", "", "the table has no such column")
        for column in header:
            if column not in (*needed, *further):
                self.mistake(name, first, column, "unknown_column", column, "the table has no such column")
            elif header.count(column) > 1:
                self.mistake(name, first, column, "column_twice", column, "the column is there more than once")
        if not set(needed) <= set(header):
            return
        for line, cells in lines:
            if len(cells) != len(header):
                message = f"the row has {len(cells)} cells, the header {len(header)}"
                self.mistake(name, line, "", "cell_count", "", message)
                continue
            yield line, dict(zip(header, (cell.strip() for cell in cells), strict=True))

    def text(self, name: str, line: int, column: str, row: Mapping[str, str]) -> str:
        """Return a cell that must not be blank; blank where it is, which is a mistake."""
        if not row[column]:
            self.mistake(name, line, column, "required", "", "the cell is blank")
        return row[column]

    def amount(
        self, name: str, line: int, column: str, row: Mapping[str, str], *, blank: int | None = None
    ) -> int | None:
        """Return an amount in minor units; None where it is none, which is a mistake."""
        if blank is not None and not row[column]:
            return blank
        value = self.text(name, line, column, row)
        if not value:
            return None
        if not _AMOUNT.fullmatch(value):
            self.mistake(name, line, column, "bad_value", value, "write an amount such as 1234.56")
            return None
        scaled = Decimal(value) * self._scale
        if scaled != scaled.to_integral_value():
            message = f"{self._currency} has no amounts as small as this"
            self.mistake(name, line, column, "too_fine", value, message)
            return None
        return int(scaled)
