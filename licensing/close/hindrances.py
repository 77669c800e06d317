"""What of a licensee's own holds up a close: a report that is late, or one that the close cannot be calculated from.

Each tells of one licensee's reports alone: neither that others lack something, nor that they do not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Func, Q, QuerySet, TextField

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.close.calculation import span_of
from licensing.close.lifecycle import CHANGEABLE, Calculation
from licensing.close.models import CloseRun, RejectedRow
from licensing.reports.models import FileKind, ReportedMonth, SalesReport
from licensing.reports.policies import DRAFT_SALES_REPORT
from licensing.reports.selectors import DueReport, months_without_report, report_due_on
from platform_core.access.actors import Actor

OWN_MISTAKES: Final = ("bad_value", "no_rate", "outside_licence", "negative_total")
"""Codes of what a licensee can put right, or ask finance about; rates of exchange and terms are finance's own."""

_PLACE: Final = ("line", "column", "code", "value")
"""What makes a mistake in a report the same in several closes."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """That open closes could not be calculated from a report: the earliest of their periods, and in how many places."""

    period: str
    count: int


@dataclass(frozen=True, slots=True)
class RefusedReport:
    """A report that counts and that an open close could not be calculated from."""

    report: SalesReport
    refusal: Refusal


def refused_reports(*, actor: Actor) -> list[RefusedReport]:
    """Return the reports of the actor's own organisation that it has to correct for a close, the earliest months first.

    Each is there once, however many closes it holds up.
    """
    own = Licence.objects.permitted_to(actor, DRAFT_SALES_REPORT).order_by().values("pk")
    refusals = _refusals(_to_correct().filter(report__licence__in=own))
    reports = SalesReport.objects.visible_to(actor).select_related("licence__programme").filter(pk__in=refusals)
    told = [RefusedReport(report, refusals[report.pk]) for report in reports]
    return sorted(told, key=lambda each: (each.report.first_month, each.report.licence.code, each.report.pk))


def refused_in(run: CloseRun) -> list[RefusedReport]:
    """Return the reports that licensees have to correct before a run can be calculated."""
    refusals = _refusals(_to_correct().filter(run=run))
    reports = SalesReport.objects.filter(pk__in=refusals).select_related("licence").order_by("pk")
    return [RefusedReport(report, refusals[report.pk]) for report in reports]


def refusal_of(report: SalesReport) -> Refusal | None:
    """Return what close a report holds up, an estimate as well; the caller has made sure that it may be read."""
    return _refusals(_standing().filter(report=report)).get(report.pk)


def mistakes_in(report: SalesReport) -> QuerySet[RejectedRow]:
    """Return for what in a report open closes could not be calculated, each place once, in the order of its lines.

    The caller has made sure that the report may be read.
    """
    return _standing().filter(report=report).order_by(*_PLACE).distinct(*_PLACE)


def _standing() -> QuerySet[RejectedRow]:
    """What keeps open closes from being calculated that the licensee of the report may know of.

    Everybody knows that a period is closed once. A correction may be the doing of another licensee: nobody hears of it
    but whose own report made it necessary.
    """
    known = Q(run__corrects=None) | Q(run__prompted_by__licence=F("report__licence"))
    return RejectedRow.objects.filter(
        known,
        run__status__in=CHANGEABLE,
        run__calculation=Calculation.REJECTED,
        report__isnull=False,
        report__superseded_by=None,
        code__in=OWN_MISTAKES,
    )


def _to_correct() -> QuerySet[RejectedRow]:
    # What the office estimated is not the licensee's to correct: its actual figures take the place of that.
    return _standing().exclude(report__kind=FileKind.ESTIMATE)


def _refusals(rows: QuerySet[RejectedRow]) -> dict[UUID, Refusal]:
    """What refused rows say of each report: several closes refuse the same place, which counts once."""
    place = Func(*_PLACE, function="ROW", output_field=TextField())
    told = (
        rows.order_by()
        .values_list("report")
        .annotate(count=Count(place, distinct=True), periods=ArrayAgg("run__period", distinct=True))
    )
    return {
        report: Refusal(min(periods, key=lambda period: span_of(period).first_month), count)
        for report, count, periods in told
    }


def _refused_estimates(runs: Collection[CloseRun]) -> set[UUID]:
    """The estimates of the office that some closes could not be calculated from: they fill no place."""
    rows = _standing().filter(run__in=runs, report__kind=FileKind.ESTIMATE)
    return set(rows.order_by().values_list("report", flat=True))


def late_in(run: CloseRun, *, on: date) -> list[Licence]:
    """Return the licences of which a first close lacks a report whose day has passed.

    An estimate fills its place, unless the close cannot be calculated from it.
    """
    licences = list(Licence.objects.filter(programme=run.programme_id, state__in=BINDING_STATES).order_by("code", "pk"))
    lacking = months_without_report(licences, run.first_month, run.last_month, but_for=_refused_estimates([run]))
    due = {month: report_due_on(run.programme, month) for months in lacking.values() for month in months}
    return [licence for licence in licences if any(due[month] < on for month in lacking[licence.pk])]


def closes_waiting_for(rows: Sequence[DueReport]) -> Mapping[tuple[UUID, date], str]:
    """Return which late reports an open first close waits for, by licence and first month, with the close's period."""
    late = [row for row in rows if row.days_left < 0]
    if not late:
        return {}
    # One that is approved waits for nothing any more.
    runs = CloseRun.objects.filter(
        programme__in={row.licence.programme_id for row in late}, status__in=CHANGEABLE, corrects=None
    ).order_by("-first_month")
    spans = [(run.programme_id, run.first_month, run.last_month, run.period) for run in runs]
    waited = {
        (row.licence.pk, row.first_month): period
        for row in late
        for programme_id, first, last, period in spans
        if programme_id == row.licence.programme_id and row.first_month <= last and row.last_month >= first
    }
    if not waited:
        return {}
    # An estimate of the office leaves a report due, and holds up nothing where the close can be calculated from it.
    counted = ReportedMonth.objects.filter(
        licence__in={licence for licence, _ in waited}, month__in={month for _, month in waited}
    ).exclude(report__in=_refused_estimates(runs))
    estimated = set(counted.values_list("licence", "month"))
    return {key: period for key, period in waited.items() if key not in estimated}
