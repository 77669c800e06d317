"""Starting and ending staff sessions."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.staff.models import LONGEST_SESSION, StaffSession
from platform_core.access.staff.policies import END_STAFF_SESSION, START_STAFF_SESSION
from platform_core.access.staff.selectors import open_at
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.events import RIGHTS_CHANGED
from platform_core.identity.models import Alliance, Seat
from platform_core.problems import Conflict, NotAllowed, WrongState

MINUTES_AT_MOST: Final = LONGEST_SESSION // timedelta(minutes=1)


@transaction.atomic
def start_staff_session(*, actor: Actor, alliance_id: UUID, reason: str, minutes: int) -> StaffSession:
    """Open one alliance's data for reading to the seat that acts, for so many minutes and for a reason."""
    if actor.seat_id is None:
        raise NotAllowed("Only a person in a seat can open a staff session.")
    # The seat is locked, so that two sessions cannot be opened at once.
    seat = get_visible(Seat, actor.seat_id, actor=actor, for_change=True)
    alliance = get_visible(Alliance, alliance_id, actor=actor)
    require(actor, START_STAFF_SESSION, alliance)

    reason = reason.strip()
    checks = Checks()
    checks.text("reason", reason, longest=500)
    if not 1 <= minutes <= MINUTES_AT_MOST:
        checks.wrong("minutes", "out_of_range", f"A staff session lasts 1 to {MINUTES_AT_MOST} minutes.")
    checks.refuse()
    now = actor.clock.now()
    if StaffSession.objects.filter(open_at(now), seat=seat).exists():
        raise Conflict("You have a staff session open. End it before you open another one.")

    session = StaffSession.objects.create(
        seat=seat, alliance=alliance, reason=reason, starts_at=now, ends_at=now + timedelta(minutes=minutes)
    )
    record_event(
        "staff_session.started",
        actor=actor,
        subject=session,
        changes={"reason": (None, reason), "ends_at": (None, session.ends_at)},
    )
    RIGHTS_CHANGED.tell([seat.pk])
    return session


@transaction.atomic
def end_staff_session(*, actor: Actor, session_id: UUID) -> StaffSession:
    """End a staff session at once; from then on it opens nothing, on every channel."""
    session = get_visible(StaffSession, session_id, actor=actor, for_change=True)
    require(actor, END_STAFF_SESSION, session)
    now = actor.clock.now()
    if session.ended_at is not None or session.ends_at <= now:
        raise WrongState("This staff session has ended already.")

    session.ended_at = now
    session.ended_by_id = actor.user_id
    session.save(update_fields=["ended_at", "ended_by"])

    record_event("staff_session.ended", actor=actor, subject=session, changes={"ended_at": (None, now)})
    RIGHTS_CHANGED.tell([session.seat_id])
    return session
