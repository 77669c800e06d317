"""Closing a person's account and opening it again: what they did stays, and nothing of theirs opens any door."""

from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.models import User
from platform_core.identity.policies import CLOSE_USER
from platform_core.problems import NotAllowed, WrongState
from platform_core.signin.models import ApiToken, Session
from platform_core.signin.sessions import announce_people, end_sessions


@transaction.atomic
def close_account(*, actor: Actor, user_id: UUID, reason: str) -> User:
    """Close a person's account at once, never one's own: sessions and sockets end, tokens are revoked."""
    user = _account(actor, user_id, reason)
    if user.pk == actor.user_id:
        raise NotAllowed("Nobody closes their own account: ask another administrator.")
    if not user.is_active:
        raise WrongState("This account is closed already.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions = Session.objects.filter(user=user)
    ended = sessions.count()
    end_sessions(sessions)
    revoked = ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=actor.clock.now())
    # Also where no session was left, as a socket may outlive the row of its session for a moment.
    announce_people([user.pk])
    changes = {"is_active": (True, False), "reason": (None, reason), "sessions": (ended, 0), "tokens": (revoked, 0)}
    record_event("user.account_closed", actor=actor, subject=user, changes=changes)
    return user


@transaction.atomic
def reopen_account(*, actor: Actor, user_id: UUID, reason: str) -> User:
    """Open a closed account again: the person signs in as before, and makes tokens anew."""
    user = _account(actor, user_id, reason)
    if user.is_active:
        raise WrongState("This account is open.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    changes = {"is_active": (False, True), "reason": (None, reason)}
    record_event("user.account_reopened", actor=actor, subject=user, changes=changes)
    return user


def _account(actor: Actor, user_id: UUID, reason: str) -> User:
    user = get_visible(User, user_id, actor=actor, for_change=True)
    require(actor, CLOSE_USER, user)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    return user
