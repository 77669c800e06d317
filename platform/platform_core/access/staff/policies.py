"""Who may open staff sessions, and who sees that there were any; rooms above show them to whom they concern."""

from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, own_user
from platform_core.access.staff.models import StaffSession
from platform_core.identity.policies import ALLIANCE_POLICY
from platform_core.identity.roles import Role

READ_STAFF_SESSION = Permission("staff_session.read")
END_STAFF_SESSION = Permission("staff_session.end")
START_STAFF_SESSION = Permission("alliance.start_staff_session")

STAFF_SESSION_POLICY = register(
    Policy(
        StaffSession,
        read=READ_STAFF_SESSION,
        no_staff="everybody it concerns sees it without one",
        rules=[
            allow(Audience.SIGNED_IN, READ_STAFF_SESSION, own_user("seat__user")),
            allow(Role.SITE_ADMIN, END_STAFF_SESSION, own_user("seat__user")),
            # An alliance's office may show a visitor the door.
            allow(Role.SECRETARIAT, {READ_STAFF_SESSION, END_STAFF_SESSION}, in_alliance()),
            allow(Role.SITE_ADMIN, READ_STAFF_SESSION, everything()),
            allow(COMMAND_LINE, {READ_STAFF_SESSION, END_STAFF_SESSION}, everything()),
        ],
    )
)

ALLIANCE_POLICY.extend(allow(Role.SITE_ADMIN, START_STAFF_SESSION, everything()))
