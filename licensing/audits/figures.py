"""What posted closes have billed of the months of an audit, and what they have yet to bill."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from licensing.agreements.calculation import own_enterprise
from licensing.agreements.models import Licence, LicenceChange
from licensing.audits.calculation import used_up
from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit, AuditFinding
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseInput, CloseRun, LicenceResult
from licensing.close.policies import CLOSE_WORK
from licensing.close.selectors import inputs_of
from licensing.engine import period_months
from licensing.engine.limits import MINIMUM
from licensing.engine.model import first_day
from licensing.reports.selectors import report_due_on
from licensing.terms.selectors import terms_in_force
from platform_core.access.actors import Actor
from platform_core.money import apportion

OWN: Final = "~"
"""Products of a close that begin so are no sales: minimums and charges."""
DECEMBER: Final = 12
_EVERY: Final = Q()


@dataclass(frozen=True, slots=True)
class Reported:
    """What a posted close counted of one period and product of a licence."""

    period: str
    product: str
    units: int
    minor: int
    due_on: date
    posted_on: date

    @property
    def is_minimum(self) -> bool:
        """Whether it is what the sales of a year lacked to its minimum."""
        return self.product.startswith(MINIMUM)


def reported_to(audit: Audit) -> list[Reported]:
    """Return what was reported and billed of the months audited, by period and product, as the last closes say.

    The caller answers for who may know. A period counts if all of its months are audited. The minimums of the years
    audited come along, whichever of their closes bills them: sales that were left out would have used them up.
    """
    found = []
    for run in _last_runs(audit.licence, first_month__gte=audit.first_month, last_month__lte=audit.last_month):
        found += [row for row in _of_run(audit, run, [audit.licence]) if not row.product.startswith(OWN)]
    for run in _last_runs(audit.licence, _decembers_of(audit)):
        rows = _of_run(audit, run, [audit.licence])
        group = _group_of(audit.licence, run.last_month)
        # The minimum of a group is billed with one of its licences.
        rows += [row for row in _of_run(audit, run, group) if _is_shared(run, row.product)]
        found += [row for row in rows if row.is_minimum]
    return sorted(found, key=lambda row: (row.period, row.product))


@dataclass(frozen=True, slots=True)
class Used:
    """What of a minimum other audits have used up, in minor units."""

    then_minor: int
    """By what was billed when their auditor was let in."""
    now_minor: int
    """By what closes bill by now."""


def used_by_others(audit: Audit, period: str, product: str, minor: int) -> Used:
    """Return what of a minimum other audits have used up: what a year's minimum has paid is taken off once.

    They are settled audits of the same year, of the licence itself and, where the minimum is that of a group, of its
    other licences.
    """
    month = last_month_of(period)
    run = next(iter(_last_runs(audit.licence, Q(period=period))), None)
    is_shared = run is not None and _is_shared(run, product)
    others = (
        Audit.objects.filter(
            licence__in=[audit.licence, *(_group_of(audit.licence, month) if is_shared else [])],
            state=AuditState.SETTLED,
            reversed_at=None,
            first_month__year__lte=month.year,
            last_month__year__gte=month.year,
        )
        .exclude(pk=audit.pk)
        .select_related("clause")
    )
    findings: dict[UUID, list[AuditFinding]] = defaultdict(list)
    for finding in AuditFinding.objects.filter(audit__in=[other.pk for other in others]).exclude(
        product__startswith=OWN
    ):
        findings[finding.audit_id].append(finding)

    def used(against: Callable[[AuditFinding], int]) -> int:
        found = 0
        for other in others:
            differences = [
                (last_month_of(each.period).year, each.found_minor - against(each)) for each in findings[other.pk]
            ]
            found += used_up(differences, year=month.year, minor=minor, nets=other.clause.nets)
        return min(found, minor)

    return Used(then_minor=used(lambda each: each.reported_minor), now_minor=used(_billed_by_now))


def _billed_by_now(finding: AuditFinding) -> int:
    # Those settled before findings kept what is billed had nothing billed since.
    return finding.reported_minor if finding.billed_minor is None else finding.billed_minor


def due_of(audit: Audit, last_month: date) -> date:
    """Return the day by which the royalty of a period was to be paid, as the clause counts it."""
    return report_due_on(audit.licence.programme, last_month) + timedelta(days=audit.clause.payment_days)


def months_not_closed(licence: Licence, first_month: date, last_month: date) -> tuple[date, str] | None:
    """Return the first month of a span that no posted close inside of it bills, with the period it is closed in if any.

    An audit puts what was found beside what was billed: without a close there is nothing beside it.
    """
    runs = _last_runs(licence, first_month__lte=last_month, last_month__gte=first_month)
    periods = {month: run for run in runs for month in _months(run.first_month, run.last_month)}
    for month in _months(first_month, last_month):
        run = periods.get(month)
        if run is None:
            return month, ""
        if run.first_month < first_month or run.last_month > last_month:
            return month, run.period
    return None


def periods_of(audit: Audit) -> list[str]:
    """Return the periods in which the months of an audit were closed."""
    runs = _last_runs(audit.licence, first_month__gte=audit.first_month, last_month__lte=audit.last_month)
    return [run.period for run in runs]


def has_unbilled_reports(audit: Audit) -> bool:
    """Whether reports of the licence count that the closes of the months audited have not billed as they are now.

    What they bring is billed by the next close: an audit would charge it once more.
    """
    work = Actor.system(CLOSE_WORK)
    inside = Q(first_month__gte=audit.first_month, last_month__lte=audit.last_month)
    for run in _last_runs(audit.licence, inside | _decembers_of(audit)):
        used = CloseInput.objects.filter(run=run, report__licence=audit.licence_id)
        now = inputs_of(run, actor=work).filter(licence=audit.licence_id)
        if set(now.values_list("pk", flat=True)) != set(used.values_list("report_id", flat=True)):
            return True
    return False


def years_without_their_minimum(audit: Audit) -> list[int]:
    """Return the years audited whose minimum no posted close has billed yet, of terms that have one for the licence."""
    billed = {run.last_month.year for run in _last_runs(audit.licence, _decembers_of(audit))}
    missing = []
    for year in range(audit.first_month.year, audit.last_month.year + 1):
        terms = terms_in_force(audit.licence.programme_id, on=date(year, DECEMBER, 31))
        minimums = [] if terms is None else terms.content.get("minimums", [])
        if year not in billed and any(_is_of(each, audit.licence) for each in minimums):
            missing.append(year)
    return missing


def _is_of(minimum: dict[str, object], licence: Licence) -> bool:
    named = minimum.get("licences", "*")
    return named == "*" or (isinstance(named, list) and licence.code in named)


def _minimums(run: CloseRun) -> list[dict[str, object]]:
    found: list[dict[str, object]] = run.terms_version.content.get("minimums", [])
    return found


def _is_shared(run: CloseRun, product: str) -> bool:
    """Whether what a close billed as a minimum is that of all licences of a group."""
    scopes = {str(each.get("id")): each.get("scope") for each in _minimums(run)}
    return scopes.get(product.removeprefix(MINIMUM)) != "licence"


def last_month_of(period: str) -> date:
    """Return the first day of the last month of a period."""
    months = period_months(period)
    if months is None:
        raise ValueError(f"{period!r} is no period")
    return first_day(months[1])


def _decembers_of(audit: Audit) -> Q:
    years = {"last_month__year__gte": audit.first_month.year, "last_month__year__lte": audit.last_month.year}
    return Q(last_month__month=DECEMBER, **years)


def _last_runs(licence: Licence, which: Q = _EVERY, **of: date) -> list[CloseRun]:
    """Return the last posted close of each period of a licence's programme, in the order of their months."""
    runs = CloseRun.objects.filter(which, programme=licence.programme_id, status=RunStatus.POSTED, **of)
    latest = {run.period: run for run in runs.select_related("terms_version").order_by("number")}
    return sorted(latest.values(), key=lambda run: run.first_month)


