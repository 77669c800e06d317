"""Reading sales reports, through what the reader may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.agreements.policies import READ_LICENCE
from licensing.reports import storage
from licensing.reports.calculation import last_quarter, quarter_of
from licensing.reports.models import (
    DraftState,
    EstimateTerms,
    ProductAlias,
    ReportAuthority,
    ReportDraft,
    ReportedMonth,
    ReportReminder,
    SalesReport,
)
from licensing.reports.policies import DRAFT_SALES_REPORT, READ_FILING, READ_LICENCE_FILING
from licensing.terms.models import Programme, TermsState, TermsVersion
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today
from platform_core.files import file_sha256
from platform_core.identity.models import RoleAssignment, Seat
from platform_core.identity.roles import Role
from platform_core.problems import Conflict, WrongState

YEARS_DUE: Final = 2
"""So many years back it is looked at what a licensee has not reported."""

MONTHS_SHOWN: Final = 120
"""So many months of a licence are told at most, the latest."""


class NotAsFiled(Conflict):
    """A kept file of a report is gone, or is not what was filed: nothing is read from it."""

    code: ClassVar[str] = "report_not_as_filed"
    title: ClassVar[str] = "What is kept of the report is not what was filed"


def sales_reports(*, actor: Actor) -> QuerySet[SalesReport]:
    """Return the reports an actor may read, with what lists show of them."""
    return SalesReport.objects.visible_to(actor).select_related(
        "licence__programme", "licence__licensee", "supersedes", "superseded_by", "estimate_terms"
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


def estimate_of(licence: Licence, first_month: date, last_month: date) -> SalesReport | None:
    """Return the estimate that counts for exactly these months of a licence, until actual figures take its place."""
    return SalesReport.objects.filter(
        licence=licence, first_month=first_month, last_month=last_month, is_estimate=True, superseded_by=None
    ).first()


def estimate_terms(*, actor: Actor) -> VisibleQuerySet[EstimateTerms]:
    """List what programmes say of reports that do not come, as far as the actor may know."""
    return EstimateTerms.objects.visible_to(actor).select_related("programme")


def estimate_terms_on(programme: Programme, due_on: date) -> EstimateTerms | None:
    """Return what a programme says of a report that was due on a day, if two people have recorded it."""
    rows = EstimateTerms.objects.filter(programme=programme, from_on__lte=due_on, confirmed_at__isnull=False)
    # What was recorded later puts right what was recorded wrongly.
    return rows.order_by("-from_on", "-recorded_at").first()


def filed_file(report: SalesReport) -> Path | None:
    """Return where a report's file is kept as it came; none where nothing was sold."""
    return storage.filed_file(report.pk) if report.has_file else None


def lines_file(report: SalesReport) -> Path:
    """Return where a report's checked lines are kept as Parquet."""
    return storage.lines_file(report.pk)


def lines_sold(report: SalesReport) -> Path | None:
    """Return where the lines of a report are kept that has some; None where nothing was sold."""
    return None if report.is_nil else lines_filed(report)


def lines_filed(report: SalesReport) -> Path:
    """Return where the lines of a report are kept, none among them where nothing was sold.

    Raises NotAsFiled where they are gone, or are others than were filed.
    """
    return _kept(report, storage.lines_file(report.pk), report.lines_sha256)


def details_filed(report: SalesReport) -> Path | None:
    """Return where what was said of a report's lines besides is kept; None where nothing was. Raises NotAsFiled."""
    if not report.details_sha256:
        return None
    return _kept(report, storage.details_file(report.pk), report.details_sha256)


def is_as_filed(report: SalesReport) -> bool:
    """Whether the kept file, lines and details are still those that were filed: each is read whole for its hash."""
    expected = {
        storage.filed_file(report.pk): report.file_sha256,
        storage.lines_file(report.pk): report.lines_sha256,
        storage.details_file(report.pk): report.details_sha256,
    }
    return all(_sha256_of(path) == told for path, told in expected.items() if told)


def report_superseded(report: SalesReport, *, actor: Actor) -> SalesReport | None:
    """Return the report that one took the place of, if there is one and the actor may read it."""
    return sales_reports(actor=actor).filter(pk=report.supersedes_id).first() if report.supersedes_id else None


def counted_months(report: SalesReport) -> list[date]:
    """Return the months for which a report counts: none once it is superseded."""
    return list(report.counted_months.order_by("month").values_list("month", flat=True))


def _kept(report: SalesReport, path: Path, sha256: str) -> Path:
    found = _sha256_of(path)
    if found is None:
        raise NotAsFiled(f"The file of report {report.pk} is missing: restore it from the backup.")
    if found != sha256:
        raise NotAsFiled(f"The file of report {report.pk} is not what was filed: restore it from the backup.")
    return path


def _sha256_of(path: Path) -> str | None:
    try:
        return file_sha256(path)
    except FileNotFoundError:
        return None


