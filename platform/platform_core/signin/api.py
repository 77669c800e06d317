"""Sessions, tokens, invitations and locks over HTTP; signing in itself is below `/_allauth/`."""

from typing import Any, Final
from uuid import UUID

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.acting import NoSeat
from platform_core.access.actors import Actor
from platform_core.api.idempotency import idempotent
from platform_core.api.requests import request_clock
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.models import Language, User
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import Problem
from platform_core.signin import accounts, invitations, selectors, services, tokens
from platform_core.signin.acting import person_of
from platform_core.signin.lockout import Attempt, begin_attempt, take_back
from platform_core.signin.policies import WITHOUT_SEAT
from platform_core.signin.serializers import (
    AcceptanceSerializer,
    AcceptedSerializer,
    AccountReasonSerializer,
    AccountSerializer,
    ApiTokenInputSerializer,
    ApiTokenSerializer,
    InvitationInputSerializer,
    InvitationSeenSerializer,
    InvitationSerializer,
    LockLiftingSerializer,
    LockSerializer,
    MadeApiTokenSerializer,
    SessionSerializer,
)
from platform_core.signin.sessions import SessionStore

BROWSERS_ONLY: Final = [SessionAuthentication]
"""For what no token may do: the person's sessions, tokens and invitations."""

KEY_HEADER: Final = "X-Invitation-Key"


class FreshSignInNeeded(Problem):
    """The person is signed in, but has not shown for a while that it is still them."""

    code = "reauthentication_needed"
    status = 403
    title = "Show that it is you"


class OwnSignInView(HouseView):
    """What concerns a person's own sign-in, also while they have no seat."""

    authentication_classes = BROWSERS_ONLY

    @property
    def actor(self) -> Actor:
        """The person who asks, in the seat they act in if they have one."""
        try:
            return super().actor
        except NoSeat:
            user = self.request.user
            if not isinstance(user, User):
                raise
            return Actor.system(WITHOUT_SEAT, on_behalf_of=person_of(self.request._request, user))


class MySessionsView(OwnSignInView):
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


