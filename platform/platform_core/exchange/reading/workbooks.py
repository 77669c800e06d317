"""Reading workbooks, once it is sure that they are no larger than they may be."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from platform_core.exchange.reading.limits import LARGEST_WORKBOOK, MOST_CELLS, MOST_PARTS
from platform_core.exchange.reading.refusals import UnreadableFile

ZIP_START: Final = b"PK\x03\x04"
OLE_START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_CHUNK: Final = 1 << 20
_OVERLAP: Final = 64
_SHEET: Final = re.compile(r"xl/worksheets/.*\.xml", re.IGNORECASE)
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ />]")
_ENTITY: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check_package(path: Path) -> None:
    """Refuse a package that would grow too large when it is unpacked, or whose cells are worked out.

    Every part is unpacked once, piece by piece, so that what its list says of its size need not be believed.
    """
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_WORKBOOK:
                raise _too_large()
            left = LARGEST_WORKBOOK
            for part in parts:
                left = _check_part(package, part, left)
    except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError):
        raise UnreadableFile(
            "damaged", "The workbook is damaged or has a password: open it, and save it anew without one."
        ) from None


def open_workbook(path: Path) -> CalamineWorkbook:
    """Open a workbook that was checked."""
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError:
        raise UnreadableFile("damaged", "The workbook has a password: save it anew without one.") from None
    except (CalamineError, OSError, ValueError):
        raise UnreadableFile("damaged", "The workbook is damaged: open it, and save it anew as .xlsx.") from None


def rows_of(workbook: CalamineWorkbook, sheet: str) -> Iterator[list[str]]:
    """Yield the rows of a sheet as text: days as ISO dates, whole numbers without a decimal point."""
    try:
        opened = workbook.get_sheet_by_name(sheet)
        if opened.total_height * opened.total_width > MOST_CELLS:
            raise _too_large()
        for row in opened.iter_rows():
            yield [_text(cell) for cell in row]
    except CalamineError:
        raise UnreadableFile("damaged", f"The sheet “{sheet}” is damaged: save the workbook anew.") from None


def sheets_of(workbook: CalamineWorkbook) -> Sequence[str]:
    """Return the names of the sheets in their order."""
    return tuple(workbook.sheet_names)


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    is_sheet = _SHEET.fullmatch(part.filename)
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    before = b""
    with package.open(part) as source:
        while piece := source.read(_CHUNK):
            left -= len(piece)
            if left < 0:
                raise _too_large()
            seen = before + piece
            if is_xml and _ENTITY.search(seen):
                raise UnreadableFile("entities", "The workbook declares XML entities, which no office program writes.")
            if is_sheet and _FORMULA.search(seen):
                raise UnreadableFile(
                    "formulas",
                    "The workbook works out cells by formulas: save it with values only (copy, paste as values).",
                )
            before = seen[-_OVERLAP:]
    return left


def _too_large() -> UnreadableFile:
    return UnreadableFile(
        "too_large",
        f"Unpacked, the workbook is larger than {LARGEST_WORKBOOK // 1_000_000} MB: save it as CSV, or in parts.",
    )


def _text(cell: object) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date():
            return cell.isoformat()
        case timedelta() | time() | int():
            return str(cell)
    return ""
