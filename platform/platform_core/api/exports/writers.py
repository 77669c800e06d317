"""Tables as CSV, JSON Lines and XLSX, each in parts as the rows come."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder

from platform_core.api.exports.columns import Column, text_of
from platform_core.problems import Conflict

Row = Mapping[str, Any]
Part = Sequence[Row]
Writer = Callable[[str, Sequence[Column], Iterable[Part]], Iterator[bytes]]

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, spreadsheet programs set to Chinese read UTF-8 as something else."""

ROWS_OF_A_SHEET: Final = 1_048_575
LETTERS_OF_A_CELL: Final = 32_767
EXACT_DIGITS: Final = 15
"""Digits a spreadsheet keeps of a number; one with more is written as text rather than changed."""

_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """Return a cell's text so that no spreadsheet program takes it for a formula; numbers stay numbers."""
    if text.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write_csv(title: str, columns: Sequence[Column], parts: Iterable[Part]) -> Iterator[bytes]:
    """Write a table as CSV (RFC 4180), in UTF-8 with its mark, under a header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([safe_cell(column.heading) for column in columns])
    for part in parts:
        writer.writerows([safe_cell(text_of(column.value(row))) for column in columns] for row in part)
        yield _taken(buffer)
    if rest := _taken(buffer):
        yield rest


def write_json_lines(title: str, columns: Sequence[Column], parts: Iterable[Part]) -> Iterator[bytes]:
    """Write each row as one line of JSON, as it would stand in a page of the list."""
    for part in parts:
        yield b"".join(
            json.dumps(row, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in part
        )


def write_xlsx(
    title: str, columns: Sequence[Column], parts: Iterable[Part], *, zone: ZoneInfo | None = None
) -> Iterator[bytes]:
    """Write a table as a workbook of one sheet: numbers and days as such, instants in a zone that the heading names."""
    with tempfile.SpooledTemporaryFile(max_size=4 * 2**20) as file:
        _fill_workbook(file, title, columns, parts, zone or ZoneInfo("UTC"))
        file.seek(0)
        while block := file.read(64 * 2**10):
            yield block


def _fill_workbook(file: Any, title: str, columns: Sequence[Column], parts: Iterable[Part], zone: ZoneInfo) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "list")
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(columns):
            named = f"{column.heading} ({zone.key})" if _is_instant(column) else column.heading
            sheet.write_string(0, position, named, bold)
            sheet.set_column(position, position, min(40, max(12, len(named) + 2)))
        number = 0
        for part in parts:
            for row in part:
                number += 1
                if number > ROWS_OF_A_SHEET:
                    raise Conflict("A sheet cannot hold this many rows: narrow the list, or take it as CSV.")
                for position, column in enumerate(columns):
                    _write_cell(sheet, number, position, column, column.value(row), zone, day, instant)
        if number:
            sheet.autofilter(0, 0, number, len(columns) - 1)


def _write_cell(
    sheet: Any, row: int, position: int, column: Column, value: Any, zone: ZoneInfo, day: Any, instant: Any
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, position, value)
        return
    if isinstance(column.field, serializers.IntegerField | serializers.DecimalField):
        number = _exact_number(value)
        if number is not None:
            sheet.write_number(row, position, number)
            return
    elif isinstance(column.field, serializers.DateTimeField):
        moment = _instant(value)
        if moment is not None:
            sheet.write_datetime(row, position, moment.astimezone(zone).replace(tzinfo=None), instant)
            return
    elif isinstance(column.field, serializers.DateField):
        on = _day(value)
        if on is not None:
            sheet.write_datetime(row, position, on, day)
            return
    text = text_of(value)
    if len(text) > LETTERS_OF_A_CELL:
        text = text[: LETTERS_OF_A_CELL - 1] + "…"
    sheet.write_string(row, position, text)


def _is_instant(column: Column) -> bool:
    return isinstance(column.field, serializers.DateTimeField)


def _exact_number(value: Any) -> int | float | None:
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > EXACT_DIGITS:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _instant(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        moment = value
    else:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(value: Any) -> date | None:
    try:
        found = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None
    # Spreadsheets know no day before 1900.
    return found if found.year >= 1900 else None


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
