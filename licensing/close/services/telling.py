"""Whom the steps of a close are told to: finance, members what is theirs, licensees what of theirs is in the way."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import Model

from licensing.agreements.models import Licence
from licensing.close.hindrances import late_in, refused_in
from licensing.close.models import CloseRun, Statement
from licensing.reports.models import SalesReport
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.identity.models import Seat
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.selectors import seats_by_organisation, seats_holding, seats_told
from platform_core.notices.services import notify_of_each, notify_seats


def tell_finance(*, actor: Actor, run: CloseRun, kind: str, but_not: UUID | None = None, reason: str = "") -> None:
    """Tell the other seats of finance what became of a run; one person may be left out."""
    _tell(actor=actor, run=run, kind=kind, seats=_finance_of(run, actor), but_not=but_not, reason=reason)


def _finance_of(run: CloseRun, actor: Actor) -> list[UUID]:
    return seats_holding(
        Role.FINANCE,
        actor=actor,
        operating_entity=run.programme.operating_entity_id,
        purpose=Purpose.ROYALTIES,
    )


def _tell(*, actor: Actor, run: CloseRun, kind: str, seats: list[UUID], but_not: UUID | None, reason: str = "") -> None:
    if but_not is not None:
        own = set(Seat.objects.filter(pk__in=seats, user=but_not).values_list("pk", flat=True))
        seats = [seat for seat in seats if seat not in own]
    values = {"programme": run.programme.code, "period": run.period, "number": run.number}
    notify_seats(
        actor=actor, seats=seats, kind=kind, subject=run, values=values | ({"reason": reason} if reason else {})
    )


def tell_approvers(*, actor: Actor, run: CloseRun, but_not: UUID | None = None) -> None:
    """Tell everybody who may be the second person that a run waits for one; one person is left out."""
    approvers = seats_holding(Role.CLOSE_APPROVER, actor=actor, operating_entity=run.programme.operating_entity_id)
    seats = [*_finance_of(run, actor), *approvers]
    _tell(actor=actor, run=run, kind="close_run.awaits_approval", seats=seats, but_not=but_not)


def tell_members(*, actor: Actor, run: CloseRun) -> None:
    """Tell members' finance and administrators that their statements of a posted run are there."""
    if run.corrects_id is not None:
        # What a correction changed is folded into a later figure: members hear of it then.
        return
    values = {"programme": run.programme.code, "period": run.period, "currency": run.currency}
    statements = list(Statement.objects.filter(run=run).select_related("membership"))
    seats = seats_by_organisation(
        (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN),
        actor=actor,
        organisations=(statement.membership.organisation_id for statement in statements),
    )
    notify_of_each(
        actor=actor,
        kind="statement.available",
        each=(
            (statement, seats[statement.membership.organisation_id], values | {"amount_minor": statement.amount_minor})
            for statement in statements
        ),
    )


def tell_late_licensees(*, actor: Actor, run: CloseRun) -> None:
    """Tell the licensees whose own report a first close lacks after its day, each once for the period."""
    if run.corrects_id is not None:
        # What was closed without a report is corrected once it comes: nothing waits for it.
        return
    kind = "licence.report_holds_up_close"
    late = late_in(run, on=today(actor.clock, run.programme.alliance.zone))
    told = seats_told(kind, Licence, [licence.pk for licence in late], period=run.period)
    values = {"programme": run.programme.code, "period": run.period}
    _tell_licensees(actor, kind, [(licence, licence, values) for licence in late], told)


def tell_refused_licensees(*, actor: Actor, run: CloseRun) -> None:
    """Tell the licensees whose own report a run could not be calculated from, each once for the report."""
    kind = "sales_report.holds_up_close"
    refused = refused_in(run)
    told = seats_told(kind, SalesReport, [each.report.pk for each in refused])
    values = {"programme": run.programme.code, "period": run.period}
    about = [(each.report.licence, each.report, values | {"count": each.refusal.count}) for each in refused]
    _tell_licensees(actor, kind, about, told)


def _tell_licensees(
    actor: Actor,
    kind: str,
    about: Sequence[tuple[Licence, Model, Mapping[str, object]]],
    told: Mapping[UUID, Collection[UUID]],
) -> None:
    """Tell each licensee but those seats that were told of the same thing; at once, since the programme is locked."""
    seats = seats_by_organisation(
        (Role.LICENSEE,), actor=actor, organisations=(licence.licensee_id for licence, _, _ in about)
    )
    notify_of_each(
        actor=actor,
        kind=kind,
        each=(
            (subject, [seat for seat in seats[licence.licensee_id] if seat not in told[subject.pk]], values)
            for licence, subject, values in about
        ),
    )
