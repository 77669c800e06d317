"""Who may see when a seat last looked: whoever sits in it."""

from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import own_seat
from platform_core.home.models import HomeVisit

READ_HOME_VISIT = Permission("home_visit.read")

HOME_VISIT_POLICY = register(
    Policy(
        HomeVisit,
        read=READ_HOME_VISIT,
        no_staff="when somebody last looked is nobody else's business",
        rules=[allow(Audience.SIGNED_IN, READ_HOME_VISIT, own_seat("seat"))],
    )
)
