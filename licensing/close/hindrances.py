"""What of a licensee's own holds up a close: a report that is late, or one that the close cannot be calculated from.

Each tells of one licensee's reports alone: neither that others lack something, nor that they do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.close.lifecycle import CHANGEABLE, OPEN, Calculation
from licensing.close.models import CloseRun, RejectedRow
from licensing.reports.models import ReportedMonth, SalesReport
from licensing.reports.policies import DRAFT_SALES_REPORT
from licensing.reports.selectors import DueReport, months_without_report, report_due_on
from platform_core.access.actors import Actor

OWN_MISTAKES: Final = ("bad_value", "no_rate", "outside_licence", "negative_total")
"""Codes of what a licensee can put right, or ask finance about; rates of exchange and terms are finance's own."""


@dataclass(frozen=True, slots=True)
class RefusedReport:
    """A report that counts and that an open close could not be calculated from."""

    report: SalesReport
    period: str
    count: int
    """In how many places."""


def refused_reports(*, actor: Actor) -> list[RefusedReport]:
    """Return the reports of the actor's own organisation that hold up a close, the earliest months first."""
    own = Licence.objects.permitted_to(actor, DRAFT_SALES_REPORT).order_by().values("pk")
    rows = _standing().filter(report__licence__in=own).order_by()
    found = list(rows.values("report", "run__period").annotate(count=Count("pk")))
    reports = SalesReport.objects.visible_to(actor).select_related("licence__programme")
    known = reports.in_bulk([row["report"] for row in found])
    told = [RefusedReport(known[row["report"]], row["run__period"], row["count"]) for row in found]
    return sorted(told, key=lambda each: (each.report.first_month, each.report.licence.code, each.report.pk))


def mistakes_in(report: SalesReport) -> QuerySet[RejectedRow]:
    """Return for what in a report an open close could not be calculated; the caller has made sure it may be read."""
    return _standing().filter(report=report).select_related("run").order_by("position")


def _standing() -> QuerySet[RejectedRow]:
    return RejectedRow.objects.filter(
        run__status__in=CHANGEABLE,
        run__calculation=Calculation.REJECTED,
        report__superseded_by=None,
        code__in=OWN_MISTAKES,
    )


def refused_in(run: CloseRun) -> list[tuple[SalesReport, int]]:
    """Return the reports that a run could not be calculated from, each with in how many places."""
    rows = _standing().filter(run=run).order_by()
    counts = dict(rows.values("report").annotate(count=Count("pk")).values_list("report", "count"))
    reports = SalesReport.objects.filter(pk__in=counts).select_related("licence").order_by("pk")
    return [(report, counts[report.pk]) for report in reports]


def late_in(run: CloseRun, *, on: date) -> list[Licence]:
    """Return the licences of which a first close lacks a report whose day has passed; an estimate fills its place."""
    licences = list(Licence.objects.filter(programme=run.programme_id, state__in=BINDING_STATES).order_by("code", "pk"))
    lacking = months_without_report(licences, run.first_month, run.last_month)
    due = {month: report_due_on(run.programme, month) for months in lacking.values() for month in months}
    return [licence for licence in licences if any(due[month] < on for month in lacking[licence.pk])]


def closes_waiting_for(rows: Sequence[DueReport]) -> Mapping[tuple[UUID, date], str]:
    """Return which late reports an open first close waits for, by licence and first month, with the close's period."""
    late = [row for row in rows if row.days_left < 0]
    if not late:
        return {}
    runs = CloseRun.objects.filter(
        programme__in={row.licence.programme_id for row in late}, status__in=OPEN, corrects=None
    )
    spans = [(run.programme_id, run.first_month, run.last_month, run.period) for run in runs.order_by("-first_month")]
    waited = {
        (row.licence.pk, row.first_month): period
        for row in late
        for programme_id, first, last, period in spans
        if programme_id == row.licence.programme_id and row.first_month <= last and row.last_month >= first
    }
    if not waited:
        return {}
    # An estimate of the office leaves a report due, and holds up nothing.
    counted = ReportedMonth.objects.filter(
        licence__in={licence for licence, _ in waited}, month__in={month for _, month in waited}
    )
    estimated = set(counted.values_list("licence", "month"))
    return {key: period for key, period in waited.items() if key not in estimated}
