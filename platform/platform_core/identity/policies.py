"""Who may see and change people, organisations and roles."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.grants.models import Grant
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import (
    NOTHING,
    Relation,
    everything,
    in_alliance,
    in_operating_entity,
    own_organisation,
    own_seat,
    own_user,
)
from platform_core.identity.models import (
    WAITING,
    Alliance,
    OperatingEntity,
    Organisation,
    OrganisationName,
    RoleAssignment,
    Seat,
    User,
)
from platform_core.identity.roles import MEMBER_ROLES, ROLE_SCOPES, Purpose, Role, RoleScope
from platform_core.identity.ties import tied_to_no_other_alliance, tied_to_own_alliance, untied_outside

CREATE_USER = Permission("user.create")
READ_USER = Permission("user.read")
EDIT_USER = Permission("user.edit")
CLOSE_USER = Permission("user.close")

CREATE_ORGANISATION = Permission("organisation.create")
READ_ORGANISATION = Permission("organisation.read")
EDIT_ORGANISATION = Permission("organisation.edit")
MERGE_ORGANISATION = Permission("organisation.merge")
READ_ORGANISATION_NAME = Permission("organisation_name.read")
OPEN_SEAT = Permission("organisation.open_seat")
ASSIGN_MEMBER_ROLE = Permission("organisation.assign_member_role")
ASSIGN_MEMBER_ADMIN = Permission("organisation.assign_member_admin")
ASSIGN_OUTSIDE_ROLE = Permission("organisation.assign_outside_role")
ASSIGN_SITE_ROLE = Permission("organisation.assign_site_role")

CREATE_ALLIANCE = Permission("alliance.create")
READ_ALLIANCE = Permission("alliance.read")
EDIT_ALLIANCE = Permission("alliance.edit")
ASSIGN_ALLIANCE_ROLE = Permission("alliance.assign_role")
READ_ROLE_PLAN = Permission("alliance.read_role_plan")
OPEN_OPERATING_ENTITY = Permission("alliance.open_operating_entity")

READ_OPERATING_ENTITY = Permission("operating_entity.read")
EDIT_OPERATING_ENTITY = Permission("operating_entity.edit")
ASSIGN_ENTITY_ROLE = Permission("operating_entity.assign_role")

READ_SEAT = Permission("seat.read")
END_SEAT = Permission("seat.end")
CONFIRM_SEAT = Permission("seat.confirm")

READ_ROLE_ASSIGNMENT = Permission("role_assignment.read")
END_ROLE_ASSIGNMENT = Permission("role_assignment.end")

_ALLIANCE_ROLES = (Role.SECRETARIAT, Role.OPERATOR, Role.OPERATIONS_HEAD, Role.LEGAL, Role.AUTHORITY)
_ENTITY_ROLES = (Role.FINANCE, Role.COMMITTEE, Role.OPERATOR, Role.OPERATIONS_HEAD)


def _of_own_entity() -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        ids = sorted(row.operating_entity_id for row in assignments if row.operating_entity_id is not None)
        if not ids:
            return NOTHING
        return Q(pk__in=OperatingEntity.objects.filter(pk__in=ids).values("alliance_id"))

    return Relation("of the operating entity", reach)


def _colleagues() -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        # Whoever left is a stranger: their address is nothing for those they left, who invite them if they come back.
        seats = Seat.objects.filter(organisation_id=actor.organisation_id, ended_at=None)
        return Q(pk__in=seats.order_by().values("user_id"))

    return Relation("with an open seat at the own organisation", reach)


def _holding(*roles: Role) -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = RoleAssignment.objects.filter(role__in=[role.value for role in roles])
        scoped = [role for role in roles if ROLE_SCOPES[role] is not RoleScope.ASSIGNMENT]
        if scoped:
            ids = sorted(row.alliance_id for row in assignments if row.alliance_id is not None)
            rows = rows.filter(alliance__in=ids)
        return Q(pk__in=rows.order_by().values("seat_id"))

    names = " or ".join(role.label.lower() for role in roles)
    return Relation(f"of {names}", reach)


def _auditors_at_hand() -> Relation:
    """Reach auditors who work for the alliance of the entity, or whose organisation is tied to no other one."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        entities = {row.operating_entity_id for row in assignments if row.operating_entity_id is not None}
        own = sorted(set(OperatingEntity.objects.filter(pk__in=entities).values_list("alliance", flat=True)))
        if not own:
            return NOTHING
        now = actor.clock.now()
        held = RoleAssignment.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now), role__in=[Role.AUDITOR, Role.CLOSE_AUDITOR], starts_at__lte=now
        )
        given = Grant.objects.filter(alliance__in=own, seat__isnull=False).order_by().values("seat")
        near = Q(pk__in=given) | untied_outside(own, "organisation")
        return Q(ended_at=None, pk__in=held.order_by().values("seat")) & near

    return Relation("of auditors, of the own alliance or at organisations tied to no other", reach)


