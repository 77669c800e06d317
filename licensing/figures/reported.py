"""How many units licensees reported for periods so far, from the checked lines of the reports that count."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import pyarrow.compute as pc
import pyarrow.parquet as pq

from licensing.reports.models import ReportedMonth, SalesReport
from licensing.reports.selectors import lines_file, sales_reports
from platform_core.access.actors import Actor

MOST_REPORTS: Final = 400
"""Beyond so many reports of a period nobody waits for their lines; the estimate is the last close then."""


def reported_units(spans: Sequence[tuple[UUID, date, date]], *, actor: Actor) -> dict[tuple[UUID, date], int]:
    """Return the units reported of programmes for spans of months, by programme and first month.

    A span for which nothing was reported, or too much to read, is not among them; nor is one whose files are not there,
    which the close says that needs them.
    """
    if not spans:
        return {}
    counted = ReportedMonth.objects.filter(
        licence__programme__in={programme for programme, _, _ in spans},
        month__range=(min(first for _, first, _ in spans), max(last for _, _, last in spans)),
        report__in=sales_reports(actor=actor).values("pk"),
    ).select_related("report", "licence")
    months: dict[tuple[UUID, date], dict[SalesReport, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in counted.order_by("pk"):
        for programme, first, last in spans:
            if row.licence.programme_id == programme and first <= row.month <= last:
                months[(programme, first)][row.report].append(f"{row.month:%Y-%m}")
    return {
        span: max(0, sum(_units(report, told) for report, told in reports.items()))
        for span, reports in months.items()
        if len(reports) <= MOST_REPORTS and all(lines_file(report).exists() for report in reports)
    }


def _units(report: SalesReport, months: Sequence[str]) -> int:
    lines = pq.read_table(lines_file(report), columns=["month", "units"], filters=[("month", "in", list(months))])
    return int(pc.sum(lines["units"]).as_py() or 0)
