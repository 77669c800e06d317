"""What every request does for sign-in: it says where it comes from, and keeps its session alive."""

from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import Throttled

from platform_core.api.limits import spend_sign_in, tell_allowance
from platform_core.api.problems import problem_response, refusal
from platform_core.problems import BadRequest
from platform_core.signin.factors import recording_factors
from platform_core.signin.lockout import SignInLocked
from platform_core.signin.sessions import Client, SessionStore

LIBRARY: Final = "/_allauth/"
"""Below this address the library answers, which knows nothing of our limits and our record."""

ACCOUNT: Final = "/_allauth/browser/v1/account/"
PASSKEYS: Final = ("/_allauth/browser/v1/auth/webauthn/", "/_allauth/browser/v1/account/authenticators/webauthn")
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_UNREADABLE: Final = (KeyError, ValueError, TypeError, AttributeError)


class SignInMiddleware:
    """Notes a session's device and last use, counts requests to sign in, and answers one that is locked out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Handle one request."""
        session = request.session
        if isinstance(session, SessionStore):
            session.client = Client.of(request)
        response = self._answer(request)
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
        return refusal(exception, request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(LIBRARY):
            return self.get_response(request)
        try:
            spend_sign_in(request)
        except Throttled as refused:
            response: HttpResponseBase = refusal(refused, request)
        else:
            response = self._changing(request) if _changes_account(request) else self.get_response(request)
        tell_allowance(request, response)
        return response

    def _changing(self, request: HttpRequest) -> HttpResponseBase:
        """Have a change of an account and its record happen together or not at all."""
        with transaction.atomic():
            with recording_factors(request):
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _changes_account(request: HttpRequest) -> bool:
    return request.method not in READING and request.path.startswith(ACCOUNT)
