"""What a request carries besides its contents: its reference, and who acts in which seat."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from logging import Filter, LogRecord
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from platform_core.access.acting import NoSeat, actor_in_seat, choose_seat
from platform_core.access.actors import Actor
from platform_core.clock import Clock, SystemClock
from platform_core.ids import new_id

REQUEST_ID_HEADER: Final = "X-Request-Id"
SEAT_HEADER: Final = "X-Seat"
SEAT_IN_SESSION: Final = "seat"

_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_current: ContextVar[str] = ContextVar("request_id", default="")

request_clock: Clock = SystemClock()
"""The clock that requests happen by."""


class RequestIdMiddleware:
    """Gives each request a reference, the caller's own if it has one, which the answer and the log carry too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle one request."""
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _FORM.fullmatch(given) else str(new_id())
        request.META["lianchi.request_id"] = request_id
        token = _current.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response.headers[REQUEST_ID_HEADER] = request_id
        return response


class RequestIdFilter(Filter):
    """Puts the reference of the current request on every log record, as `request_id`."""

    def filter(self, record: LogRecord) -> bool:
        """Add the reference; never drops a record."""
        record.request_id = _current.get() or "-"
        return True


def request_id_of(request: HttpRequest | Request | None) -> str:
    """Return the reference of a request, or of the current one, or a new one where there is none."""
    if request is not None and (known := request.META.get("lianchi.request_id")):
        return str(known)
    return _current.get() or str(new_id())


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
