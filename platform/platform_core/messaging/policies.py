"""Who may see what messages left the platform."""

from platform_core.access.actors import COMMAND_LINE, SystemWork
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, own_user
from platform_core.identity.roles import Role
from platform_core.messaging.models import Message

DELIVERY = SystemWork("message delivery")

READ_MESSAGE = Permission("message.read")
DELIVER_MESSAGE = Permission("message.deliver")

MESSAGE_POLICY = register(
    Policy(
        Message,
        read=READ_MESSAGE,
        rules=[
            allow(Audience.SIGNED_IN, READ_MESSAGE, own_user("user")),
            allow((Role.SITE_ADMIN, COMMAND_LINE), READ_MESSAGE, everything()),
            allow(DELIVERY, {READ_MESSAGE, DELIVER_MESSAGE}, everything()),
        ],
    )
)
