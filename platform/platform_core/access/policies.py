"""Who may read the access log: everybody what they read themselves, and whoever runs the server."""

from platform_core.access.actors import COMMAND_LINE
from platform_core.access.grants.policies import GRANT_POLICY
from platform_core.access.models import AccessLogEntry
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, own_user
from platform_core.access.staff import policies as staff

__all__ = ["ACCESS_LOG_POLICY", "GRANT_POLICY", "READ_ACCESS_LOG", "staff"]

READ_ACCESS_LOG = Permission("access_log.read")

ACCESS_LOG_POLICY = register(
    Policy(
        AccessLogEntry,
        read=READ_ACCESS_LOG,
        no_staff="who watches is watched: the log of what staff read is not theirs to read",
        rules=[
            allow(Audience.SIGNED_IN, READ_ACCESS_LOG, own_user("user")),
            allow(COMMAND_LINE, READ_ACCESS_LOG, everything()),
        ],
    )
)
