"""Whether what took the place of a doubtful report charges fewer units: as much is given up by it as by accepting."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from licensing.deductions.models import DoubtfulDeduction
from licensing.deductions.reading import ReportFiles, check_files
from licensing.reports.models import ReportedMonth, SalesReport


def counting_now(doubts: Collection[DoubtfulDeduction]) -> Mapping[UUID, SalesReport]:
    """Return the reports that count by now for the months of doubtful deductions, by deduction.

    It is the last of those that took the place of the doubtful one, one after another.
    """
    rows = ReportedMonth.objects.filter(
        licence__in={doubt.report.licence_id for doubt in doubts},
        month__in={doubt.report.first_month for doubt in doubts},
    )
    found: dict[tuple[UUID, date], SalesReport] = {
        (row.licence_id, row.month): row.report for row in rows.select_related("report").order_by("pk")
    }
    return {doubt.pk: found[doubt.report.licence_id, doubt.report.first_month] for doubt in doubts}


def charges_less(doubt: DoubtfulDeduction, later: SalesReport, files: ReportFiles) -> bool:
    """Say whether in some month a report bills fewer units of the doubtful product than the doubtful one has.

    Raises Conflict where a file is not what was filed.
    """
    for report in (later, doubt.report):
        check_files(report)
    charged = files.charged(later, doubt.product)
    return any(charged.get(month, 0) < units for month, units in files.charged(doubt.report, doubt.product).items())
