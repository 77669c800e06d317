"""Messages for tests."""

from typing import TYPE_CHECKING, Any

from platform_core.identity.models import Language, User
from platform_core.messaging.lifecycle import MessageState
from platform_core.messaging.models import Message
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def make_message(user: User | None, **columns: Any) -> Message:
    """A message that was sent."""
    return Message.objects.create(
        **{
            "kind": "test",
            "user": user,
            "address": user.email if user else "",
            "language": Language.CHINESE,
            "state": MessageState.SENT,
            "created_at": NOON,
            "finished_at": NOON,
            **columns,
        }
    )


def populate(world: "World") -> None:
    """Add a message to everybody, and one to nobody."""
    for seat in world.seats.values():
        make_message(seat.user)
    make_message(None)
