"""Who may see what messages left the platform."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment, SystemWork
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import EVERYTHING, Relation, everything, own_user
from platform_core.identity.roles import Role
from platform_core.messaging.kinds import private_kinds
from platform_core.messaging.models import Message

DELIVERY = SystemWork("message delivery")

READ_MESSAGE = Permission("message.read")
DELIVER_MESSAGE = Permission("message.deliver")


def _of_open_kinds() -> Relation:
    """Reach messages but those of which nobody else is to know that they were sent, and who gets them."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        names = private_kinds()
        return EVERYTHING & ~Q(kind__in=names) if names else EVERYTHING

    return Relation("every one that is not private", reach)


MESSAGE_POLICY = register(
    Policy(
        Message,
        read=READ_MESSAGE,
        rules=[
            allow(Audience.SIGNED_IN, READ_MESSAGE, own_user("user")),
            allow((Role.SITE_ADMIN, COMMAND_LINE), READ_MESSAGE, _of_open_kinds()),
            allow(DELIVERY, {READ_MESSAGE, DELIVER_MESSAGE}, everything()),
        ],
    )
)
