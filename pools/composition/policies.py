"""Who may see and change pools, their members and their patents."""

from django.db.models import Q

from members.memberships.policies import (
    ENTITY_ROLES,
    MEMBERS,
    OFFICE_ROLES,
    holding,
    in_alliance_of_entity,
    in_own_alliance,
)
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, own_organisation
from platform_core.identity.policies import ALLIANCE_POLICY, ORGANISATION_POLICY, READ_ALLIANCE, READ_ORGANISATION
from platform_core.identity.roles import Purpose, Role
from pools.composition.models import (
    ListLine,
    ListVersion,
    Pool,
    PoolEntry,
    PoolGrant,
    PoolMember,
    PoolState,
    Withholding,
)
from pools.patents.policies import PATENT_POLICY, READ_PATENT

READ_POOL = Permission("pool.read")
EDIT_POOL = Permission("pool.edit")
READ_LIST_EFFECT = Permission("pool.read_list_effect")
"""What entries and exits to come do to a list, and as far as one may know it, to what is shared out."""
SHARE_POOL = Permission("pool.share")
"""Showing a pool before its launch to somebody outside, with its members' names and its patents."""
OPEN_POOL = Permission("alliance.open_pool")

READ_POOL_MEMBER = Permission("pool_member.read")
READ_POOL_MEMBER_FIGURES = Permission("pool_member.read_figures")
EDIT_POOL_MEMBER = Permission("pool_member.edit")

READ_LIST_VERSION = Permission("list_version.read")
READ_POOL_ENTRY = Permission("pool_entry.read")
EDIT_POOL_ENTRY = Permission("pool_entry.edit")

PUBLIC_STATES = (PoolState.LAUNCHED, PoolState.CLOSING, PoolState.CLOSED)
"""From its launch on, anybody may read a pool's list and the names of its members."""

POOL_POLICY = register(
    Policy(
        Pool,
        read=READ_POOL,
        rules=[
            allow(Role.SECRETARIAT, {READ_POOL, EDIT_POOL, SHARE_POOL}, in_alliance()),
            allow((*OFFICE_ROLES, Audience.STAFF), {READ_POOL, READ_LIST_EFFECT}, in_alliance()),
            allow(ENTITY_ROLES, {READ_POOL, READ_LIST_EFFECT}, in_alliance_of_entity()),
            allow(MEMBERS, {READ_POOL, READ_LIST_EFFECT}, in_own_alliance()),
            allow(
                Audience.PUBLIC,
                READ_POOL,
                everything().narrowed(Q(state__in=[state.value for state in PUBLIC_STATES]), "once launched"),
            ),
            allow(COMMAND_LINE, {READ_POOL, EDIT_POOL}, everything()),
        ],
    )
)

POOL_POLICY.give(PoolGrant, actions={READ_POOL: SHARE_POOL})

POOL_MEMBER_POLICY = register(
    Policy(
        PoolMember,
        read=READ_POOL_MEMBER,
        read_contents=READ_POOL_MEMBER_FIGURES,
        rules=[
            allow(Audience.PUBLIC, READ_POOL_MEMBER, follows("pool", READ_POOL, Pool)),
            allow(
                Role.SECRETARIAT,
                {READ_POOL_MEMBER, READ_POOL_MEMBER_FIGURES, EDIT_POOL_MEMBER},
                in_alliance("pool__alliance"),
            ),
            allow(Audience.STAFF, {READ_POOL_MEMBER, READ_POOL_MEMBER_FIGURES}, in_alliance("pool__alliance")),
            allow(
                Role.FINANCE,
                {READ_POOL_MEMBER, READ_POOL_MEMBER_FIGURES},
                in_alliance_of_entity("pool__alliance"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(
                (Role.MEMBER_ADMIN, Role.MEMBER_FINANCE),
                {READ_POOL_MEMBER, READ_POOL_MEMBER_FIGURES},
                own_organisation("membership__organisation"),
            ),
            allow(COMMAND_LINE, {READ_POOL_MEMBER, READ_POOL_MEMBER_FIGURES, EDIT_POOL_MEMBER}, everything()),
        ],
    )
)

WITHHOLDING_POLICY = register(
    Policy(
        Withholding,
        read=READ_POOL_MEMBER_FIGURES,
        rules=[
            allow(
                Audience.SIGNED_IN,
                READ_POOL_MEMBER_FIGURES,
                follows("member", READ_POOL_MEMBER_FIGURES, PoolMember),
            ),
            allow(COMMAND_LINE, READ_POOL_MEMBER_FIGURES, everything()),
        ],
    )
)

POOL_ENTRY_POLICY = register(
    Policy(
        PoolEntry,
        read=READ_POOL_ENTRY,
        rules=[
            allow(Audience.PUBLIC, READ_POOL_ENTRY, follows("member__pool", READ_POOL, Pool)),
            allow(Role.SECRETARIAT, EDIT_POOL_ENTRY, in_alliance("member__pool__alliance")),
            allow(COMMAND_LINE, {READ_POOL_ENTRY, EDIT_POOL_ENTRY}, everything()),
        ],
    )
)

LIST_VERSION_POLICY = register(
    Policy(
        ListVersion,
        read=READ_LIST_VERSION,
        rules=[
            allow(Audience.PUBLIC, READ_LIST_VERSION, follows("pool", READ_POOL, Pool)),
            allow(COMMAND_LINE, READ_LIST_VERSION, everything()),
        ],
    )
)

LIST_LINE_POLICY = register(
    Policy(
        ListLine,
        read=READ_LIST_VERSION,
        rules=[
            allow(Audience.PUBLIC, READ_LIST_VERSION, follows("version__pool", READ_POOL, Pool)),
            allow(COMMAND_LINE, READ_LIST_VERSION, everything()),
        ],
    )
)

ALLIANCE_POLICY.extend(
    allow(Role.SECRETARIAT, OPEN_POOL, in_alliance("pk")),
    allow(Audience.PUBLIC, READ_ALLIANCE, holding(READ_POOL, Pool, "alliance")),
    allow(COMMAND_LINE, OPEN_POOL, everything()),
)
PATENT_POLICY.extend(allow(Audience.PUBLIC, READ_PATENT, holding(READ_POOL_ENTRY, PoolEntry, "patent")))
ORGANISATION_POLICY.extend(
    allow(Audience.PUBLIC, READ_ORGANISATION, holding(READ_POOL_MEMBER, PoolMember, "membership__organisation")),
)
POOL_MEMBER_POLICY.belong_to("membership__organisation")
WITHHOLDING_POLICY.belong_to("member__membership__organisation")
