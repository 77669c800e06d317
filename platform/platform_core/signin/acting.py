"""Who acts in what people do to their own sign-in: the person, in the seat they usually act in if they have one."""

from django.http import HttpRequest

from platform_core.access.acting import actor_in_seat, open_seats
from platform_core.access.actors import Actor, ActorKind
from platform_core.api.request_ids import request_id_of
from platform_core.api.requests import SEAT_IN_SESSION, request_clock
from platform_core.clock import Clock
from platform_core.identity.models import User


def person_acting(user: User, *, clock: Clock, request_id: str = "", remembered: str | None = None) -> Actor:
    """Return the person as an actor: in the seat remembered or else the oldest, or in none."""
    seats = open_seats(user.pk)
    chosen = next((seat for seat in seats if str(seat.pk) == remembered), seats[0] if seats else None)
    if chosen is None:
        return Actor(kind=ActorKind.USER, user_id=user.pk, clock=clock, request_id=request_id)
    return actor_in_seat(chosen.pk, user_id=user.pk, clock=clock, request_id=request_id)


def person_of(request: HttpRequest, user: User) -> Actor:
    """Return the person of a request as an actor, also before the sign-in is complete."""
    remembered = request.session.get(SEAT_IN_SESSION)
    return person_acting(
        user, clock=request_clock, request_id=request_id_of(request), remembered=str(remembered) if remembered else None
    )
