"""Opening a run: one at a time per programme and period, under one lock."""

from uuid import UUID

from django.db.models import Max, Q

from licensing.close.calculation import Span
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.reports.models import SalesReport
from licensing.terms.models import Programme, TermsVersion
from licensing.terms.selectors import terms_in_force
from platform_core.access.actors import Actor
from platform_core.problems import Conflict


def lock_programme(programme_id: UUID) -> Programme:
    """Lock a programme's closes until the transaction ends; rows that refer to the programme can still be added."""
    return (
        Programme.objects.select_for_update(of=("self",), no_key=True)
        .select_related("alliance", "operating_entity")
        .get(pk=programme_id)
    )


def open_draft(
    *,
    actor: Actor,
    programme: Programme,
    span: Span,
    corrects: CloseRun | None,
    opened_by_id: UUID | None,
    prompted_by: SalesReport | None = None,
) -> CloseRun:
    """Make the next run of a locked programme's period as a draft."""
    of_programme = CloseRun.objects.filter(programme=programme)
    of_period = of_programme.filter(period=span.period)
    alive = ~Q(status=RunStatus.CANCELLED)
    if of_period.filter(alive).exclude(status=RunStatus.POSTED).exists():
        raise Conflict(f"A run of {span.period} is open already: finish or cancel that one first.")
    overlapping = (
        of_programme.filter(alive, first_month__lte=span.last_month, last_month__gte=span.first_month)
        .exclude(period=span.period)
        .order_by("first_month")
        .first()
    )
    if overlapping is not None:
        raise Conflict(f"Months of {span.period} are closed with {overlapping.period}: no month is closed twice.")
    number = (of_period.aggregate(last=Max("number"))["last"] or 0) + 1
    return CloseRun.objects.create(
        programme=programme,
        period=span.period,
        first_month=span.first_month,
        last_month=span.last_month,
        number=number,
        terms_version=terms_for(programme, span),
        corrects=corrects,
        prompted_by=prompted_by,
        opened_at=actor.clock.now(),
        opened_by_id=opened_by_id,
    )


def terms_for(programme: Programme, span: Span) -> TermsVersion:
    """Return the terms in force on the period's last day."""
    terms = terms_in_force(programme.pk, on=span.last_day)
    if terms is None:
        raise Conflict(f"No published terms are in force on {span.last_day:%Y-%m-%d}: publish them first.")
    return terms
