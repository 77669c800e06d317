"""Estimates by the office: what terms say of reports that do not come, and setting one for a licence."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from licensing.agreements.models import Licence
from licensing.reports import storage
from licensing.reports.calculation import quarter_of, write_lines
from licensing.reports.calculation.estimates import estimated_lines
from licensing.reports.events import report_filed
from licensing.reports.models import EstimateTerms, FileKind, ReportedMonth, SalesReport
from licensing.reports.policies import (
    CONFIRM_ESTIMATE_TERMS,
    ESTIMATE_REPORT,
    READ_LICENCE_FILING,
    RECORD_ESTIMATE_TERMS,
)
from licensing.reports.selectors import estimate_terms_on, lines_sold, missing_months, report_due_on
from licensing.reports.services.checking import scope_of
from licensing.reports.services.filing import months_between
from licensing.terms.selectors import get_programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.files import file_sha256
from platform_core.identity.roles import Role
from platform_core.ids import new_id
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce

_QUARTERS_BACK: Final = 4
"""So many quarters back a report is looked for that an estimate is worked out from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEstimateTerms:
    """What a programme says of reports that do not come."""

    from_on: date
    stands_in: str
    after_days: int
    percent: Decimal
    bears_interest: bool = False


@transaction.atomic
def record_estimate_terms(*, actor: Actor, programme_id: UUID, terms: NewEstimateTerms) -> EstimateTerms:
    """Record what a programme says of reports that do not come; it counts once another person has confirmed it.

    What was recorded later for the same day takes the place of what was recorded before; estimates that were set stay.
    """
    programme = get_programme(programme_id, actor=actor, for_change=True)
    require(actor, RECORD_ESTIMATE_TERMS, programme)
    checks = Checks()
    checks.text("stands_in", terms.stands_in)
    if not 0 <= terms.after_days <= 366:
        checks.wrong("after_days", "bad_number", "This is a whole number from 0 to 366.")
    if not 0 < terms.percent <= 1000 or terms.percent != terms.percent.quantize(Decimal("0.000001")):
        checks.wrong("percent", "bad_percentage", "Write a percentage above 0, with at most 6 decimals.")
    checks.refuse()
    made = EstimateTerms.objects.create(
        programme=programme,
        recorded_at=actor.clock.now(),
        recorded_by_id=actor.user_id,
        **{**asdict(terms), "stands_in": terms.stands_in.strip()},
    )
    record_event("estimate_terms.recorded", actor=actor, subject=made, changes={"percent": (None, made.percent)})
    announce(made)
    return made


@transaction.atomic
def confirm_estimate_terms(*, actor: Actor, terms_id: UUID) -> EstimateTerms:
    """Confirm that terms on estimates stand where somebody else recorded them from."""
    terms = get_visible(EstimateTerms, terms_id, actor=actor, for_change=True)
    require(actor, CONFIRM_ESTIMATE_TERMS, terms)
    if terms.confirmed_at is not None:
        raise WrongState("These terms were confirmed already.")
    terms.confirmed_at, terms.confirmed_by_id = actor.clock.now(), actor.user_id
    terms.save(update_fields=["confirmed_at", "confirmed_by"])
    record_event("estimate_terms.confirmed", actor=actor, subject=terms)
    announce(terms)
    return terms


