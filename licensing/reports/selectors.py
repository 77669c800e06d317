"""Reading sales reports, through what the reader may see."""

from datetime import date
from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet

from licensing.reports import storage
from licensing.reports.models import SalesReport
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible


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