def _working_in_own_alliance() -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        ids = sorted(row.alliance_id for row in assignments if row.alliance_id is not None)
        if not ids:
            return NOTHING
        rows = RoleAssignment.objects.filter(Q(alliance__in=ids) | Q(operating_entity__alliance__in=ids))
        return Q(pk__in=rows.values("seat_id"))

    return Relation("with a role in the alliance", reach)


def _confirming_own() -> Relation:
    """Reach seats of the own organisation, unless one's own is among those that wait."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None or actor.seat_id is None:
            return NOTHING
        if Seat.objects.filter(WAITING, pk=actor.seat_id).exists():
            return NOTHING
        return Q(organisation=actor.organisation_id)

    return Relation("of the own organisation, unless the own seat waits too", reach, "organisation")


def _without_administrator(relation: Relation) -> Relation:
    """Narrow to seats of organisations that have no confirmed administrator of their own, who would be asked."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        now = actor.clock.now()
        administrators = RoleAssignment.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            Q(seat__prepared_by=None) | Q(seat__confirmed_at__isnull=False),
            role=Role.MEMBER_ADMIN,
            starts_at__lte=now,
            seat__ended_at=None,
            seat__user__is_active=True,
        )
        own = Q(organisation__in=administrators.order_by().values("seat__organisation"))
        return relation.reach(actor, assignments) & ~own

    return Relation(f"{relation.label}, without a confirmed administrator of its own", reach, relation.path)


USER_POLICY = register(
    Policy(
        User,
        read=READ_USER,
        rules=[
            allow(Audience.SIGNED_IN, {READ_USER, EDIT_USER}, own_user("pk")),
            allow((Role.MEMBER_ADMIN, Role.SECRETARIAT), READ_USER, _colleagues()),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {CREATE_USER, READ_USER, EDIT_USER, CLOSE_USER}, everything()),
        ],
    )
)

ORGANISATION_POLICY = register(
    Policy(
        Organisation,
        read=READ_ORGANISATION,
        rules=[
            allow(Audience.SIGNED_IN, READ_ORGANISATION, own_organisation("pk")),
            # What was merged stays where its history is read, by those who see the one that it turned out to be.
            allow(Audience.SIGNED_IN, READ_ORGANISATION, own_organisation("merged_into")),
            allow(Role.SECRETARIAT, READ_ORGANISATION, tied_to_own_alliance("merged_into")),
            allow(
                Role.MEMBER_ADMIN,
                {READ_ORGANISATION, EDIT_ORGANISATION, OPEN_SEAT, ASSIGN_MEMBER_ADMIN, ASSIGN_MEMBER_ROLE},
                own_organisation("pk"),
            ),
            allow(Role.SECRETARIAT, {EDIT_ORGANISATION, OPEN_SEAT}, own_organisation("pk")),
            allow(Role.SECRETARIAT, READ_ORGANISATION, tied_to_own_alliance()),
            # Whoever is seated at an organisation sees what it has in every alliance, so one alliance's office seats
            # nobody where another one is concerned too: its own administrator does, or the site's.
            allow(
                Role.SECRETARIAT,
                {
                    CREATE_ORGANISATION,
                    READ_ORGANISATION,
                    EDIT_ORGANISATION,
                    MERGE_ORGANISATION,
                    OPEN_SEAT,
                    ASSIGN_MEMBER_ADMIN,
                    ASSIGN_OUTSIDE_ROLE,
                },
                tied_to_no_other_alliance().narrowed(Q(merged_into=None), "not merged"),
            ),
            allow(
                (Role.SITE_ADMIN, COMMAND_LINE),
                {
                    CREATE_ORGANISATION,
                    READ_ORGANISATION,
                    EDIT_ORGANISATION,
                    MERGE_ORGANISATION,
                    OPEN_SEAT,
                    ASSIGN_MEMBER_ADMIN,
                    ASSIGN_MEMBER_ROLE,
                    ASSIGN_OUTSIDE_ROLE,
                    ASSIGN_SITE_ROLE,
                },
                everything(),
            ),
        ],
        guards=[
            Guard(
                permission,
                "This organisation was merged into another one: choose that one.",
                lambda actor: Q(merged_into=None),
            )
            for permission in (EDIT_ORGANISATION, MERGE_ORGANISATION, OPEN_SEAT)
        ],
    )
)

ORGANISATION_NAME_POLICY = register(
    Policy(
        OrganisationName,
        read=READ_ORGANISATION_NAME,
        rules=[
            allow(
                (Audience.PUBLIC, COMMAND_LINE),
                READ_ORGANISATION_NAME,
                follows("organisation", READ_ORGANISATION, Organisation),
            ),
        ],
    )
)