class MySessionView(OwnSignInView):
    """One browser you are signed in with."""

    @extend_schema(operation_id="me_sessions_end", request=None, responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Sign out of one browser."""
        services.end_session(actor=self.actor, session_id=session_id)
        return Response(status=204)


class AccountClosingView(HouseView):
    """The closing of an account."""

    authentication_classes = BROWSERS_ONLY

    @extend_schema(operation_id="accounts_close", request=AccountReasonSerializer, responses=AccountSerializer)
    def post(self, request: Request, user_id: UUID) -> Response:
        """Close a person's account at once: they are signed out everywhere, and their tokens are revoked."""
        given = self.read(AccountReasonSerializer, request)
        done = accounts.close_account(actor=self.actor, user_id=user_id, **given)
        return Response(AccountSerializer(done).data)


class AccountReopeningView(HouseView):
    """The opening again of an account."""

    authentication_classes = BROWSERS_ONLY

    @extend_schema(operation_id="accounts_reopen", request=AccountReasonSerializer, responses=AccountSerializer)
    def post(self, request: Request, user_id: UUID) -> Response:
        """Open a closed account again; tokens are made anew."""
        given = self.read(AccountReasonSerializer, request)
        done = accounts.reopen_account(actor=self.actor, user_id=user_id, **given)
        return Response(AccountSerializer(done).data)


class LocksView(HouseView):
    """Who is locked out."""

    authentication_classes = BROWSERS_ONLY

    orders = {"locked": "locked_until"}

    @extend_schema(operation_id="sign_in_locks_list", responses=page_of(LockSerializer))
    def get(self, request: Request) -> Response:
        """List the accounts and network addresses that are locked out and that you may see."""
        return self.page(selectors.locks(actor=self.actor), LockSerializer, default="-locked")


class LockLiftingView(HouseView):
    """The lifting of a lock."""

    authentication_classes = BROWSERS_ONLY

    @extend_schema(operation_id="sign_in_locks_lift", request=LockLiftingSerializer, responses=LockSerializer)
    def post(self, request: Request, lock_id: UUID) -> Response:
        """Let a locked account or network address sign in again at once; why stays on record."""
        given = self.read(LockLiftingSerializer, request)
        return Response(LockSerializer(services.lift_lock(actor=self.actor, lock_id=lock_id, **given)).data)


class MyTokensView(HouseView):
    """Your personal tokens."""

    authentication_classes = BROWSERS_ONLY
    orders = {"created": "created_at"}

    @extend_schema(operation_id="me_tokens_list", responses=page_of(ApiTokenSerializer))
    def get(self, request: Request) -> Response:
        """List your tokens, except those that were revoked."""
        return self.page(selectors.own_tokens(actor=self.actor), ApiTokenSerializer, default="-created")

    @extend_schema(
        operation_id="me_tokens_make", request=ApiTokenInputSerializer, responses={201: MadeApiTokenSerializer}
    )
    def post(self, request: Request) -> Response:
        """Make a token for the seat you act in; its key is in this answer and nowhere else."""
        given = self.read(ApiTokenInputSerializer, request)
        if not did_recently_reauthenticate(request._request):
            raise FreshSignInNeeded("Give your password or second factor again, then repeat this.")
        token, key = tokens.make_token(actor=self.actor, **given)
        response = Response(MadeApiTokenSerializer(token, context={"key": key}).data, status=201)
        response["Cache-Control"] = "no-store"
        return response


class MyTokenView(HouseView):
    """One of your personal tokens."""

    authentication_classes = BROWSERS_ONLY

    @extend_schema(operation_id="me_tokens_revoke", request=None, responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        """Revoke a token at once."""
        tokens.revoke_token(actor=self.actor, token_id=token_id)
        return Response(status=204)


class InvitationsView(HouseView):
    """Invitations."""

    authentication_classes = BROWSERS_ONLY
    orders = {"created": "created_at"}

    @extend_schema(operation_id="invitations_list", responses=page_of(InvitationSerializer))
    def get(self, request: Request) -> Response:
        """List the invitations you may see."""
        return self.page(selectors.invitations(actor=self.actor), InvitationSerializer, default="-created")

    @extend_schema(
        operation_id="invitations_make", request=InvitationInputSerializer, responses={201: InvitationSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Invite somebody to a seat at an organisation, with roles that you may give."""
        given = self.read(InvitationInputSerializer, request)
        roles = [_role(row) for row in given.pop("roles", [])]
        if "language" in given:
            given["language"] = Language(given["language"])
        made = invitations.invite_person(actor=self.actor, roles=roles, **given)
        return Response(InvitationSerializer(made).data, status=201)


class InvitationWithdrawalView(HouseView):
    """The withdrawal of an invitation."""

    authentication_classes = BROWSERS_ONLY

    @extend_schema(operation_id="invitations_withdraw", request=None, responses=InvitationSerializer)
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """Withdraw an invitation that was not accepted; its link leads nowhere from now on."""
        done = invitations.withdraw_invitation(actor=self.actor, invitation_id=invitation_id)
        return Response(InvitationSerializer(done).data)


class InvitationResendingView(HouseView):
    """The sending again of an invitation."""

    authentication_classes = BROWSERS_ONLY

    @extend_schema(operation_id="invitations_send_again", request=None, responses=InvitationSerializer)
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """Send an invitation again with a new link; five times at most, ten minutes apart."""
        done = invitations.resend_invitation(actor=self.actor, invitation_id=invitation_id)
        return Response(InvitationSerializer(done).data)


class InvitationAcceptanceView(HouseView):
    """What the link of an invitation leads to."""

    public = True
    strangers_write = True
    authentication_classes = BROWSERS_ONLY

    @extend_schema(
        operation_id="invitations_look_at",
        parameters=[
            OpenApiParameter(KEY_HEADER, str, OpenApiParameter.HEADER, required=True, description="the key of the link")
        ],
        responses=InvitationSeenSerializer,
    )
    def get(self, request: Request) -> Response:
        """Say who invites whom to what, to whoever holds the link."""
        attempt = _counted(request)
        found = invitations.find_invitation(actor=self.actor, key=request.headers.get(KEY_HEADER, ""))
        take_back(attempt)
        document = {
            "email": found.email,
            "organisation_name": str(found.organisation),
            "invited_by_name": found.invited_by.user.name,
            "title": found.title,
            "expires_at": found.expires_at,
            "has_account": User.objects.filter(email=found.email).exists(),
        }
        return Response(InvitationSeenSerializer(document).data)

    @extend_schema(operation_id="invitations_accept", request=AcceptanceSerializer, responses={201: AcceptedSerializer})
    def post(self, request: Request) -> Response:
        """Take up the seat of an invitation, as the user who is signed in or as a new one."""
        given = self.read(AcceptanceSerializer, request)
        language = Language(given.pop("language")) if "language" in given else None
        attempt = _counted(request)
        user = request.user if isinstance(request.user, User) else None
        done = invitations.accept_invitation(actor=self.actor, user=user, language=language, **given)
        take_back(attempt)
        return Response(AcceptedSerializer(done).data, status=201)


def _role(row: dict[str, Any]) -> invitations.RoleAsked:
    purpose = Purpose(row["purpose"]) if "purpose" in row else None
    return invitations.RoleAsked(**{**row, "role": Role(row["role"]), "purpose": purpose})


def _counted(request: Request) -> Attempt:
    """Count a key that is tried, until it turns out right: whoever tries keys is locked out by network address."""
    return begin_attempt(email=None, address=request.META.get("REMOTE_ADDR") or None, clock=request_clock)


def _current(request: Request) -> UUID | None:
    session = request._request.session
    if not isinstance(session, SessionStore):
        return None
    session.get("seat")  # loads it, so that its row is known
    return session.row_id
