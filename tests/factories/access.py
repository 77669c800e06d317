"""Staff sessions and entries of the access log."""

from datetime import timedelta
from typing import Any

from platform_core.access.log import log_access
from platform_core.access.staff.models import StaffSession
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from tests.factories.core import NOON, actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.world import World


def make_staff_seat() -> Seat:
    """A site administrator's seat, without a session."""
    seat = make_seat(organisation=make_organisation())
    give_role(seat, Role.SITE_ADMIN)
    return seat


def make_staff_session(seat: Seat | None = None, alliance: Alliance | None = None, **columns: Any) -> StaffSession:
    """A session of an hour that is open at noon."""
    return StaffSession.objects.create(
        **{
            "seat": seat or make_staff_seat(),
            "alliance": alliance or make_alliance(),
            "reason": "A close hangs",
            "starts_at": NOON - timedelta(minutes=30),
            "ends_at": NOON + timedelta(minutes=30),
            **columns,
        }
    )


def populate(world: World) -> None:
    """Add staff with a session that is open and one that is over; let everybody have looked at their organisation."""
    for side, alliance in zip(("first", "second"), world.alliances, strict=True):
        open_now, over = make_staff_seat(), make_staff_seat()
        make_staff_session(open_now, alliance)
        make_staff_session(over, alliance, ended_at=NOON, ended_by=over.user)
        world.seats[f"{side} staff in session"] = open_now
        world.seats[f"{side} staff after session"] = over
    for seat in world.seats.values():
        log_access("organisation.viewed", actor=actor_of_seat(seat, clock=world.clock), subject=seat.organisation)