@transaction.atomic
def estimate_report(*, actor: Actor, licence_id: UUID, month: date) -> SalesReport:
    """Set an estimate for the quarter of a month that a licensee has not reported in time, by the terms.

    It is a percentage of what was last reported for a quarter, and counts like a report: the close bills it. The
    report is still due, and takes its place when it comes; closed periods are corrected by the difference then.
    """
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme__alliance", "licensee"])
    require(actor, ESTIMATE_REPORT, licence)
    scope_of(licence, f"{month:%Y-%m}", f"{month:%Y-%m}")
    quarter = quarter_of(month)
    due_on = report_due_on(licence.programme, month)
    terms = estimate_terms_on(licence.programme, due_on)
    if terms is None:
        raise Conflict("No confirmed terms say how a report of these months is estimated: record them first.")
    last_day = due_on + timedelta(days=terms.after_days)
    if today(actor.clock, licence.programme.alliance.zone) <= last_day:
        raise Conflict(f"The terms allow an estimate after {last_day}, and not before.")
    running = _unreported(licence, quarter)
    base, back = _last_reported(licence, quarter)
    with storage.new_folder() as folder:
        lines = folder / storage.LINES_NAME
        batches = estimated_lines(
            _lines_of(base),
            months=3 * back,
            percent=terms.percent,
            wanted={f"{each:%Y-%m}" for each in running},
        )
        if not batches:
            raise Conflict("Nothing was sold in the quarter that was last reported: there is nothing to estimate by.")
        report = SalesReport(
            id=new_id(),
            licence=licence,
            first_month=quarter[0],
            last_month=quarter[1],
            kind=FileKind.ESTIMATE,
            line_count=write_lines(iter(batches), lines),
            lines_sha256=file_sha256(lines),
            is_estimate=True,
            estimated_from=base[-1],
            estimate_terms=terms,
            # The licence is locked, and its reports are never removed: no two have one number.
            number=SalesReport.objects.filter(licence=licence).count() + 1,
            filed_at=actor.clock.now(),
            filed_by_id=actor.user_id,
            filed_from_id=actor.seat_id,
        )
        report.save(force_insert=True)
        # Files without a row, after a crash here, are never read; a row without files would be.
        storage.keep(folder, report.pk)
    ReportedMonth.objects.bulk_create(
        ReportedMonth(licence=licence, month=each, report=report) for each in months_between(*quarter)
    )
    record_event("sales_report.estimated", actor=actor, subject=report, changes={"percent": (None, terms.percent)})
    notify_seats(
        actor=actor,
        seats=list(seats_holding(Role.LICENSEE, actor=actor, organisation=licence.licensee_id)),
        kind="sales_report.estimated",
        subject=report,
        values={"licence": licence.code, "months": f"{quarter[0]:%Y-%m} – {quarter[1]:%Y-%m}"},
    )
    report_filed.tell(actor, report)
    announce(report)
    announce(licence, to=READ_LICENCE_FILING)
    return report


def _unreported(licence: Licence, quarter: tuple[date, date]) -> list[date]:
    """Return the months of a quarter in which a licence runs; refused where some of them are reported or estimated."""
    counted = ReportedMonth.objects.filter(licence=licence, month__range=quarter).order_by("month")
    if taken := [f"{month:%Y-%m}" for month in counted.values_list("month", flat=True)]:
        raise Conflict(f"Reported or estimated already: {', '.join(taken)}.", months=taken)
    months = missing_months([licence], *quarter)[licence.pk]
    if not months:
        raise invalid("/month", "outside_licence", "The licence was not in force in these months.")
    return months


def _last_reported(licence: Licence, quarter: tuple[date, date]) -> tuple[list[SalesReport], int]:
    """Return the reports that count for the last quarter that was reported whole, and how many quarters ago it was."""
    for back in range(1, _QUARTERS_BACK + 1):
        count = quarter[0].year * 12 + quarter[0].month - 1 - 3 * back
        months = quarter_of(date(count // 12, count % 12 + 1, 1))
        counted = ReportedMonth.objects.filter(licence=licence, month__range=months, report__is_estimate=False)
        if counted.count() == len(months_between(*months)):
            reports = SalesReport.objects.filter(counted_months__in=counted).distinct()
            return list(reports.order_by("last_month", "pk")), back
    raise Conflict("No quarter of the last year was reported whole: there is nothing to estimate by.")


def _lines_of(reports: list[SalesReport]) -> Iterator[pa.RecordBatch]:
    for report in reports:
        path = lines_sold(report)
        if path is not None:
            with pq.ParquetFile(path) as file:
                counted = {f"{each:%Y-%m}" for each in report.counted_months.values_list("month", flat=True)}
                for batch in file.iter_batches():
                    yield batch.filter(pa.array([month in counted for month in batch["month"].to_pylist()]))
