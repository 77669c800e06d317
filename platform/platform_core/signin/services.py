"""Ending sessions and lifting locks."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.models import User
from platform_core.messaging.services import send_message
from platform_core.problems import WrongState
from platform_core.signin.letters import LOCKED
from platform_core.signin.models import Lock, Session
from platform_core.signin.policies import END_SESSION, LIFT_LOCK
from platform_core.signin.selectors import own_sessions
from platform_core.signin.sessions import end_sessions


@transaction.atomic
def end_session(*, actor: Actor, session_id: UUID) -> None:
    """Sign a person out of one browser, at once and on its open sockets too."""
    session = get_visible(Session, session_id, actor=actor, for_change=True)
    require(actor, END_SESSION, session)
    end_sessions(Session.objects.filter(pk=session.pk))
    if session.user is not None:
        record_event("user.session_ended", actor=actor, subject=session.user)


@transaction.atomic
def end_other_sessions(*, actor: Actor, kept_id: UUID | None) -> int:
    """Sign the person who acts out everywhere but in one session, and return how many others there were."""
    own = own_sessions(actor=actor)
    others = Session.objects.filter(pk__in=(own.exclude(pk=kept_id) if kept_id else own).values("pk"))
    count = others.count()
    if count:
        end_sessions(others)
        user = User.objects.get(pk=actor.person_id)
        record_event("user.other_sessions_ended", actor=actor, subject=user, changes={"sessions": (count, 0)})
    return count


@transaction.atomic
def lift_lock(*, actor: Actor, lock_id: UUID, reason: str) -> Lock:
    """Let a locked account or network address sign in again at once, for a reason that stays on record."""
    lock = get_visible(Lock, lock_id, actor=actor, for_change=True)
    require(actor, LIFT_LOCK, lock)
    if lock.locked_until is None or lock.locked_until <= actor.clock.now():
        raise WrongState("This is not locked any more.")
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    changes = {"locked_until": (lock.locked_until, None), "reason": (None, reason)}
    # How often it was locked stays: otherwise whoever lifts it again and again would win any number of guesses.
    lock.failures, lock.locked_until = 0, None
    lock.save(update_fields=["failures", "locked_until"])
    record_event("sign_in_lock.lifted", actor=actor, subject=lock, changes=changes)
    return lock


@transaction.atomic
def tell_of_lock(*, actor: Actor, lock_id: UUID) -> None:
    """Tell the owner of an account that it is locked, and record it; nobody where there is no such account."""
    lock = get_visible(Lock, lock_id, actor=actor)
    if lock.user is None or lock.locked_until is None:
        return
    record_event("user.locked_out", actor=actor, subject=lock.user, changes={"locked_until": (None, lock.locked_until)})
    until = f"{timezone.localtime(lock.locked_until):%Y-%m-%d %H:%M} ({settings.TIME_ZONE})"
    send_message(actor=actor, kind=LOCKED, user=lock.user, values={"name": lock.user.name, "until": until})
