"""Who may see and change programmes and their terms."""

from collections.abc import Sequence

from django.db.models import Q

from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from members.memberships.policies import (
    ENTITY_ROLES,
    MEMBERS,
    OFFICE_ROLES,
    current_memberships,
    in_alliance_of_entity,
    in_own_alliance,
    today_in,
)
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_alliance, in_operating_entity
from platform_core.audit.events import reserve_events
from platform_core.identity.roles import Purpose, Role
from pools.composition.models import PoolMember
from pools.composition.policies import POOL_POLICY

READ_PROGRAMME = Permission("programme.read")
EDIT_PROGRAMME = Permission("programme.edit")
OPEN_PROGRAMME = Permission("pool.open_programme")

READ_TERMS = Permission("terms_version.read")
"""What a version asks for: its rates, without what it grants to single licensees."""
READ_TERMS_DOCUMENT = Permission("terms_version.read_document")
"""The whole document: waivers, caps, the administration fee, how royalties are shared."""
EDIT_TERMS = Permission("terms_version.edit")
PUBLISH_TERMS = Permission("terms_version.publish")
DRAFT_TERMS = Permission("programme.draft_terms")


def of_own_pool(path: str = "pool") -> Relation:
    """Reach rows of a pool that the actor's organisation takes part in, today or in the past."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        own = PoolMember.objects.filter(membership__organisation=actor.organisation_id)
        return Q(**{f"{path}__in": own.order_by().values("pool")})

    return Relation("of a pool the own organisation takes part in", reach, path)


def sharing_in_pool(path: str = "pool") -> Relation:
    """Reach rows of a pool that the actor's organisation, a member of the alliance today, shares in today."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        day = today_in(actor, "membership__alliance__zone")
        own = PoolMember.objects.filter(
            Q(enters_on__isnull=True) | Q(enters_on__lte=day),
            Q(leaves_on__isnull=True) | Q(leaves_on__gt=day),
            membership__in=current_memberships(actor).order_by().values("pk"),
        )
        return Q(**{f"{path}__in": own.order_by().values("pool")})

    return Relation("of a pool the own organisation shares in today", reach, path)


OFFERED_STATES = tuple(state.value for state in ProgrammeState if state is not ProgrammeState.DRAFT)
"""From its launch on, anybody may read a programme, its published terms and the names of its licensees."""

PROGRAMME_POLICY = register(
    Policy(
        Programme,
        read=READ_PROGRAMME,
        rules=[
            allow(Role.SECRETARIAT, {READ_PROGRAMME, EDIT_PROGRAMME, DRAFT_TERMS}, in_alliance()),
            allow((*OFFICE_ROLES, Audience.STAFF), READ_PROGRAMME, in_alliance()),
            allow(ENTITY_ROLES, READ_PROGRAMME, in_alliance_of_entity()),
            allow(MEMBERS, READ_PROGRAMME, of_own_pool()),
            allow(Audience.PUBLIC, READ_PROGRAMME, everything().narrowed(Q(state__in=OFFERED_STATES), "once launched")),
            allow(COMMAND_LINE, {READ_PROGRAMME, EDIT_PROGRAMME, DRAFT_TERMS}, everything()),
        ],
    )
)

_READ_ALL = frozenset({READ_TERMS, READ_TERMS_DOCUMENT})
_PUBLISHED = Q(state=TermsState.PUBLISHED)

TERMS_POLICY = register(
    Policy(
        TermsVersion,
        read=READ_TERMS,
        read_contents=READ_TERMS_DOCUMENT,
        rules=[
            allow(Role.SECRETARIAT, {*_READ_ALL, EDIT_TERMS, PUBLISH_TERMS}, in_alliance("programme__alliance")),
            allow((*OFFICE_ROLES, Audience.STAFF), _READ_ALL, in_alliance("programme__alliance")),
            allow((Role.OPERATOR, Role.OPERATIONS_HEAD), _READ_ALL, in_operating_entity("programme__operating_entity")),
            allow(
                Role.FINANCE,
                _READ_ALL,
                in_operating_entity("programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(MEMBERS, _READ_ALL, sharing_in_pool("programme__pool")),
            allow(MEMBERS, _READ_ALL, in_own_alliance("programme__alliance").narrowed(_PUBLISHED, "published")),
            allow(
                Audience.PUBLIC,
                READ_TERMS,
                everything().narrowed(
                    _PUBLISHED & Q(programme__state__in=OFFERED_STATES), "published, of a launched programme"
                ),
            ),
            allow(COMMAND_LINE, {*_READ_ALL, EDIT_TERMS, PUBLISH_TERMS}, everything()),
        ],
    )
)

POOL_POLICY.extend(allow(Role.SECRETARIAT, OPEN_PROGRAMME, in_alliance()))
POOL_POLICY.extend(allow(COMMAND_LINE, OPEN_PROGRAMME, everything()))
reserve_events("programme.bundle_imported")
