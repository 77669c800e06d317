"""Filing and superseding sales reports."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.reports import storage
from licensing.reports.events import report_filed
from licensing.reports.models import FileKind, ReportedMonth, SalesReport
from licensing.reports.policies import FILE_SALES_REPORT, READ_LICENCE_FILING, SUPERSEDE_SALES_REPORT
from licensing.reports.services.checking import Checked, Upload, checked_files, scope_of
from licensing.reports.services.following import settle_reported
from licensing.reports.services.signing import signature_of
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.identity.models import Language
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, invalid
from platform_core.realtime.services import announce

MOST_MONTHS: Final = 240
"""How many months one report may cover; more is a slip of the pen."""


def file_sales_report(
    *,
    actor: Actor,
    licence_id: UUID,
    first_month: date,
    last_month: date,
    upload: Upload | None,
    language: Language = Language.CHINESE,
) -> SalesReport:
    """File the sales of whole months under a licence; without a file, that nothing was sold.

    The file is CSV (UTF-8 or GB18030), a workbook or Parquet with the columns of the close bundle's sales, for this
    licence and these months only. Filing is signing: it takes a recorded authority, and the statement that stands on
    the receipt is signed with it, in the language given. Raises InvalidInput naming each wrong line, Conflict where a
    month was reported already. A flat fee falls due with a line of its product, of 0 units if need be: a report
    without lines does not bring it on.
    """
    check_months(first_month=first_month, last_month=last_month)
    licence = get_visible(Licence, licence_id, actor=actor, along=["programme__alliance"])
    require(actor, FILE_SALES_REPORT, licence)
    check_over(actor=actor, licence=licence, last_month=last_month)
    with checked_files(licence, first_month, last_month, upload) as files:
        return file_checked(
            actor=actor,
            licence_id=licence_id,
            first_month=first_month,
            last_month=last_month,
            files=files,
            language=language,
        )


def supersede_sales_report(
    *, actor: Actor, report_id: UUID, upload: Upload | None, reason: str, language: Language = Language.CHINESE
) -> SalesReport:
    """Put a new report in the place of an earlier one, for the same licence and months, and say why.

    The earlier one stays as it is. Closed periods are corrected by runs of their own.
    """
    earlier = get_visible(SalesReport, report_id, actor=actor)
    require(actor, SUPERSEDE_SALES_REPORT, earlier)
    why = reason.strip()
    if not why:
        raise invalid("/reason", "required", "Say why the earlier report is superseded.")
    with checked_files(earlier.licence, earlier.first_month, earlier.last_month, upload) as files:
        return supersede_checked(actor=actor, report_id=report_id, reason=why, files=files, language=language)


@transaction.atomic
def file_checked(
    *,
    actor: Actor,
    licence_id: UUID,
    first_month: date,
    last_month: date,
    files: Checked,
    language: Language,
    is_estimate: bool = False,
) -> SalesReport:
    """File a report whose files were checked; an estimate counts until the actual figures take its place."""
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme", "licensee"])
    require(actor, FILE_SALES_REPORT, licence)
    _check_unchanged(licence, files)

    months = check_unreported(licence, first_month, last_month)
    report = _new_report(licence, first_month, last_month)
    report.is_estimate = is_estimate
    _record(actor, report, files, language)
    ReportedMonth.objects.bulk_create(ReportedMonth(licence=licence, month=month, report=report) for month in months)
    if not report.is_estimate:
        settle_reported(actor=actor, report=report)
    record_event("sales_report.filed", actor=actor, subject=report)
    _tell(actor, report)
    return report


@transaction.atomic
def supersede_checked(
    *, actor: Actor, report_id: UUID, reason: str, files: Checked, language: Language, is_estimate: bool = False
) -> SalesReport:
    """Supersede a report with one whose files were checked; only an estimate may be taken by another estimate."""
    seen = get_visible(SalesReport, report_id, actor=actor)
    # Filing and superseding lock the licence first, so that they wait for each other in one order.
    licence = Licence.objects.select_for_update(no_key=True).get(pk=seen.licence_id)
    earlier = get_visible(SalesReport, report_id, actor=actor, for_change=True)
    require(actor, SUPERSEDE_SALES_REPORT, earlier)
    _check_unchanged(licence, files)

    check_not_superseded(earlier)
    check_not_less_sure(earlier, is_estimate=is_estimate)
    report = _new_report(licence, earlier.first_month, earlier.last_month)
    report.supersedes, report.reason, report.is_estimate = earlier, reason, is_estimate
    _record(actor, report, files, language)
    ReportedMonth.objects.filter(licence=licence, report=earlier).update(report=report)
    if earlier.is_estimate and not report.is_estimate:
        # What was still due with the estimate has come now.
        settle_reported(actor=actor, report=report)
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


def check_months(*, first_month: date, last_month: date) -> None:
    """Refuse what is not a span of whole months."""
    if first_month.day != 1 or last_month.day != 1 or first_month > last_month:
        raise invalid("/period", "invalid", "A report covers whole months, from the first to the last.")
    if len(months_between(first_month, last_month)) > MOST_MONTHS:
        raise invalid("/period", "invalid", f"A report covers at most {MOST_MONTHS} months: file it in parts.")


def check_over(*, actor: Actor, licence: Licence, last_month: date) -> None:
    """Refuse sales of a month that is not over yet where the alliance is."""
    year, month = divmod(last_month.year * 12 + last_month.month, 12)
    if today(actor.clock, licence.programme.alliance.zone) < date(year, month + 1, 1):
        raise invalid("/period", "not_over", f"{last_month:%Y-%m} is not over yet: report it afterwards.")


def check_unreported(licence: Licence, first_month: date, last_month: date) -> list[date]:
    """Refuse months that were reported already, and list those of the span."""
    months = months_between(first_month, last_month)
    reported = ReportedMonth.objects.filter(licence=licence, month__in=months).order_by("month")
    if taken := [f"{month:%Y-%m}" for month in reported.values_list("month", flat=True)]:
        raise Conflict(f"Already reported: {', '.join(taken)}. To correct a report, supersede it.", months=taken)
    return months


def check_not_superseded(report: SalesReport) -> None:
    """Refuse a report that another has taken the place of."""
    if SalesReport.objects.filter(supersedes=report).exists():
        raise Conflict("This report was superseded already: supersede the one that came after it.")


def check_not_less_sure(report: SalesReport, *, is_estimate: bool) -> None:
    """Refuse an estimate in the place of actual figures."""
    if is_estimate and not report.is_estimate:
        raise Conflict("Actual figures were reported: no estimate takes their place.")


def _check_unchanged(licence: Licence, files: Checked) -> None:
    """Refuse files that were checked against what a licence, locked by now, no longer says."""
    if scope_of(licence, files.scope.first_month, files.scope.last_month) != files.scope:
        raise Conflict("The licence was changed while the file was checked: file the report again.")


def _new_report(licence: Licence, first_month: date, last_month: date) -> SalesReport:
    return SalesReport(id=new_id(), licence=licence, first_month=first_month, last_month=last_month)


def _record(actor: Actor, report: SalesReport, files: Checked, language: Language) -> None:
    months = (report.first_month, report.last_month)
    signature = signature_of(
        actor=actor,
        licence=report.licence,
        months=months,
        language=language,
        nothing_sold=files.kind == FileKind.NIL,
        is_estimate=report.is_estimate,
    )
    report.kind = files.kind
    report.file_name, report.file_size, report.file_sha256 = files.name, files.size, files.sha256
    report.encoding = files.encoding
    report.line_count = files.line_count
    report.lines_sha256, report.details_sha256 = files.lines_sha256, files.details_sha256
    report.names_read = dict(files.names_read)
    # The licence is locked, and its reports are never removed: no two have one number.
    report.number = SalesReport.objects.filter(licence=report.licence_id).count() + 1
    report.signatory_name, report.signatory_title = signature.name, signature.title
    report.statement, report.authority = signature.statement, signature.authority
    report.filed_at = actor.clock.now()
    report.filed_by_id, report.filed_from_id = actor.user_id, actor.seat_id
    report.save(force_insert=True)
    # Files without a row, after a crash here, are never read; a row without files would be.
    storage.keep(files.folder, report.pk)


def _tell(actor: Actor, report: SalesReport) -> None:
    report_filed.tell(actor, report)
    announce(report)
    announce(report.licence, to=READ_LICENCE_FILING)