def _of_run(audit: Audit, run: CloseRun, licences: list[Licence]) -> list[Reported]:
    """Return what a close billed licences of each product, so that it adds up to their invoices."""
    found = []
    due_on = due_of(audit, run.last_month)
    if run.posted_at is None:
        raise TypeError("a posted close has its instant")
    posted_on = run.posted_at.astimezone(ZoneInfo(audit.licence.programme.alliance.zone)).date()
    for licence in licences:
        rows = CloseBucket.objects.filter(run=run, licence=licence).values("product")
        sums = rows.annotate(units=Sum("units"), micros=Sum("billed_micros")).order_by("product")
        billed = {row["product"]: (int(row["units"]), int(row["micros"])) for row in sums}
        result = LicenceResult.objects.filter(run=run, licence=licence).first()
        if result is None or not billed:
            continue
        weights = [micros for _, micros in billed.values()]
        minor = apportion(result.royalty_minor, weights) if any(weights) else [0] * len(weights)
        found += [
            Reported(run.period, product, units, amount, due_on, posted_on)
            for (product, (units, _)), amount in zip(billed.items(), minor, strict=True)
        ]
    return found


def _group_of(licence: Licence, month: date) -> list[Licence]:
    """Return the other licences of a programme that accumulate with a licence in a month."""
    others = Licence.objects.filter(programme=licence.programme_id).exclude(pk=licence.pk).select_related("licensee")
    changes = LicenceChange.objects.filter(
        ~Q(enterprise=""), licence__programme=licence.programme_id, month__lte=month
    ).order_by("month")
    joined = dict(changes.values_list("licence_id", "enterprise"))

    def key(each: Licence) -> str:
        return joined.get(each.pk) or each.enterprise or own_enterprise(each.licensee_id)

    return [other for other in others if key(other) == key(licence)]


def _months(first: date, last: date) -> list[date]:
    """List the first days of all months from one to another."""
    begin, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(begin, end + 1)]
