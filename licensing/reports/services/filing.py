"""Filing and superseding sales reports."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import BinaryIO, Final
from uuid import UUID

import pyarrow as pa
from django.db import transaction

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.engine.textfile import UnreadableError, encoding_of
from licensing.reports import storage
from licensing.reports.calculation import (
    LinesError,
    ReportScope,
    csv_batches,
    parquet_batches,
    write_lines,
)
from licensing.reports.events import report_filed
from licensing.reports.models import FileKind, ReportedMonth, SalesReport
from licensing.reports.policies import FILE_SALES_REPORT, READ_LICENCE_FILING, SUPERSEDE_SALES_REPORT
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.files import TooLargeError, file_sha256, write_stream
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, FieldError, InvalidInput, WrongState, invalid
from platform_core.realtime.services import announce

LARGEST_FILE: Final = 512 * 2**20
"""The largest file that is taken in, in bytes."""

MOST_MONTHS: Final = 240
"""How many months one report may cover; more is a slip of the pen."""

_PARQUET_MAGIC: Final = b"PAR1"
_ZIP_MAGIC: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: its own name, and its bytes as a stream."""

    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class _Checked:
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


def file_sales_report(
    *, actor: Actor, licence_id: UUID, first_month: date, last_month: date, upload: Upload | None
) -> SalesReport:
    """File the sales of whole months under a licence; without a file, that nothing was sold.

    The file is CSV (UTF-8 or GB18030) or Parquet with the columns of the close bundle's sales, for this licence and
    these months only. Raises InvalidInput naming each wrong line, Conflict where a month was reported already. A flat
    fee falls due with a line of its product, of 0 units if need be: a report without lines does not bring it on.
    """
    _check_months(first_month, last_month)
    licence = get_visible(Licence, licence_id, actor=actor, along=["programme__alliance"])
    require(actor, FILE_SALES_REPORT, licence)
    _check_over(actor, licence, last_month)
    with _checked_files(licence, first_month, last_month, upload) as files:
        return _file(actor=actor, licence_id=licence_id, first_month=first_month, last_month=last_month, files=files)


def supersede_sales_report(*, actor: Actor, report_id: UUID, upload: Upload | None, reason: str) -> SalesReport:
    """Put a new report in the place of an earlier one, for the same licence and months, and say why.

    The earlier one stays as it is. Closed periods are corrected by runs of their own.
    """
    earlier = get_visible(SalesReport, report_id, actor=actor)
    require(actor, SUPERSEDE_SALES_REPORT, earlier)
    why = reason.strip()
    if not why:
        raise invalid("/reason", "required", "Say why the earlier report is superseded.")
    with _checked_files(earlier.licence, earlier.first_month, earlier.last_month, upload) as files:
        return _supersede(actor=actor, report_id=report_id, reason=why, files=files)


@transaction.atomic
def _file(*, actor: Actor, licence_id: UUID, first_month: date, last_month: date, files: _Checked) -> SalesReport:
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    require(actor, FILE_SALES_REPORT, licence)
    _check_unchanged(licence, files)

    months = months_between(first_month, last_month)
    reported = ReportedMonth.objects.filter(licence=licence, month__in=months).order_by("month")
    if taken := [f"{month:%Y-%m}" for month in reported.values_list("month", flat=True)]:
        raise Conflict(f"Already reported: {', '.join(taken)}. To correct a report, supersede it.", months=taken)

    report = _record(actor, licence, first_month, last_month, files)
    ReportedMonth.objects.bulk_create(ReportedMonth(licence=licence, month=month, report=report) for month in months)
    record_event("sales_report.filed", actor=actor, subject=report)
    _tell(actor, report)
    return report


@transaction.atomic
def _supersede(*, actor: Actor, report_id: UUID, reason: str, files: _Checked) -> SalesReport:
    seen = get_visible(SalesReport, report_id, actor=actor)
    # Filing and superseding lock the licence first, so that they wait for each other in one order.
    licence = Licence.objects.select_for_update(no_key=True).get(pk=seen.licence_id)
    earlier = get_visible(SalesReport, report_id, actor=actor, for_change=True)
    require(actor, SUPERSEDE_SALES_REPORT, earlier)
    _check_unchanged(licence, files)

    if SalesReport.objects.filter(supersedes=earlier).exists():
        raise Conflict("This report was superseded already: supersede the one that came after it.")

    report = _record(actor, licence, earlier.first_month, earlier.last_month, files, supersedes=earlier, reason=reason)
    ReportedMonth.objects.filter(licence=licence, report=earlier).update(report=report)
    record_event("sales_report.superseded", actor=actor, subject=earlier, changes={"superseded_by": (None, report)})
    notify_seats(
        actor=actor,
        seats=seats_holding(
            Role.FINANCE,
            actor=actor,
            operating_entity=licence.programme.operating_entity_id,
            purpose=Purpose.ROYALTIES,
        ),
        kind="sales_report.superseded",
        subject=report,
        values={"licence": licence.code, "reason": report.reason},
    )
    _tell(actor, report)
    return report


