"""Working figures out from what the reader may see: invoices, what settled them, what was given out, and closes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncDate, TruncMonth

from licensing.billing.ageing import BOUNDS
from licensing.billing.lifecycle import InvoiceState, SettlementKind
from licensing.billing.models import BillingTerms, Invoice, Settlement
from licensing.billing.selectors import ageing, invoices, parts_of, settlements
from licensing.close.lifecycle import RunStatus
from licensing.close.models import Adjustment, CloseBucket, CloseRun, LicenceResult, PayeeKind
from licensing.distribution.lifecycle import STATED
from licensing.distribution.models import DistributionItem
from licensing.figures.calculation import (
    Basis,
    Due,
    Expected,
    Figures,
    Found,
    What,
    at_rate,
    by_month,
    distance,
    period_name,
    shifted,
)
from licensing.figures.policies import READ_FIGURES
from licensing.figures.reported import reported_units
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.querysets import VisibleQuerySet

MOST_PERIODS: Final = 4
"""So many periods of a programme that nobody has calculated yet are looked ahead to, the earliest."""

AGES: Final = (*(name for _, name in BOUNDS), "over_90")


def programmes(*, actor: Actor) -> QuerySet[Programme]:
    """List the programmes whose figures an actor may read."""
    return Programme.objects.permitted_to(actor, READ_FIGURES).order_by("code", "pk")


def figures(rows: Sequence[Programme], months: Sequence[date], *, on: date, actor: Actor) -> list[Figures]:
    """Return the figures of programmes for months in a row, and what is open and to come as of a day."""
    first, end = shifted(months[0], -len(months)), shifted(months[-1], 1)
    ids = [row.pk for row in rows]
    found: dict[What, Found] = {
        What.BILLED: _sums(billed(actor, ids, first, end), "licence__programme", "issued_on", "gross_minor"),
        What.RECEIVED: _sums(received(actor, ids, first, end), "invoice__licence__programme", "on", "amount_minor"),
        What.DISTRIBUTED: _sums(distributed(actor, ids, first, end), "run__programme", "released_on", "amount_minor"),
    }
    due = _due(actor, ids, on=on)
    expected = {row.pk: list(_expected(row, on=on, actor=actor)) for row in rows}
    return [
        Figures(
            programme_id=row.pk,
            programme_code=row.code,
            currency=row.currency,
            months=by_month(row.pk, months, found),
            due=[Due(month, amount) for month, amount in sorted(due.get(row.pk, {}).items())],
            expected=expected[row.pk],
            **_ages(actor, row, on=on),
        )
        for row in rows
    ]


def billed(actor: Actor, ids: Iterable[UUID], first: date, end: date) -> QuerySet[Invoice]:
    """Return the invoices and credit notes of programmes that were issued from a day to before another."""
    return invoices(actor=actor).filter(
        state=InvoiceState.ISSUED, licence__programme__in=ids, issued_on__gte=first, issued_on__lt=end
    )


def received(actor: Actor, ids: Iterable[UUID], first: date, end: date) -> VisibleQuerySet[Settlement]:
    """Return the money that settled invoices of programmes from a day to before another, and what went back."""
    return settlements(actor=actor).filter(
        kind=SettlementKind.PAYMENT, invoice__licence__programme__in=ids, on__gte=first, on__lt=end
    )


def distributed(actor: Actor, ids: Iterable[UUID], first: date, end: date) -> QuerySet[DistributionItem]:
    """Return what distributions of programmes gave out that were released from a day to before another."""
    rows = DistributionItem.objects.visible_to(actor).annotate(released_on=TruncDate("run__released_at"))
    return (
        rows.filter(run__status__in=STATED, run__programme__in=ids, released_on__gte=first, released_on__lt=end)
        .exclude(kind=PayeeKind.UNDISTRIBUTED)
        .select_related("run__programme", "membership__organisation")
    )


def _sums(rows: QuerySet[Any], programme: str, day: str, amount: str) -> Found:
    grouped = (
        rows.select_related(None)
        .order_by()
        .annotate(of=F(programme), month=Cast(TruncMonth(day), DateField()))
        .values("of", "month")
        .annotate(sum=Sum(amount))
    )
    return {(row["of"], row["month"]): int(row["sum"]) for row in grouped}


def _ages(actor: Actor, programme: Programme, *, on: date) -> dict[str, Any]:
    totals, _, _ = ageing(invoices(actor=actor).filter(licence__programme=programme), on=on)
    if not totals:
        return {"ages": dict.fromkeys(AGES, 0), "credit_minor": 0}
    [told] = totals
    return {"ages": {age: getattr(told, f"{age}_minor") for age in AGES}, "credit_minor": told.credit_minor}


def _due(actor: Actor, ids: Sequence[UUID], *, on: date) -> dict[UUID, dict[date, int]]:
    """Return what is open and not late by the month in which it is due, part by part."""
    found: dict[UUID, dict[date, int]] = {}
    rows = invoices(actor=actor).filter(licence__programme__in=ids, state=InvoiceState.ISSUED, open_minor__gt=0)
    opened = list(rows.select_related("licence__programme", "plan"))
    parts = parts_of(opened, on=on)
    for row in opened:
        told = [(each.falls_due_on, each.open_minor) for each in parts.get(row.pk, ())]
        for day, amount in told or [(row.due_order, row.open_minor)]:
            if day >= on and amount:
                of = found.setdefault(row.licence.programme_id, {})
                of[day.replace(day=1)] = of.get(day.replace(day=1), 0) + amount
    return found


def _expected(programme: Programme, *, on: date, actor: Actor) -> Iterable[Expected]:
    """Tell what will be billed: posted closes first, then calculated ones, then what is reported or estimated."""

    def told(period: str, basis: Basis, amount: int, units: int | None) -> Expected:
        return Expected(programme.pk, programme.code, period, basis, amount, units)

    runs = CloseRun.objects.visible_to(actor).filter(programme=programme)
    terms = BillingTerms.objects.filter(programme=OuterRef("programme"), from_on__lte=OuterRef("posted_on"))
    posted = runs.filter(status=RunStatus.POSTED).annotate(posted_on=TruncDate("posted_at"))
    for run in posted.filter(Exists(terms)).order_by("first_month", "pk"):
        if amount := _not_issued(run, actor):
            yield told(run.period, Basis.POSTED, amount, _units(run, actor) if run.corrects_id is None else None)
    worked_out = runs.filter(status__in=(RunStatus.CALCULATED, RunStatus.APPROVED), corrects=None)
    known = set()
    for calculated in worked_out.order_by("first_month", "pk"):
        known.add(calculated.period)
        yield told(calculated.period, Basis.CALCULATED, calculated.due_minor, _units(calculated, actor))
    last = posted.filter(corrects=None).order_by("-last_month", "-pk").first()
    if last is None:
        return
    length = distance(last.first_month, last.last_month) + 1
    units_then = _units(last, actor)
    first = shifted(last.last_month, 1)
    for _ in range(MOST_PERIODS):
        if first > on:
            return
        name = period_name(first, length)
        if name not in known:
            units = reported_units(programme, first, shifted(first, length - 1), actor=actor)
            if units is not None and units_then:
                yield told(name, Basis.REPORTED, at_rate(last.due_minor, units_then, units), units)
            else:
                yield told(name, Basis.ESTIMATED, last.due_minor, None)
        first = shifted(first, length)


def _not_issued(run: CloseRun, actor: Actor) -> int:
    """Return what of a posted close stands on no issued invoice, or only on ones that were credited."""
    papers = Invoice.objects.visible_to(actor).filter(run=run, state=InvoiceState.ISSUED)
    issued = papers.values("licence").annotate(
        left=Count("pk", filter=Q(credits=None)) - Count("pk", filter=Q(credits__isnull=False))
    )
    done = [row["licence"] for row in issued.order_by() if row["left"] > 0]
    if run.corrects_id is None:
        rows = LicenceResult.objects.visible_to(actor).filter(run=run).exclude(licence__in=done)
        return int(rows.aggregate(sum=Sum("due_minor"))["sum"] or 0)
    changes = Adjustment.objects.visible_to(actor).filter(run=run, side=Adjustment.Side.LICENCE)
    return int(changes.exclude(licence__in=done).aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _units(run: CloseRun, actor: Actor) -> int:
    rows = CloseBucket.objects.visible_to(actor).filter(run=run)
    return int(rows.order_by().aggregate(sum=Sum("units"))["sum"] or 0)
