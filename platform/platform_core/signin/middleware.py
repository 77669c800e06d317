"""What every request does for sign-in: it says where it comes from, and keeps its session alive."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from platform_core.api.problems import BadRequest, problem_response
from platform_core.signin.lockout import SignInLocked
from platform_core.signin.sessions import Client, SessionStore

PASSKEYS: Final = ("/_allauth/browser/v1/auth/webauthn/", "/_allauth/browser/v1/account/authenticators/webauthn")
_UNREADABLE: Final = (KeyError, ValueError, TypeError, AttributeError)


class SignInMiddleware:
    """Notes a session's device and last use, and answers a sign-in that is locked out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle one request."""
        session = request.session
        if isinstance(session, SessionStore):
            session.client = Client.of(request)
        response = self.get_response(request)
        if isinstance(session, SessionStore) and session.accessed and response.status_code < 500:
            session.touch()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a sign-in that is locked out, with when to try again, and a passkey that cannot be read."""
        if isinstance(exception, _UNREADABLE) and request.path.startswith(PASSKEYS):
            # The library that reads passkeys looks for parts of them without asking whether they are there.
            return problem_response(BadRequest("This is no passkey as a browser gives it."), request)
        if not isinstance(exception, SignInLocked):
            return None
        response = problem_response(exception, request)
        response["Retry-After"] = str(exception.seconds)
        return response
