"""Acting by a personal token: `Authorization: Bearer lct_…`."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from platform_core.api.request_ids import request_id_of
from platform_core.api.requests import SEAT_HEADER, request_clock
from platform_core.identity.models import User
from platform_core.problems import NotAllowed
from platform_core.signin.models import ApiToken
from platform_core.signin.tokens import PREFIX, actor_of_token, note_use, require_within, token_of


class TokenAuthentication(BaseAuthentication):
    """A program that acts as a person by a token; no CSRF token is needed, as no browser sends this by itself."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the person of the request's token; None if it carries none, so that a session is looked for."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token_of(key.strip(), clock=request_clock) if key.strip().startswith(PREFIX) else None
        if token is None:
            raise AuthenticationFailed
        require_within(token, method=request.method or "", path=request.path)
        seat = request.headers.get(SEAT_HEADER)
        if seat is not None and seat.lower() != str(token.seat_id):
            raise NotAllowed("A token acts in the seat it was made for.")
        actor = actor_of_token(token, clock=request_clock, request_id=request_id_of(request))
        request._request.META["lianchi.actor"] = actor
        note_use(token, address=request.META.get("REMOTE_ADDR") or None, clock=request_clock)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme in an answer that asks for sign-in."""
        return "Bearer"
