"""Sign-ins for tests."""

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from platform_core.identity.models import Seat, User
from platform_core.identity.roles import Role
from platform_core.signin.lockout import key_hash
from platform_core.signin.models import ApiToken, Invitation, InvitedRole, Lock, LockKind, Session
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World

_numbers = count(1)


def make_session(user: User | None, **columns: Any) -> Session:
    """A session that no browser has the key of."""
    return Session.objects.create(
        **{
            "key_hash": f"{next(_numbers):064x}",
            "user": user,
            "contents": "",
            "started_at": NOON,
            "seen_at": NOON,
            "expires_at": NOON + timedelta(hours=12),
            **columns,
        }
    )


def make_lock(user: User, **columns: Any) -> Lock:
    """An account that is locked out."""
    return Lock.objects.create(
        **{
            "kind": LockKind.ACCOUNT,
            "key_hash": key_hash(LockKind.ACCOUNT, user.email),
            "user": user,
            "failures": 5,
            "counted_from": NOON,
            "locked_until": NOON + timedelta(minutes=15),
            **columns,
        }
    )


def make_invitation(invited_by: Seat, **columns: Any) -> Invitation:
    """An open invitation with the role of a member's staff, whose link nobody has."""
    number = next(_numbers)
    invitation = Invitation.objects.create(
        **{
            "organisation": invited_by.organisation,
            "email": f"invited{number}@example.com",
            "key_hash": f"{number:064x}",
            "invited_by": invited_by,
            "created_at": NOON,
            "sent_at": NOON,
            "expires_at": NOON + timedelta(days=14),
            **columns,
        }
    )
    InvitedRole.objects.create(invitation=invitation, role=Role.MEMBER_STAFF)
    return invitation


def make_token(seat: Seat, **columns: Any) -> ApiToken:
    """A token whose key nobody has."""
    return ApiToken.objects.create(
        **{
            "user": seat.user,
            "seat": seat,
            "name": "test",
            "start": "lct_test",
            "key_hash": f"{next(_numbers):064x}",
            "created_at": NOON,
            "expires_at": NOON + timedelta(days=30),
            **columns,
        }
    )


def populate(world: "World") -> None:
    """Add a session, a lock, a token and an invitation of everybody, and the lock of an address."""
    for seat in world.seats.values():
        make_session(seat.user)
        make_lock(seat.user)
        make_token(seat)
        make_invitation(seat)
    Lock.objects.create(
        kind=LockKind.ADDRESS, key_hash=key_hash(LockKind.ADDRESS, "10.0.0.1"), address="10.0.0.1", counted_from=NOON
    )
