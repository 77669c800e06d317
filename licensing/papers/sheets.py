"""Papers as workbook and as table: numbers as numbers, and the exact amount beside each as text."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import xlsxwriter

from licensing.papers.paper import Cell, Money, Paper, Table
from platform_core.api.exports.writers import safe_cell
from platform_core.money import exponent

_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands where a workbook tells when it was made, so that the same paper gives the same bytes."""

_EXACT_MINOR: Final = 10**15
"""Amounts beyond this are text in a workbook: its numbers keep fifteen digits."""


def write_csv(paper: Paper) -> bytes:
    """Write a paper as CSV in UTF-8 with its mark: facts, figures and tables one below the other."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    for row in _rows(paper):
        writer.writerow([safe_cell(cell) for cell in row])
    return text.getvalue().encode()


def _rows(paper: Paper) -> Iterator[list[str]]:
    yield [paper.title, paper.subtitle]
    for line in (*paper.issuer, *paper.addressee):
        yield [line]
    yield from ([label, value] for label, value in paper.facts)
    if paper.figures:
        yield []
        yield [paper.item_heading, paper.amount_heading, "", paper.exact_heading]
        yield from ([label, money.major, money.currency, money.exact] for label, money in paper.figures)
        if paper.in_words:
            yield [paper.in_words]
    for table in paper.tables:
        yield []
        yield [table.title]
        yield list(_headings(paper, table))
        money = [table.holds_money(place) for place in range(len(table.headings))]
        yield from (
            [text for cell, wide in zip(row, money, strict=True) for text in _plain(cell, wide)] for row in table.rows
        )
        if not table.rows:
            yield [table.empty]
    if paper.signatures:
        yield []
        yield [paper.signatures_heading]
        yield from ([one.part, one.name, one.day] for one in paper.signatures)
    if paper.notes:
        yield []
        yield from ([title, note] for title, note in paper.notes)


def _headings(paper: Paper, table: Table) -> Iterator[str]:
    for place, heading in enumerate(table.headings):
        yield heading
        if table.holds_money(place):
            yield f"{heading} ({paper.exact_heading})"


def _plain(cell: Cell, wide: bool) -> list[str]:
    if isinstance(cell, Money):
        return [cell.major, cell.exact]
    return [str(cell), ""] if wide else [str(cell)]


def write_xlsx(paper: Paper) -> bytes:
    """Write a paper as a workbook: a sheet of facts and figures, then one for each table."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": f"{paper.title} {paper.subtitle}", "created": _MADE})
    styles = _Styles(book)
    _first_sheet(book.add_worksheet(_sheet_name(paper.title, 0)), paper, styles)
    for number, table in enumerate(paper.tables, start=1):
        _table_sheet(book.add_worksheet(_sheet_name(table.title, number)), paper, table, styles)
    book.close()
    return file.getvalue()


class _Styles:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True})
        self.soft = book.add_format({"font_color": "#5C6470"})
        self._money: dict[str, Any] = {}

    def money(self, currency: str) -> Any:
        """The number format of a currency: its decimals and its code."""
        if currency not in self._money:
            digits = exponent(currency)
            decimals = f".{'0' * digits}" if digits else ""
            self._money[currency] = self.book.add_format({"num_format": f'#,##0{decimals} "{currency}"'})
        return self._money[currency]


def _first_sheet(sheet: Any, paper: Paper, styles: _Styles) -> None:
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 2, 26)
    sheet.write_string(0, 0, paper.title, styles.title)
    sheet.write_string(1, 0, paper.subtitle, styles.soft)
    row = 2
    for line in (*paper.issuer, *paper.addressee):
        sheet.write_string(row, 0, line)
        row += 1
    row += 1
    for label, value in paper.facts:
        sheet.write_string(row, 0, label, styles.soft)
        sheet.write_string(row, 1, value)
        row += 1
    row += 1
    if paper.figures:
        for place, heading in enumerate((paper.item_heading, paper.amount_heading, paper.exact_heading)):
            sheet.write_string(row, place, heading, styles.bold)
        row += 1
        for label, money in paper.figures:
            sheet.write_string(row, 0, label)
            _write(sheet, row, 1, money, styles)
            row += 1
        if paper.in_words:
            sheet.write_string(row, 0, paper.in_words)
            row += 1
        row += 1
    if paper.signatures:
        sheet.write_string(row, 0, paper.signatures_heading, styles.bold)
        row += 1
        for one in paper.signatures:
            for place, text in enumerate((one.part, one.name, one.day)):
                sheet.write_string(row, place, text)
            row += 1
        row += 1
    for title, note in paper.notes:
        sheet.write_string(row, 0, title, styles.bold)
        sheet.write_string(row, 1, note)
        row += 1


def _table_sheet(sheet: Any, paper: Paper, table: Table, styles: _Styles) -> None:
    headings = list(_headings(paper, table))
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, styles.bold)
    sheet.set_column(0, len(headings) - 1, 20)
    sheet.freeze_panes(1, 0)
    widths = [1 + table.holds_money(place) for place in range(len(table.headings))]
    for number, row in enumerate(table.rows, start=1):
        place = 0
        for cell, width in zip(row, widths, strict=True):
            _write(sheet, number, place, cell, styles)
            place += width
    if not table.rows:
        sheet.write_string(1, 0, table.empty, styles.soft)


def _write(sheet: Any, row: int, place: int, cell: Cell, styles: _Styles) -> None:
    """Write a cell, an amount with the exact one to its right."""
    if isinstance(cell, Money):
        if abs(cell.minor) < _EXACT_MINOR:
            sheet.write_number(row, place, cell.minor / 10 ** exponent(cell.currency), styles.money(cell.currency))
        else:
            sheet.write_string(row, place, cell.major)
        sheet.write_string(row, place + 1, cell.exact)
    elif isinstance(cell, int):
        sheet.write_number(row, place, cell)
    else:
        sheet.write_string(row, place, cell)


def _sheet_name(title: str, number: int) -> str:
    plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:28].strip()
    return f"{plain} {number}" if number else plain or "1"
