"""Working figures out from what the reader may see: invoices, what settled them, what was given out, and closes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncDate, TruncMonth

from licensing.billing.ageing import BOUNDS, age_of
from licensing.billing.lifecycle import InvoiceState, SettlementKind
from licensing.billing.models import BillingTerms, Invoice, Settlement
from licensing.billing.selectors import invoices, parts_of, settlements
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
    standing = _standing(actor, ids, on=on)
    expected = expected_of(rows, on=on, actor=actor)
    return [
        Figures(
            programme_id=row.pk,
            programme_code=row.code,
            currency=row.currency,
            months=by_month(row.pk, months, found),
            ages=standing[row.pk].ages,
            credit_minor=standing[row.pk].credit_minor,
            due=[Due(month, amount) for month, amount in sorted(standing[row.pk].due.items())],
            expected=expected[row.pk],
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
    rows = settlements(actor=actor).filter(
        kind=SettlementKind.PAYMENT, invoice__licence__programme__in=ids, on__gte=first, on__lt=end
    )
    return rows.select_related("invoice__licence__programme")


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


@dataclass(slots=True)
class _Standing:
    """What is open of a programme's invoices: by age, and what is not late by the month in which it is due."""

    ages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(AGES, 0))
    credit_minor: int = 0
    due: dict[date, int] = field(default_factory=dict)


def _standing(actor: Actor, ids: Sequence[UUID], *, on: date) -> dict[UUID, _Standing]:
    """Return what is open of programmes, part by part where an invoice is paid so."""
    found = {pk: _Standing() for pk in ids}
    rows = invoices(actor=actor).filter(licence__programme__in=ids, state=InvoiceState.ISSUED).exclude(open_minor=0)
    opened = list(rows.select_related("licence__programme", "plan"))
    parts = parts_of(opened, on=on)
    for row in opened:
        of = found[row.licence.programme_id]
        if row.open_minor < 0:
            of.credit_minor -= row.open_minor
            continue
        told = [(each.falls_due_on, each.open_minor) for each in parts.get(row.pk, ())]
        for day, amount in told or [(row.due_order, row.open_minor)]:
            of.ages[age_of(day, on=on)] += amount
            if day >= on and amount:
                of.due[day.replace(day=1)] = of.due.get(day.replace(day=1), 0) + amount
    return found


def expected_of(rows: Sequence[Programme], *, on: date, actor: Actor) -> dict[UUID, list[Expected]]:
    """Tell what will be billed: posted closes first, then calculated ones, then what is reported or estimated."""
    ids = [row.pk for row in rows]
    runs = CloseRun.objects.visible_to(actor).filter(programme__in=ids)
    terms = BillingTerms.objects.filter(programme=OuterRef("programme"), from_on__lte=OuterRef("posted_on"))
    posted = runs.filter(status=RunStatus.POSTED).annotate(posted_on=TruncDate("posted_at"))
    unbilled = _not_issued(actor, posted.filter(Exists(terms)))
    to_bill = list(runs.filter(pk__in=unbilled).order_by("first_month", "pk"))
    worked_out = list(
        runs.filter(status__in=(RunStatus.CALCULATED, RunStatus.APPROVED), corrects=None).order_by("first_month", "pk")
    )
    last = {
        run.programme_id: run
        for run in runs.filter(status=RunStatus.POSTED, corrects=None)
        .order_by("programme_id", "-last_month", "-pk")
        .distinct("programme_id")
    }
    units = _units(actor, [*to_bill, *worked_out, *last.values()])
    ahead = {pk: _periods_after(run, on=on) for pk, run in last.items()}
    known = {(run.programme_id, run.period) for run in worked_out}
    reported = reported_units(
        [(pk, first, last_month) for pk, spans in ahead.items() for _, first, last_month in spans], actor=actor
    )
    found: dict[UUID, list[Expected]] = {row.pk: [] for row in rows}
    codes = {row.pk: row.code for row in rows}

    def tell(pk: UUID, period: str, basis: Basis, amount: int, counted: int | None) -> None:
        found[pk].append(Expected(pk, codes[pk], period, basis, amount, counted))

    for run in to_bill:
        counted = units.get(run.pk, 0) if run.corrects_id is None else None
        tell(run.programme_id, run.period, Basis.POSTED, unbilled[run.pk], counted)
    for run in worked_out:
        tell(run.programme_id, run.period, Basis.CALCULATED, run.due_minor, units.get(run.pk, 0))
    for pk, spans in ahead.items():
        then = units.get(last[pk].pk, 0)
        for name, first, _ in spans:
            if (pk, name) in known:
                continue
            now = reported.get((pk, first))
            if now is not None and then:
                tell(pk, name, Basis.REPORTED, at_rate(last[pk].due_minor, then, now), now)
            else:
                tell(pk, name, Basis.ESTIMATED, last[pk].due_minor, None)
    return found


def _periods_after(last: CloseRun, *, on: date) -> list[tuple[str, date, date]]:
    """Return the periods after a close that have begun, with their first and last months, the earliest first."""
    length = distance(last.first_month, last.last_month) + 1
    firsts = (shifted(last.last_month, 1 + length * place) for place in range(MOST_PERIODS))
    return [(period_name(first, length), first, shifted(first, length - 1)) for first in firsts if first <= on]


def _not_issued(actor: Actor, runs: QuerySet[CloseRun]) -> dict[UUID, int]:
    """Return what of posted closes stands on no issued invoice, or on credited ones only, where it is not 0."""
    issued = (
        Invoice.objects.visible_to(actor)
        .filter(run=OuterRef("run"), licence=OuterRef("licence"), state=InvoiceState.ISSUED)
        .order_by()
        .values("licence")
        .annotate(left=Count("pk", filter=Q(credits=None)) - Count("pk", filter=Q(credits__isnull=False)))
        .filter(left__gt=0)
    )
    results = LicenceResult.objects.visible_to(actor).filter(run__in=runs.filter(corrects=None).values("pk"))
    changes = Adjustment.objects.visible_to(actor).filter(
        run__in=runs.filter(corrects__isnull=False).values("pk"), side=Adjustment.Side.LICENCE
    )
    found: dict[UUID, int] = {}
    for rows, amount in ((results, "due_minor"), (changes, "amount_minor")):
        left = rows.filter(~Exists(issued)).order_by().values("run").annotate(sum=Sum(amount))
        found |= {row["run"]: int(row["sum"]) for row in left if row["sum"]}
    return found


def _units(actor: Actor, runs: Iterable[CloseRun]) -> dict[UUID, int]:
    rows = CloseBucket.objects.visible_to(actor).filter(run__in=[run.pk for run in runs])
    return {row["run"]: int(row["sum"]) for row in rows.order_by().values("run").annotate(sum=Sum("units"))}