def unreported_licences(first: date, last: date) -> QuerySet[Licence]:
    """Return the licences that run in some months of a span and lack the report of one in which they run.

    A suspended licence is still reported under, and one that has ended for the months until then.
    """
    lacking = Q(pk__in=[])
    for month in _calendar_months(first, last):
        reported = Exists(ReportedMonth.objects.filter(licence=OuterRef("pk"), month=month, report__is_estimate=False))
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
    """Return for each licence the months of a span in which it runs and for which no report counts but an estimate."""
    return _lacking(licences, first, last, ReportedMonth.objects.filter(report__is_estimate=False))


def months_without_report(
    licences: Collection[Licence], first: date, last: date, *, but_for: Collection[UUID] = ()
) -> dict[UUID, list[date]]:
    """Return for each licence the months of a span in which it runs and for which nothing counts, no estimate.

    `but_for` are reports that are taken for not there.
    """
    return _lacking(licences, first, last, ReportedMonth.objects.exclude(report__in=but_for))


def _lacking(
    licences: Collection[Licence], first: date, last: date, counting: QuerySet[ReportedMonth]
) -> dict[UUID, list[date]]:
    pairs = counting.filter(licence__in=licences, month__range=(first, last))
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
    # An estimate leaves a month unreported.
    counted = ReportedMonth.objects.filter(licence=licence, report__is_estimate=False)
    pairs = counted.values_list("month", "report__filed_at")
    filed = dict(pairs)
    first = licence.starts_on or min(filed, default=day)
    over = [month for month in _calendar_months(first, licence.ends_on or day) if month < day.replace(day=1)]
    # One that was reported before its end is told too.
    return [FiledMonth(month, filed.get(month)) for month in sorted({*over, *filed}, reverse=True)[:MONTHS_SHOWN]]


def _calendar_months(first: date, last: date) -> list[date]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


@dataclass(frozen=True, slots=True)
class DueReport:
    """Months of a licence that are to be reported together, until when, and the draft of them that is open."""

    licence: Licence
    first_month: date
    last_month: date
    due_on: date
    days_left: int
    draft_id: UUID | None
    is_over: bool = True
    """Whether all of the months are over, so that they can be reported."""


def due_reports(*, actor: Actor, ahead: bool = False) -> list[DueReport]:
    """Return what the actor's organisation has to report, the earliest first: quarters, or what of them is missing.

    The quarters of the last two years that are over are looked at; what is older is finance's to ask for. With
    `ahead` the quarter that runs comes along, which is the next to be reported.
    """
    own = Licence.objects.permitted_to(actor, DRAFT_SALES_REPORT).filter(state__in=BINDING_STATES)
    licences = list(own.select_related("programme__alliance").order_by("programme__code", "code", "pk"))
    if not licences:
        return []
    day = {licence.pk: today(actor.clock, licence.programme.alliance.zone) for licence in licences}
    over = last_quarter(max(day.values()))[1]
    first = date(over.year - YEARS_DUE, over.month, 1)
    missing = missing_months(licences, first, quarter_of(max(day.values()))[1] if ahead else over)
    open_drafts = report_drafts(actor=actor).filter(licence__in=licences, state=DraftState.OPEN)
    drafts = {(draft.licence_id, draft.first_month, draft.last_month): draft.pk for draft in open_drafts}
    found = []
    for licence in licences:
        for months in _asked_together(licence, missing[licence.pk]):
            due_on = report_due_on(licence.programme, months[-1])
            # A quarter that is over elsewhere first is not over here yet.
            is_over = months[-1] <= last_quarter(day[licence.pk])[1]
            if is_over or ahead:
                left = (due_on - day[licence.pk]).days
                draft = drafts.get((licence.pk, months[0], months[-1]))
                found.append(DueReport(licence, months[0], months[-1], due_on, left, draft, is_over))
    return sorted(found, key=lambda row: (row.due_on, row.licence.programme.code, row.licence.code, row.first_month))


def _asked_together(licence: Licence, missing: Collection[date]) -> list[list[date]]:
    """Return the quarters of which nothing is reported whole, and single months of the others."""
    quarters: dict[tuple[date, date], list[date]] = {}
    for month in missing:
        quarters.setdefault(quarter_of(month), []).append(month)
    found = []
    for (first, last), months in quarters.items():
        runs = len(_calendar_months(max(first, licence.starts_on or first), min(last, licence.ends_on or last)))
        found += [[first, last]] if len(months) == runs else [[month] for month in months]
    return found


