"""Who may see where somebody is signed in, and who is locked out."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment, SystemWork
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, own_organisation, own_seat, own_user
from platform_core.identity.models import Seat
from platform_core.identity.policies import (
    CREATE_USER,
    OPEN_SEAT,
    ORGANISATION_POLICY,
    READ_ORGANISATION,
    READ_USER,
    USER_POLICY,
)
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.identity.ties import Tie, declare_tie, tied_to_no_other_alliance
from platform_core.problems import Conflict
from platform_core.signin.lifecycle import InvitationState
from platform_core.signin.models import ApiToken, Invitation, InvitedRole, Lock, Session

CARE = SystemWork("care of sign-ins")
RECEPTION = SystemWork("accepting an invitation")
WITHOUT_SEAT = SystemWork("the own sign-in of a person without a seat")

READ_SESSION = Permission("session.read")
END_SESSION = Permission("session.end")

READ_INVITATION = Permission("invitation.read")
WITHDRAW_INVITATION = Permission("invitation.withdraw")
READ_INVITED_ROLE = Permission("invited_role.read")

READ_API_TOKEN = Permission("api_token.read")
REVOKE_API_TOKEN = Permission("api_token.revoke")

READ_LOCK = Permission("sign_in_lock.read")
LIFT_LOCK = Permission("sign_in_lock.lift")


def _of_colleagues() -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        seats = Seat.objects.filter(organisation=actor.organisation_id, ended_at=None)
        return Q(user__in=seats.order_by().values("user"))

    return Relation("of somebody with an open seat at the own organisation", reach)


SESSION_POLICY = register(
    Policy(
        Session,
        read=READ_SESSION,
        rules=[
            allow((Audience.SIGNED_IN, WITHOUT_SEAT), {READ_SESSION, END_SESSION}, own_user("user")),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {READ_SESSION, END_SESSION}, everything()),
        ],
    )
)

INVITATION_POLICY = register(
    Policy(
        Invitation,
        read=READ_INVITATION,
        rules=[
            allow(
                (Role.MEMBER_ADMIN, Role.SECRETARIAT),
                {READ_INVITATION, WITHDRAW_INVITATION},
                own_organisation("organisation"),
            ),
            allow(Role.SECRETARIAT, {READ_INVITATION, WITHDRAW_INVITATION}, own_seat("invited_by")),
            allow(Role.SECRETARIAT, {READ_INVITATION, WITHDRAW_INVITATION}, tied_to_no_other_alliance("organisation")),
            allow(Role.SITE_ADMIN, {READ_INVITATION, WITHDRAW_INVITATION}, everything()),
            allow(COMMAND_LINE, READ_INVITATION, everything()),
        ],
    )
)

INVITED_ROLE_POLICY = register(
    Policy(
        InvitedRole,
        read=READ_INVITED_ROLE,
        rules=[
            allow(
                (Role.MEMBER_ADMIN, Role.SECRETARIAT, Role.SITE_ADMIN, COMMAND_LINE),
                READ_INVITED_ROLE,
                follows("invitation", READ_INVITATION, Invitation),
            )
        ],
    )
)

API_TOKEN_POLICY = register(
    Policy(
        ApiToken,
        read=READ_API_TOKEN,
        rules=[
            allow(Audience.SIGNED_IN, {READ_API_TOKEN, REVOKE_API_TOKEN}, own_user("user")),
            allow(Role.SITE_ADMIN, {READ_API_TOKEN, REVOKE_API_TOKEN}, everything()),
            allow(COMMAND_LINE, READ_API_TOKEN, everything()),
        ],
    )
)

# Whoever accepts an invitation is nobody here yet; the platform makes the account and the seat for them.
USER_POLICY.extend(allow(RECEPTION, {CREATE_USER, READ_USER}, everything()))
ORGANISATION_POLICY.extend(allow(RECEPTION, {READ_ORGANISATION, OPEN_SEAT}, everything()))

LOCK_POLICY = register(
    Policy(
        Lock,
        read=READ_LOCK,
        rules=[
            allow((Role.MEMBER_ADMIN, Role.SECRETARIAT), {READ_LOCK, LIFT_LOCK}, _of_colleagues()),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {READ_LOCK, LIFT_LOCK}, everything()),
            allow(CARE, READ_LOCK, everything()),
        ],
    )
)
declare_reference(
    Reference(
        Invitation,
        "organisation",
        Fate.MOVED,
        "who comes, comes to the organisation it is",
        clashes={
            "invitation_one_open_per_address": Conflict(
                "The same address is invited to both organisations: withdraw one of the two invitations first."
            )
        },
    )
)
# Whom an office invites to a new firm is nothing for other offices, also before anybody came and holds a role there.
_OPEN = Q(invitation__state=InvitationState.OPEN)
for _alliance in ("alliance", "operating_entity__alliance"):
    declare_tie(Tie(InvitedRole, "invitation__organisation", _alliance, _OPEN))
# Roles of members and outsiders name no alliance: it is that of the office which invites.
declare_tie(
    Tie(
        Invitation,
        "organisation",
        "invited_by__role_assignments__alliance",
        Q(state=InvitationState.OPEN, invited_by__role_assignments__role=Role.SECRETARIAT)
        & ~Q(roles__alliance__isnull=False)
        & ~Q(roles__operating_entity__isnull=False),
    )
)
