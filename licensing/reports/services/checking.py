"""Checking what came in as a report, before any row is locked."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import BinaryIO, Final

import pyarrow as pa

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.engine.textfile import UnreadableError, encoding_of
from licensing.reports import storage
from licensing.reports.calculation import (
    DETAIL_COLUMNS,
    LINE_COLUMNS,
    Details,
    LinesError,
    Reading,
    ReportScope,
    csv_batches,
    parquet_batches,
    workbook_batches,
    write_lines,
)
from licensing.reports.models import FileKind
from licensing.reports.selectors import product_codes, products_by_name
from platform_core.exchange.reading import UnreadableFile
from platform_core.files import TooLargeError, file_sha256, write_stream
from platform_core.problems import FieldError, InvalidInput, WrongState, invalid

LARGEST_FILE: Final = 512 * 2**20
"""The largest file that is taken in, in bytes."""

LARGEST_WORKBOOK: Final = 64 * 2**20
"""The largest workbook, in bytes: a sheet is read as a whole, other than lines of text."""

MOST_TYPED: Final = 2_000
"""How many lines are typed into the form at most; more come as a file."""

_PARQUET_MAGIC: Final = b"PAR1"
_WORKBOOK_MAGICS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: its own name, and its bytes as a stream; or lines that were typed, as such a file."""

    name: str
    stream: BinaryIO
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """The files of a report that is about to be recorded."""

    folder: Path
    scope: ReportScope
    kind: FileKind
    name: str
    size: int
    sha256: str
    encoding: str
    line_count: int
    lines_sha256: str
    details_sha256: str
    names_read: Mapping[str, str]


def typed_lines(rows: Sequence[Mapping[str, str]]) -> Upload:
    """Write lines that were typed into a form as the file they would have been."""
    if len(rows) > MOST_TYPED:
        raise invalid("/lines", "too_many", f"At most {MOST_TYPED} lines are typed: send more of them as a file.")
    columns = (*LINE_COLUMNS[1:], *DETAIL_COLUMNS)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return Upload("typed.csv", io.BytesIO(text.getvalue().encode()), is_typed=True)


def scope_of(licence: Licence, first_month: str, last_month: str) -> ReportScope:
    """Say what the lines of a report must be of, as the licence stands."""
    if licence.state not in BINDING_STATES:
        raise WrongState("Only a licence that is or was in force can be reported on.")
    return ReportScope(
        licence_code=licence.code,
        first_month=first_month,
        last_month=last_month,
        licence_from=f"{licence.starts_on:%Y-%m}" if licence.starts_on else "",
        licence_to=f"{licence.ends_on:%Y-%m}" if licence.ends_on else "",
    )


@contextmanager
def checked_files(licence: Licence, first_month: date, last_month: date, upload: Upload | None) -> Iterator[Checked]:
    """Store and check what came in, before any row is locked; what is not kept in the end is removed."""
    scope = scope_of(licence, f"{first_month:%Y-%m}", f"{last_month:%Y-%m}")
    with storage.new_folder() as folder:
        lines = folder / storage.LINES_NAME
        if upload is None:
            count = write_lines(iter(()), lines)
            yield Checked(folder, scope, FileKind.NIL, "", 0, "", "", count, file_sha256(lines), "", {})
            return
        try:
            filed = write_stream(upload.stream, folder / storage.FILED_NAME, at_most=LARGEST_FILE)
        except TooLargeError:
            raise _too_large(LARGEST_FILE) from None
        told = folder / storage.DETAILS_NAME
        with Details(told) as details:
            reading = Reading(products_by_name(licence), details, product_codes(licence.programme, licence=licence))
            try:
                kind, encoding, batches = _open(filed.path, scope, reading)
                count = write_lines(batches, lines)
            except LinesError as refused:
                raise _told(refused) from refused
            except UnreadableFile as refused:
                raise invalid("/file", refused.code, refused.detail) from refused
        if count == 0:
            raise invalid(
                "/file", "empty", "The file has no lines. If nothing was sold, file the report without a file."
            )
        yield Checked(
            folder,
            scope,
            FileKind.FORM if upload.is_typed else kind,
            PurePath(upload.name.replace("\\", "/")).name[-255:] or "report",
            filed.size,
            filed.sha256,
            encoding,
            count,
            file_sha256(lines),
            file_sha256(told) if told.exists() else "",
            reading.used,
        )


def _too_large(limit: int) -> InvalidInput:
    return invalid("/file", "too_large", f"The file is larger than {limit // 2**20} MB: send it in parts.")


def _open(path: Path, scope: ReportScope, reading: Reading) -> tuple[FileKind, str, Iterator[pa.RecordBatch]]:
    with path.open("rb") as source:
        magic = source.read(4)
    if magic == _PARQUET_MAGIC:
        return FileKind.PARQUET, "", parquet_batches(path, scope, reading)
    if magic in _WORKBOOK_MAGICS:
        if path.stat().st_size > LARGEST_WORKBOOK:
            raise _too_large(LARGEST_WORKBOOK)
        return FileKind.XLSX, "", workbook_batches(path, scope, reading)
    try:
        encoding = encoding_of(path)
    except UnreadableError as error:
        raise invalid("/file", "unknown_encoding", f"The file {error}.") from error
    return FileKind.CSV, encoding, csv_batches(path, encoding, scope, reading)


def _told(refused: LinesError) -> InvalidInput:
    """The mistakes in the lines as a problem a client can show beside the file."""
    shown = len(refused.errors)
    more = f" The first {shown} are listed." if refused.count > shown else ""
    return InvalidInput(
        f"The report has {refused.count} {'mistake' if refused.count == 1 else 'mistakes'}; nothing was filed.{more}",
        errors=[
            FieldError(f"/file/{error.line}/{error.column}".rstrip("/"), error.code, error.message)
            for error in refused.errors
        ],
        lines=[
            {
                "line": error.line,
                "column": error.column,
                "code": error.code,
                "value": error.value,
                "message": error.message,
            }
            for error in refused.errors
        ],
        mistakes=refused.count,
    )