def report_due_on(programme: Programme, month: date) -> date:
    """Return the day by which the sales of a month are to be reported: so many days after its quarter."""
    last = quarter_of(month)[1]
    return date(last.year + last.month // 12, last.month % 12 + 1, 1) + timedelta(days=programme.report_days - 1)


def report_reminders(*, actor: Actor) -> VisibleQuerySet[ReportReminder]:
    """List the reminders to report that the actor may know of."""
    return ReportReminder.objects.visible_to(actor)


def report_drafts(*, actor: Actor) -> VisibleQuerySet[ReportDraft]:
    """List the drafts of reports the actor may see: those of its own organisation."""
    return ReportDraft.objects.visible_to(actor).select_related("licence__programme", "licence__licensee")


def get_report_draft(draft_id: UUID, *, actor: Actor, for_change: bool = False) -> ReportDraft:
    """Fetch one draft the actor may see."""
    return get_visible(ReportDraft, draft_id, actor=actor, for_change=for_change, along=["licence__programme"])


def draft_lines(draft: ReportDraft) -> Path:
    """Return where an open draft's checked lines are kept; there are none once it has ended."""
    if draft.state != DraftState.OPEN:
        raise WrongState("This draft was signed or discarded already.")
    path = storage.draft_folder(draft.pk) / storage.LINES_NAME
    if not path.exists():
        raise Conflict("The kept file is not what was checked: discard the draft, and have the file checked again.")
    return path


def draft_details(draft: ReportDraft) -> Path | None:
    """Return where the details of an open draft's lines are kept; None where it has none."""
    return storage.draft_folder(draft.pk) / storage.DETAILS_NAME if draft.details_sha256 else None


def report_before(draft: ReportDraft) -> SalesReport | None:
    """Return the report to set a draft beside: the one it supersedes, or the last that counts before its months."""
    if draft.supersedes is not None:
        return draft.supersedes
    counting = SalesReport.objects.filter(licence=draft.licence_id, superseded_by=None)
    return counting.filter(last_month__lt=draft.first_month).order_by("-last_month", "-pk").first()


def report_authorities(*, actor: Actor) -> VisibleQuerySet[ReportAuthority]:
    """List who may sign reports, as far as the actor may know."""
    return ReportAuthority.objects.visible_to(actor).select_related("licence", "seat__user")


def seats_to_authorise(licence: Licence) -> QuerySet[Seat]:
    """Return the open seats of a licensee that report for it, any of which its letter of authority may name."""
    reporting = RoleAssignment.objects.filter(seat=OuterRef("pk"), role=Role.LICENSEE, ends_at=None)
    return Seat.objects.filter(Exists(reporting), organisation=licence.licensee_id, ended_at=None)


def product_aliases(*, actor: Actor) -> VisibleQuerySet[ProductAlias]:
    """List the names of products the actor may see that are in use."""
    rows = ProductAlias.objects.visible_to(actor).filter(withdrawn_at=None)
    return rows.select_related("programme", "licence")


def products_by_name(licence: Licence) -> dict[str, str]:
    """Return which product each name stands for in a licensee's reports: its own names come before everybody's."""
    rows = ProductAlias.objects.filter(Q(licence=None) | Q(licence=licence), programme=licence.programme_id)
    found = rows.filter(withdrawn_at=None).order_by(F("licence").asc(nulls_first=True), "pk")
    return dict(found.values_list("key", "product"))


def products_of(programme: Programme, *, licence: Licence | None = None) -> list[str]:
    """Return the products that a programme's terms name, as they stand; none, where its rates are for any product.

    Rates that name licences are between their parties: they count for the licence that asks alone.
    """
    latest = _published_terms(programme).order_by("-in_force_from").first()
    named: set[str] = set()
    for rate in _rates_of(latest, licence):
        named.update(_products_named(rate))
    return sorted(named)


def takes_any_product(programme: Programme, *, licence: Licence | None = None) -> bool:
    """Whether a rate of a programme's terms, as they stand, is for whatever product."""
    latest = _published_terms(programme).order_by("-in_force_from").first()
    return any(not _products_named(rate) for rate in _rates_of(latest, licence))


def product_codes(programme: Programme, *, licence: Licence | None) -> frozenset[str]:
    """Return every code of a product that terms of a programme have named, for a licence or, without one, for any."""
    found: set[str] = set()
    for version in _published_terms(programme):
        for rate in version.content.get("rates", []) if licence is None else _rates_of(version, licence):
            found.update(_products_named(rate))
    return frozenset(found)


def _published_terms(programme: Programme) -> QuerySet[TermsVersion]:
    return TermsVersion.objects.filter(programme=programme, state=TermsState.PUBLISHED)


def _rates_of(version: TermsVersion | None, licence: Licence | None) -> list[dict[str, Any]]:
    rates = version.content.get("rates", []) if version is not None else []
    return [
        rate for rate in rates if "licences" not in rate or (licence is not None and licence.code in rate["licences"])
    ]


def _products_named(rate: dict[str, Any]) -> list[str]:
    named = rate.get("products", [])
    # A star is for any product, and no code.
    return [] if named == "*" else list(named)
