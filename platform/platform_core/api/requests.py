"""Who acts in a request, and in which seat."""

from typing import Final

from django.http import HttpRequest
from rest_framework.request import Request

from platform_core.access.acting import NoSeat, actor_in_seat, choose_seat
from platform_core.access.actors import Actor
from platform_core.api.request_ids import request_id_of
from platform_core.clock import Clock, SystemClock
from platform_core.problems import NotAllowed

SEAT_HEADER: Final = "X-Seat"
SEAT_IN_SESSION: Final = "seat"

request_clock: Clock = SystemClock()
"""The clock that requests happen by."""


def require_browser(request: Request) -> None:
    """Refuse a token: what would outlive it, or reach further, takes a person who signed in."""
    if request.auth is not None:
        raise NotAllowed("No token does this: sign in with a browser.")


def actor_of(request: HttpRequest | Request) -> Actor:
    """Return who acts: the signed-in user in the seat named by header, or by session if open, or else the oldest one.

    Nobody signed in is the public. The answer is kept for the rest of the request (three queries the first time).
    """
    plain = request._request if isinstance(request, Request) else request
    kept = plain.META.get("lianchi.actor")
    if isinstance(kept, Actor):
        return kept
    actor = _find_actor(request, plain)
    plain.META["lianchi.actor"] = actor
    return actor


def actor_or_public(request: HttpRequest | Request) -> Actor:
    """Return who acts, where everybody may look: a signed-in person without a seat is the public there."""
    try:
        return actor_of(request)
    except NoSeat:
        return Actor.public(clock=request_clock, request_id=request_id_of(request))


def _find_actor(request: HttpRequest | Request, plain: HttpRequest) -> Actor:
    request_id = request_id_of(plain)
    user = request.user
    if not user.is_authenticated:
        return Actor.public(clock=request_clock, request_id=request_id)
    requested = plain.headers.get(SEAT_HEADER)
    remembered = plain.session.get(SEAT_IN_SESSION) if hasattr(plain, "session") else None
    seat_id = choose_seat(user.pk, requested, remembered=remembered)
    return actor_in_seat(seat_id, user_id=user.pk, clock=request_clock, request_id=request_id)
