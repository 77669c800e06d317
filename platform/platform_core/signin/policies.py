"""Who may see where somebody is signed in, and who is locked out."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment, SystemWork
from platform_core.access.kernel import visible_rows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import Relation, everything, own_user
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.signin.models import Lock, Session

CARE = SystemWork("care of sign-ins")

READ_SESSION = Permission("session.read")
END_SESSION = Permission("session.end")

READ_LOCK = Permission("sign_in_lock.read")
LIFT_LOCK = Permission("sign_in_lock.lift")


def _of_people_seen() -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        return Q(user__in=Seat.objects.filter(visible_rows(actor, Seat)).order_by().values("user"))

    return Relation("of somebody whose seat one may see", reach)


SESSION_POLICY = register(
    Policy(
        Session,
        read=READ_SESSION,
        rules=[
            allow(Audience.SIGNED_IN, {READ_SESSION, END_SESSION}, own_user("user")),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {READ_SESSION, END_SESSION}, everything()),
        ],
    )
)

LOCK_POLICY = register(
    Policy(
        Lock,
        read=READ_LOCK,
        rules=[
            allow((Role.MEMBER_ADMIN, Role.SECRETARIAT), {READ_LOCK, LIFT_LOCK}, _of_people_seen()),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {READ_LOCK, LIFT_LOCK}, everything()),
            allow(CARE, READ_LOCK, everything()),
        ],
    )
)
