"""Reading sales reports, through what the reader may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.agreements.policies import READ_LICENCE
from licensing.reports import storage
from licensing.reports.calculation import last_quarter
from licensing.reports.models import ReportedMonth, ReportReminder, SalesReport
from licensing.reports.policies import READ_FILING, READ_LICENCE_FILING
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today

MONTHS_SHOWN: Final = 120
"""So many months of a licence are told at most, the latest."""


def sales_reports(*, actor: Actor) -> QuerySet[SalesReport]:
    """Return the reports an actor may read, with what lists show of them."""
    return SalesReport.objects.visible_to(actor).select_related(
        "licence__programme", "licence__licensee", "supersedes", "superseded_by"
    )


def get_sales_report(report_id: UUID, *, actor: Actor) -> SalesReport:
    """Fetch one report the actor may read."""
    return get_visible(SalesReport, report_id, actor=actor)


def counting_reports(
    *, actor: Actor, programme_id: UUID, first_month: date | None, last_month: date
) -> QuerySet[SalesReport]:
    """Return the reports that count for some month of a span, by licence and month; without a first month, since ever.

    Of a report that covers more, the months outside the span come along; a close leaves out what it does not count.
    """
    # One condition over the months: two would be met by two different months.
    months = Q(counted_months__month__lte=last_month)
    if first_month is not None:
        months &= Q(counted_months__month__gte=first_month)
    counting = SalesReport.objects.visible_to(actor).filter(months, licence__programme_id=programme_id)
    return counting.distinct().select_related("licence").order_by("licence__code", "first_month", "id")


def filed_file(report: SalesReport) -> Path | None:
    """Return where a report's file is kept as it came; none where nothing was sold."""
    return None if report.is_nil else storage.filed_file(report.pk)


def lines_file(report: SalesReport) -> Path:
    """Return where a report's checked lines are kept as Parquet."""
    return storage.lines_file(report.pk)


def unreported_licences(first: date, last: date) -> QuerySet[Licence]:
    """Return the licences that run in some months of a span and lack the report of one in which they run.

    A suspended licence is still reported under, and one that has ended for the months until then.
    """
    lacking = Q(pk__in=[])
    for month in _calendar_months(first, last):
        reported = Exists(ReportedMonth.objects.filter(licence=OuterRef("pk"), month=month))
        lacking |= _running_in(month) & ~Q(reported)
    return Licence.objects.filter(lacking, state__in=BINDING_STATES)


def _running_in(month: date) -> Q:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    begun = Q(starts_on__isnull=True) | Q(starts_on__lt=after)
    return begun & (Q(ends_on__isnull=True) | Q(ends_on__gte=month))


def reporting_quarter(programme: Programme, *, actor: Actor) -> tuple[date, date]:
    """Return the first and last month of the quarter that licensees of a programme should have reported by now."""
    return last_quarter(today(actor.clock, programme.alliance.zone))


def missing_reports(programme: Programme, *, actor: Actor) -> QuerySet[Licence]:
    """Return the licences of a programme that lack a report for the last quarter: who has not filed, no figures."""
    require(actor, READ_FILING, programme)
    rows = unreported_licences(*reporting_quarter(programme, actor=actor)).filter(programme=programme)
    readable = Licence.objects.permitted_to(actor, READ_LICENCE).order_by().values("pk")
    return rows.filter(pk__in=readable).select_related("licensee")


def missing_months(licences: Collection[Licence], first: date, last: date) -> dict[UUID, list[date]]:
    """Return for each licence the months of a span in which it runs and for which no report counts."""
    pairs = ReportedMonth.objects.filter(licence__in=licences, month__range=(first, last))
    reported = set(pairs.values_list("licence", "month"))
    return {
        licence.pk: [
            month
            for month in _calendar_months(max(first, licence.starts_on or first), min(last, licence.ends_on or last))
            if (licence.pk, month) not in reported
        ]
        for licence in licences
    }


@dataclass(frozen=True, slots=True)
class FiledMonth:
    """Whether a month of a licence was reported, and when what counts for it was filed: no figures."""

    month: date
    filed_at: datetime | None


def filed_months(licence_id: UUID, *, actor: Actor) -> list[FiledMonth]:
    """Return the months that are over in which a licence ran, the latest first, and which of them were reported."""
    licence = get_visible(Licence, licence_id, actor=actor)
    require(actor, READ_LICENCE_FILING, licence)
    day = today(actor.clock, licence.programme.alliance.zone)
    pairs = ReportedMonth.objects.filter(licence=licence).values_list("month", "report__filed_at")
    filed = dict(pairs)
    first = licence.starts_on or min(filed, default=day)
    over = [month for month in _calendar_months(first, licence.ends_on or day) if month < day.replace(day=1)]
    # One that was reported before its end is told too.
    return [FiledMonth(month, filed.get(month)) for month in sorted({*over, *filed}, reverse=True)[:MONTHS_SHOWN]]


def _calendar_months(first: date, last: date) -> list[date]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def report_reminders(*, actor: Actor) -> VisibleQuerySet[ReportReminder]:
    """List the reminders to report that the actor may know of."""
    return ReportReminder.objects.visible_to(actor)
