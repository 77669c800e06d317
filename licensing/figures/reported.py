"""How many units licensees reported for a period so far, from the checked lines of the reports that count."""

from datetime import date
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from licensing.reports.models import ReportedMonth
from licensing.reports.selectors import lines_file, sales_reports
from licensing.terms.models import Programme
from platform_core.access.actors import Actor

MOST_REPORTS: Final = 400
"""Beyond so many reports nobody waits for their lines; the estimate is the last close then."""


def reported_units(programme: Programme, first: date, last: date, *, actor: Actor) -> int | None:
    """Return the units reported for months of a programme; None where nothing was reported, or too much to read."""
    counted = ReportedMonth.objects.filter(
        licence__programme=programme, month__range=(first, last), report__in=sales_reports(actor=actor).values("pk")
    )
    months: dict[object, list[str]] = {}
    reports = {}
    for row in counted.select_related("report").order_by("pk"):
        months.setdefault(row.report_id, []).append(f"{row.month:%Y-%m}")
        reports[row.report_id] = row.report
    if not reports or len(reports) > MOST_REPORTS:
        return None
    units = 0
    for pk, report in reports.items():
        lines = pq.read_table(lines_file(report), columns=["month", "units"], filters=[("month", "in", months[pk])])
        units += int(pc.sum(lines["units"]).as_py() or 0)
    return max(0, units)
