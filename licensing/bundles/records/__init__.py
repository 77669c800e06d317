"""Each table of a bundle against what is recorded, and the recording of what is new."""

from collections import Counter, defaultdict
from uuid import UUID

import pyarrow.compute as pc
import pyarrow.parquet as pq

from licensing.bundles.records.base import licence_ids
from licensing.bundles.records.cells import month_text
from licensing.bundles.records.licences import Licences
from licensing.bundles.records.money import Money
from licensing.bundles.records.ownership import owners_of
from licensing.bundles.records.parties import Parties
from licensing.bundles.sales import Line, lines_of
from licensing.engine.model import Month, month_of
from licensing.reports.models import ReportedMonth
from licensing.reports.selectors import lines_file
from licensing.terms.models import Programme

__all__ = ["Tables", "licence_ids", "owners_of", "reported_lines"]


class Tables(Parties, Licences, Money):
    """Compares the tables of one bundle with one programme's records, and records what is new, in this order."""


def reported_lines(programme: Programme) -> dict[tuple[str, Month], Counter[Line]]:
    """Return the lines that were reported, by licence and month; months reported without lines are there, empty."""
    reported: dict[tuple[str, Month], Counter[Line]] = {}
    counted = ReportedMonth.objects.filter(licence__programme=programme).select_related("licence", "report")
    by_report: dict[UUID, list[ReportedMonth]] = defaultdict(list)
    for row in counted:
        by_report[row.report_id].append(row)
    for rows in by_report.values():
        table = pq.read_table(lines_file(rows[0].report))
        for row in rows:
            month = month_text(row.month)
            lines = lines_of(table.filter(pc.field("month") == pc.scalar(month)))
            reported[row.licence.code, month_of(row.month.year, row.month.month)] = lines
    return reported