def months_between(first_month: date, last_month: date) -> list[date]:
    """List the first days of the months from the first to the last, inclusive."""
    first, last = (day.year * 12 + day.month - 1 for day in (first_month, last_month))
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]


def _check_months(first_month: date, last_month: date) -> None:
    if first_month.day != 1 or last_month.day != 1 or first_month > last_month:
        raise invalid("/period", "invalid", "A report covers whole months, from the first to the last.")
    if len(months_between(first_month, last_month)) > MOST_MONTHS:
        raise invalid("/period", "invalid", f"A report covers at most {MOST_MONTHS} months: file it in parts.")


def _check_over(actor: Actor, licence: Licence, last_month: date) -> None:
    """Refuse sales of a month that is not over yet where the alliance is."""
    year, month = divmod(last_month.year * 12 + last_month.month, 12)
    if today(actor.clock, licence.programme.alliance.zone) < date(year, month + 1, 1):
        raise invalid("/period", "not_over", f"{last_month:%Y-%m} is not over yet: report it afterwards.")


def _scope(licence: Licence, first_month: str, last_month: str) -> ReportScope:
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


def _check_unchanged(licence: Licence, files: _Checked) -> None:
    """Refuse files that were checked against what a licence, locked by now, no longer says."""
    if _scope(licence, files.scope.first_month, files.scope.last_month) != files.scope:
        raise Conflict("The licence was changed while the file was checked: file the report again.")


def _record(
    actor: Actor,
    licence: Licence,
    first_month: date,
    last_month: date,
    files: _Checked,
    *,
    supersedes: SalesReport | None = None,
    reason: str = "",
) -> SalesReport:
    report = SalesReport(
        id=new_id(),
        licence=licence,
        first_month=first_month,
        last_month=last_month,
        supersedes=supersedes,
        reason=reason,
        kind=files.kind,
        file_name=files.name,
        file_size=files.size,
        file_sha256=files.sha256,
        encoding=files.encoding,
        line_count=files.line_count,
        lines_sha256=files.lines_sha256,
        filed_at=actor.clock.now(),
        filed_by_id=actor.user_id,
        filed_from_id=actor.seat_id,
    )
    report.save(force_insert=True)
    # Files without a row, after a crash here, are never read; a row without files would be.
    storage.keep(files.folder, report.pk)
    return report


def _tell(actor: Actor, report: SalesReport) -> None:
    report_filed.tell(actor, report)
    announce(report)
    announce(report.licence, to=READ_LICENCE_FILING)


@contextmanager
def _checked_files(licence: Licence, first_month: date, last_month: date, upload: Upload | None) -> Iterator[_Checked]:
    """Store and check what came in, before any row is locked; what is not kept in the end is removed."""
    scope = _scope(licence, f"{first_month:%Y-%m}", f"{last_month:%Y-%m}")
    with storage.new_folder() as folder:
        lines = folder / storage.LINES_NAME
        if upload is None:
            count = write_lines(iter(()), lines)
            yield _Checked(folder, scope, FileKind.NIL, "", 0, "", "", count, file_sha256(lines))
            return
        try:
            filed = write_stream(upload.stream, folder / storage.FILED_NAME, at_most=LARGEST_FILE)
        except TooLargeError:
            limit = LARGEST_FILE // 2**20
            raise invalid("/file", "too_large", f"The file is larger than {limit} MB: send it in parts.") from None
        try:
            kind, encoding, batches = _open(filed.path, scope)
            count = write_lines(batches, lines)
        except LinesError as refused:
            raise _told(refused) from refused
        if count == 0:
            raise invalid(
                "/file", "empty", "The file has no lines. If nothing was sold, file the report without a file."
            )
        name = PurePath(upload.name.replace("\\", "/")).name[-255:] or "report"
        digest = file_sha256(lines)
        yield _Checked(folder, scope, kind, name, filed.size, filed.sha256, encoding, count, digest)


def _open(path: Path, scope: ReportScope) -> tuple[FileKind, str, Iterator[pa.RecordBatch]]:
    with path.open("rb") as source:
        magic = source.read(4)
    if magic == _PARQUET_MAGIC:
        return FileKind.PARQUET, "", parquet_batches(path, scope)
    if magic == _ZIP_MAGIC:
        raise invalid(
            "/file", "unknown_format", "This is a workbook or an archive: save the table as CSV and send that."
        )
    try:
        encoding = encoding_of(path)
    except UnreadableError as error:
        raise invalid("/file", "unknown_encoding", f"The file {error}.") from error
    return FileKind.CSV, encoding, csv_batches(path, encoding, scope)


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
