"""Who may read the audit record; the contents of an event are narrowed further by its subject's own policy."""

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, ActorKind
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import (
    everything,
    in_alliance,
    in_operating_entity,
    own_organisation,
)
from platform_core.audit.models import AuditEvent, AuditSeal
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.ties import merged_into_own

READ_AUDIT_EVENT = Permission("audit_event.read")
READ_AUDIT_SEAL = Permission("audit_seal.read")

AUDIT_EVENT_POLICY = register(
    Policy(
        AuditEvent,
        read=READ_AUDIT_EVENT,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_AUDIT_EVENT, in_alliance("alliance")),
            allow(Audience.STAFF, READ_AUDIT_EVENT, in_alliance("operating_entity__alliance")),
            allow(Role.FINANCE, READ_AUDIT_EVENT, in_operating_entity("operating_entity"), purpose=Purpose.ROYALTIES),
            # What the platform does in the wake of somebody's act, such as reopening a close, is not theirs to follow.
            allow(
                (Role.MEMBER_ADMIN, Role.LICENSEE),
                READ_AUDIT_EVENT,
                own_organisation("organisation").narrowed(Q(actor_kind=ActorKind.USER.value), "done by a person"),
            ),
            # What was done in the name of a record that turned out to be the own organisation.
            allow(
                (Role.MEMBER_ADMIN, Role.LICENSEE),
                READ_AUDIT_EVENT,
                merged_into_own("organisation").narrowed(Q(actor_kind=ActorKind.USER.value), "done by a person"),
            ),
            allow(COMMAND_LINE, READ_AUDIT_EVENT, everything()),
        ],
    )
)

# One chain runs through the installation; a head tells how many rows there are and nothing of what they say.
AUDIT_SEAL_POLICY = register(
    Policy(
        AuditSeal,
        read=READ_AUDIT_SEAL,
        rules=[allow((Role.SECRETARIAT, Role.SITE_ADMIN, COMMAND_LINE), READ_AUDIT_SEAL, everything())],
    )
)
declare_reference(Reference(AuditEvent, "organisation", Fate.KEPT, "in whose name something was done, as it was then"))
