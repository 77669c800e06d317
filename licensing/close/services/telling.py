"""Whom the steps of a close are told to: finance of the operating entity, and members what became theirs."""

from uuid import UUID

from licensing.close.models import CloseRun, Statement
from platform_core.access.actors import Actor
from platform_core.identity.models import Seat
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.selectors import seats_by_organisation, seats_holding
from platform_core.notices.services import notify_seats


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
    for statement in statements:
        notify_seats(
            actor=actor,
            seats=seats[statement.membership.organisation_id],
            kind="statement.available",
            subject=statement,
            values=values | {"amount_minor": statement.amount_minor},
        )
