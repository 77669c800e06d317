"""Finding out who acts: from a seat in the database to an actor."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from platform_core.access.actors import Actor, ActorKind, Assignment, Screen, StaffAccess
from platform_core.access.staff.selectors import staff_access
from platform_core.clock import Clock, SystemClock
from platform_core.identity.models import RoleAssignment, Seat
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import NotAllowed


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken from a person: assignments that do not count, and what is screened off, until an instant."""

    blocked: frozenset[UUID] = frozenset()
    screen: Screen | None = None
    until: datetime | None = None
    outside: bool = False
    """Whether the person acts without the organisation of the seat, so that nothing of it is their own."""


Limiter = Callable[[Sequence[Seat], datetime, Collection[UUID]], Mapping[UUID, Limits]]
"""Is asked for seats with their roles at an instant, and in which of them a staff session is open; answers by seat."""

_limiters: list[Limiter] = []


def limit_actors(limiter: Limiter) -> None:
    """Have somebody asked what is to be taken from a person's roles whenever an actor is made."""
    if limiter not in _limiters:
        _limiters.append(limiter)


def actor_in_seat(
    seat_id: UUID, *, user_id: UUID | None = None, clock: Clock | None = None, request_id: str = ""
) -> Actor:
    """Make the actor for a seat; an ended seat, or one of another user, is refused.

    It takes two queries, one more for a site administrator, who may have a staff session open, and one more for roles
    that somebody with a conflict of interest may not hold, or a seat that waits to be confirmed.
    """
    seats = Seat.objects.filter(pk=seat_id)
    if user_id is not None:
        seats = seats.filter(user=user_id)
    for actor in actors_in_seats(seats, clock=clock, request_id=request_id):
        return actor
    raise NotAllowed("This seat is not yours, or has ended. Choose another one.")


def actors_in_seats(seats: QuerySet[Seat], *, clock: Clock | None = None, request_id: str = "") -> list[Actor]:
    """Make the actors for the open ones of many seats, in three queries and one more for each who may be limited."""
    time = clock or SystemClock()
    roles = RoleAssignment.objects.select_related("operating_entity").order_by("starts_at", "id")
    found = list(
        seats.filter(user__is_active=True, ended_at=None)
        .order_by("pk")
        .prefetch_related(Prefetch("role_assignments", roles))
    )
    staff = [seat.pk for seat in found if any(row.role == Role.SITE_ADMIN for row in seat.role_assignments.all())]
    sessions = staff_access(staff, now=time.now())
    asked = [limiter(found, time.now(), sessions) for limiter in _limiters]
    return [
        _actor(seat, time, request_id, sessions.get(seat.pk), [each[seat.pk] for each in asked if seat.pk in each])
        for seat in found
    ]


def _actor(seat: Seat, time: Clock, request_id: str, session: StaffAccess | None, limits: Sequence[Limits]) -> Actor:
    rows = list(seat.role_assignments.all())
    blocked = {pk for limit in limits for pk in limit.blocked}
    rows = [row for row in rows if row.pk not in blocked]
    is_staff = any(row.role == Role.SITE_ADMIN for row in rows)
    return Actor(
        kind=ActorKind.USER,
        user_id=seat.user_id,
        seat_id=seat.pk,
        organisation_id=None if any(limit.outside for limit in limits) else seat.organisation_id,
        staff=session if is_staff else None,
        assignments=tuple(
            Assignment(
                role=Role(row.role),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                alliance_id=row.alliance_id,
                operating_entity_id=row.operating_entity_id,
                purpose=Purpose(row.purpose) if row.purpose else None,
            )
            for row in rows
        ),
        clock=time,
        request_id=request_id,
        screen=next((limit.screen for limit in limits if limit.screen), None),
        limited_until=min((limit.until for limit in limits if limit.until), default=None),
    )


def open_seats(user_id: UUID) -> list[Seat]:
    """List the seats a user can act in, oldest first."""
    return list(
        Seat.objects.filter(user_id=user_id, user__is_active=True, ended_at=None)
        .select_related("organisation")
        .order_by("created_at", "id")
    )


class NoSeat(NotAllowed):
    """A person who is signed in has no open seat to act in."""


def choose_seat(user_id: UUID, requested: str | None, *, remembered: str | None = None) -> UUID:
    """Decide which seat a user acts in: the one asked for, or else the one remembered, or else the oldest.

    A seat that is asked for has to be open; one that a session remembers may have ended since.
    """
    seats = open_seats(user_id)
    if requested is not None:
        for seat in seats:
            if str(seat.pk) == requested.lower():
                return seat.pk
        raise NotAllowed("This seat is not yours, or has ended. Choose another one.")
    if not seats:
        raise NoSeat("You have no seat at an organisation: ask its administrator for one.")
    for seat in seats:
        if remembered is not None and str(seat.pk) == remembered.lower():
            return seat.pk
    return seats[0].pk
