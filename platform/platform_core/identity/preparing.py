"""Seats that somebody from outside an organisation gives there: they open nothing of its own before they are confirmed.

Otherwise an office could seat its own people at an organisation that has nothing yet, and they would see what it
comes to have as a member or licensee.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from platform_core.access.acting import Limits
from platform_core.access.actors import Actor, ActorKind
from platform_core.access.kernel import get_visible, require, require_each
from platform_core.audit.services import record_event
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import WAITING, Organisation, Seat
from platform_core.identity.policies import CONFIRM_SEAT
from platform_core.identity.roles import ROLE_SCOPES, Role, RoleScope
from platform_core.identity.ties import holds_something
from platform_core.problems import WrongState

ASKED_AGAIN_AFTER: Final = timedelta(seconds=30)
"""How long an open socket of a waiting seat goes on without being asked whether the organisation has something now."""


@transaction.atomic
def confirm_seat(*, actor: Actor, seat_id: UUID) -> Seat:
    """Confirm that a person whom somebody from outside seated at an organisation belongs there."""
    seat = get_visible(Seat, seat_id, actor=actor, for_change=True)
    require(actor, CONFIRM_SEAT, seat)
    if seat.ended_at is not None:
        raise WrongState("This seat has ended; open a new one.")
    if not seat.waits:
        raise WrongState("This seat waits for nobody's confirmation.")
    _confirm(actor, [seat])
    return seat


@transaction.atomic
def confirm_seats(*, actor: Actor, seat_ids: Collection[UUID]) -> list[Seat]:
    """Confirm many people at once, or nobody if one of them is not the actor's to confirm."""
    # Locked first: after a merger that one had to wait for, one may confirm others than before.
    rows = Seat.objects.visible_to(actor).filter(pk__in=seat_ids).select_for_update(of=("self",), no_key=True)
    seats = list(rows.select_related("user", "organisation").order_by("pk"))
    require_each(actor, CONFIRM_SEAT, Seat, seat_ids)
    if any(seat.ended_at is not None or not seat.waits for seat in seats):
        raise WrongState("Some of these seats have ended, or wait for nobody's confirmation.")
    _confirm(actor, seats)
    return seats


def _confirm(actor: Actor, seats: Sequence[Seat]) -> None:
    now = actor.clock.now()
    for seat in seats:
        seat.confirmed_by_id, seat.confirmed_at = actor.person_id, now
    Seat.objects.bulk_update(seats, ["confirmed_by", "confirmed_at"])
    for seat in seats:
        record_event("seat.confirmed", actor=actor, subject=seat, changes={"confirmed_at": (None, now)})
    RIGHTS_CHANGED.tell([seat.pk for seat in seats])


def preparer_of(actor: Actor, organisation: Organisation) -> UUID | None:
    """Return whose work a new seat at an organisation is, if its own people are not those who give it.

    Whoever was seated from outside and waits still gives seats in the name of the one who seated them.
    """
    if actor.kind is not ActorKind.USER or actor.seat_id is None:
        return None
    if actor.organisation_id not in (organisation.pk, None):
        return actor.user_id
    own = Seat.objects.filter(pk=actor.seat_id, organisation=organisation).first()
    if own is None:
        return actor.user_id
    return own.prepared_by_id if own.waits else None


def limits_of_waiting(seats: Sequence[Seat], now: datetime, in_session: Collection[UUID]) -> dict[UUID, Limits]:
    """Take what is the organisation's own from seats that wait, as soon as the organisation has anything."""
    waiting = [seat for seat in seats if seat.waits]
    holding = {pk for pk in {seat.organisation_id for seat in waiting} if holds_something(pk)}
    return {
        seat.pk: _without_organisation(seat)
        if seat.organisation_id in holding
        else Limits(until=now + ASKED_AGAIN_AFTER)
        for seat in waiting
    }


def _without_organisation(seat: Seat) -> Limits:
    rows = seat.role_assignments.all()
    return Limits(
        blocked=frozenset(row.pk for row in rows if ROLE_SCOPES[Role(row.role)] is RoleScope.ORGANISATION),
        outside=True,
    )


def have_confirmed_anew(actor: Actor, kept: Organisation, merged: Organisation) -> None:
    """Let the people of either organisation wait where the other one brings something that they did not see before."""
    if actor.user_id is None:
        return
    # All are locked, also those that wait: a confirmation that is under way is given for what was there before.
    seats = Seat.objects.select_for_update(no_key=True).filter(organisation__in=[kept, merged], ended_at=None)
    list(seats.order_by("pk").values_list("pk"))
    for seated, other in ((kept, merged), (merged, kept)):
        if holds_something(other.pk):
            seats = Seat.objects.filter(organisation=seated, ended_at=None).exclude(WAITING)
            seats.update(prepared_by=actor.user_id, confirmed_by=None, confirmed_at=None)
