"""Who may see and change memberships, and how upper rooms reach objects through them."""

from collections.abc import Sequence

from django.db.models import DateField, DateTimeField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Cast

from members.memberships.models import Membership
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.kernel import permitted_rows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_alliance, own_organisation
from platform_core.access.staff.policies import READ_STAFF_SESSION, STAFF_SESSION_POLICY
from platform_core.identity.models import OperatingEntity
from platform_core.identity.policies import ALLIANCE_POLICY, ORGANISATION_POLICY, READ_ALLIANCE, READ_ORGANISATION
from platform_core.identity.roles import MEMBER_ROLES, Role
from platform_core.identity.ties import Tie, declare_tie
from platform_core.models import Record

READ_MEMBERSHIP = Permission("membership.read")
EDIT_MEMBERSHIP = Permission("membership.edit")
ADD_MEMBER = Permission("alliance.add_member")

OFFICE_ROLES = (Role.SECRETARIAT, Role.OPERATOR, Role.OPERATIONS_HEAD, Role.LEGAL)
"""Roles that work for an alliance as a whole."""

ENTITY_ROLES = (Role.FINANCE, Role.COMMITTEE, Role.OPERATOR, Role.OPERATIONS_HEAD)
"""Roles that work for one operating entity of an alliance."""

MEMBERS = tuple(sorted(MEMBER_ROLES))
"""Every role of a member organisation."""


def today_in(actor: Actor, zone: str) -> Cast:
    """Return today's date for each row, by the time zone found along a path from it."""
    return Cast(Func(F(zone), Value(actor.clock.now(), DateTimeField()), function="timezone"), DateField())


def current_memberships(actor: Actor) -> QuerySet[Membership]:
    """Return the memberships that the actor's organisation has today, today being that of each alliance's zone."""
    today = today_in(actor, "alliance__zone")
    return Membership.objects.filter(
        Q(enters_on__isnull=True) | Q(enters_on__lte=today),
        Q(leaves_on__isnull=True) | Q(leaves_on__gt=today),
        organisation=actor.organisation_id,
    )


def in_own_alliance(path: str = "alliance") -> Relation:
    """Reach rows whose alliance is one that the actor's organisation is a member of today."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        return Q(**{f"{path}__in": current_memberships(actor).order_by().values("alliance")})

    return Relation("of an alliance of the own organisation", reach, path)


def in_alliance_of_entity(path: str = "alliance") -> Relation:
    """Reach rows whose alliance has the operating entity that the role is held in."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        ids = sorted({row.operating_entity_id for row in assignments if row.operating_entity_id is not None})
        if not ids:
            return NOTHING
        return Q(**{f"{path}__in": OperatingEntity.objects.filter(pk__in=ids).order_by().values("alliance")})

    return Relation("of the alliance of the operating entity", reach, path)


def holding(permission: Permission, child: type[Record], path: str) -> Relation:
    """Reach rows that some row of another table, which the actor may do a certain thing with, points to."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        children = child.objects.filter(permitted_rows(actor, permission, child), **{f"{path}__isnull": False})
        return Q(pk__in=children.order_by().values(path))

    return Relation(f"with a {child._meta.verbose_name} that allows {permission}", reach)


MEMBERSHIP_POLICY = register(
    Policy(
        Membership,
        read=READ_MEMBERSHIP,
        rules=[
            allow(Role.SECRETARIAT, {READ_MEMBERSHIP, EDIT_MEMBERSHIP}, in_alliance()),
            allow((*OFFICE_ROLES, Role.AUTHORITY, Audience.STAFF), READ_MEMBERSHIP, in_alliance()),
            allow(ENTITY_ROLES, READ_MEMBERSHIP, in_alliance_of_entity()),
            allow(MEMBERS, READ_MEMBERSHIP, own_organisation()),
            allow(MEMBERS, READ_MEMBERSHIP, in_own_alliance()),
            allow(COMMAND_LINE, {READ_MEMBERSHIP, EDIT_MEMBERSHIP}, everything()),
        ],
    )
)

ALLIANCE_POLICY.extend(
    allow(Role.SECRETARIAT, ADD_MEMBER, in_alliance("pk")),
    allow(MEMBERS, READ_ALLIANCE, holding(READ_MEMBERSHIP, Membership, "alliance")),
    allow(COMMAND_LINE, ADD_MEMBER, everything()),
)

ORGANISATION_POLICY.extend(
    allow(Audience.SIGNED_IN, READ_ORGANISATION, holding(READ_MEMBERSHIP, Membership, "organisation")),
)
# Whom a staff session may concern sees that there was one: when, who, and why.
STAFF_SESSION_POLICY.extend(
    allow(MEMBERS, READ_STAFF_SESSION, in_own_alliance()),
    allow(ENTITY_ROLES, READ_STAFF_SESSION, in_alliance_of_entity()),
)
declare_tie(Tie(Membership, "organisation", "alliance"))