ALLIANCE_POLICY = register(
    Policy(
        Alliance,
        read=READ_ALLIANCE,
        rules=[
            allow(
                Role.SECRETARIAT,
                {READ_ALLIANCE, EDIT_ALLIANCE, READ_ROLE_PLAN, ASSIGN_ALLIANCE_ROLE, OPEN_OPERATING_ENTITY},
                in_alliance("pk"),
            ),
            allow(_ALLIANCE_ROLES, READ_ALLIANCE, in_alliance("pk")),
            allow(_ENTITY_ROLES, READ_ALLIANCE, _of_own_entity()),
            allow(
                (Role.SITE_ADMIN, COMMAND_LINE),
                {
                    CREATE_ALLIANCE,
                    READ_ALLIANCE,
                    EDIT_ALLIANCE,
                    READ_ROLE_PLAN,
                    ASSIGN_ALLIANCE_ROLE,
                    OPEN_OPERATING_ENTITY,
                },
                everything(),
            ),
        ],
    )
)

OPERATING_ENTITY_POLICY = register(
    Policy(
        OperatingEntity,
        read=READ_OPERATING_ENTITY,
        rules=[
            allow(
                Role.SECRETARIAT,
                {READ_OPERATING_ENTITY, EDIT_OPERATING_ENTITY, ASSIGN_ENTITY_ROLE},
                in_alliance("alliance"),
            ),
            allow(_ALLIANCE_ROLES, READ_OPERATING_ENTITY, in_alliance("alliance")),
            allow(_ENTITY_ROLES, READ_OPERATING_ENTITY, in_operating_entity("pk")),
            allow(
                (Role.SITE_ADMIN, COMMAND_LINE),
                {READ_OPERATING_ENTITY, EDIT_OPERATING_ENTITY, ASSIGN_ENTITY_ROLE},
                everything(),
            ),
        ],
    )
)

SEAT_POLICY = register(
    Policy(
        Seat,
        read=READ_SEAT,
        rules=[
            allow(Audience.SIGNED_IN, READ_SEAT, own_user("user")),
            allow((Role.MEMBER_ADMIN, Role.SECRETARIAT), {READ_SEAT, END_SEAT}, own_organisation("organisation")),
            allow(Role.SECRETARIAT, READ_SEAT, tied_to_no_other_alliance("organisation")),
            allow(Role.SECRETARIAT, READ_SEAT, _working_in_own_alliance()),
            # Whoever assigns people to objects has to find them.
            allow(Role.OPERATIONS_HEAD, READ_SEAT, _holding(Role.OPERATOR)),
            allow(Role.FINANCE, READ_SEAT, _auditors_at_hand(), purpose=Purpose.ROYALTIES),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {READ_SEAT, END_SEAT}, everything()),
            # Whoever was seated from outside is confirmed by the organisation, and by a second person of the office or
            # the installation only where it has nobody yet who could.
            allow(Role.MEMBER_ADMIN, CONFIRM_SEAT, _confirming_own()),
            allow(Role.SECRETARIAT, CONFIRM_SEAT, _without_administrator(tied_to_no_other_alliance("organisation"))),
            allow(Role.SITE_ADMIN, CONFIRM_SEAT, _without_administrator(everything())),
        ],
        guards=[
            Guard(
                CONFIRM_SEAT,
                "This seat is your own work: somebody else has to confirm it.",
                lambda actor: (~Q(prepared_by=actor.user_id) | Q(prepared_by=None)) & ~Q(user=actor.user_id),
            ),
        ],
    )
)

ROLE_ASSIGNMENT_POLICY = register(
    Policy(
        RoleAssignment,
        read=READ_ROLE_ASSIGNMENT,
        rules=[
            allow(Audience.SIGNED_IN, READ_ROLE_ASSIGNMENT, own_seat("seat")),
            allow(Role.SECRETARIAT, {READ_ROLE_ASSIGNMENT, END_ROLE_ASSIGNMENT}, in_alliance("alliance")),
            allow(
                Role.SECRETARIAT,
                {READ_ROLE_ASSIGNMENT, END_ROLE_ASSIGNMENT},
                in_alliance("operating_entity__alliance"),
            ),
            # Of those whose seats one sees, one sees what they are.
            allow(Role.SECRETARIAT, READ_ROLE_ASSIGNMENT, tied_to_no_other_alliance("seat__organisation")),
            allow(
                Role.OPERATIONS_HEAD,
                READ_ROLE_ASSIGNMENT,
                in_alliance("alliance").narrowed(Q(role=Role.OPERATOR), "operators"),
            ),
            allow(
                Role.FINANCE,
                READ_ROLE_ASSIGNMENT,
                everything().narrowed(Q(role__in=[Role.AUDITOR, Role.CLOSE_AUDITOR]), "auditors"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                Role.MEMBER_ADMIN,
                {READ_ROLE_ASSIGNMENT, END_ROLE_ASSIGNMENT},
                own_organisation("seat__organisation").narrowed(Q(role__in=sorted(MEMBER_ROLES)), "member roles"),
            ),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {READ_ROLE_ASSIGNMENT, END_ROLE_ASSIGNMENT}, everything()),
        ],
    )
)
