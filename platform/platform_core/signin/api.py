"""Sessions and locks over HTTP; signing in itself is below `/_allauth/`."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.signin import selectors, services
from platform_core.signin.serializers import LockSerializer, SessionSerializer
from platform_core.signin.sessions import SessionStore


class MySessionsView(HouseView):
    """Where you are signed in."""

    orders = {"seen": "seen_at"}

    @extend_schema(operation_id="me_sessions_list", responses=page_of(SessionSerializer))
    def get(self, request: Request) -> Response:
        """List the browsers you are signed in with, the last used first."""
        rows = selectors.own_sessions(actor=self.actor)
        return self.page(rows, SessionSerializer, default="-seen", context={"current": _current(request)})

    @extend_schema(operation_id="me_sessions_end_others", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out everywhere else."""
        services.end_other_sessions(actor=self.actor, kept_id=_current(request))
        return Response(status=204)


class MySessionView(HouseView):
    """One browser you are signed in with."""

    @extend_schema(operation_id="me_sessions_end", request=None, responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Sign out of one browser."""
        services.end_session(actor=self.actor, session_id=session_id)
        return Response(status=204)


class LocksView(HouseView):
    """Who is locked out."""

    orders = {"locked": "locked_until"}

    @extend_schema(operation_id="sign_in_locks_list", responses=page_of(LockSerializer))
    def get(self, request: Request) -> Response:
        """List the accounts and network addresses that are locked out and that you may see."""
        return self.page(selectors.locks(actor=self.actor), LockSerializer, default="-locked")


class LockLiftingView(HouseView):
    """The lifting of a lock."""

    @extend_schema(operation_id="sign_in_locks_lift", request=None, responses=LockSerializer)
    def post(self, request: Request, lock_id: UUID) -> Response:
        """Let a locked account or network address sign in again at once."""
        return Response(LockSerializer(services.lift_lock(actor=self.actor, lock_id=lock_id)).data)


def _current(request: Request) -> UUID | None:
    session = request._request.session
    if not isinstance(session, SessionStore):
        return None
    session.get("seat")  # loads it, so that its row is known
    return session.row_id
